"""The staff's pages: sign-in, and what only the staff may see and do."""
