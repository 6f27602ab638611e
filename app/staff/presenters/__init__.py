"""What the staff's pages show, made from what is known: no request, no session, no HTML."""
