"""The views of the staff's pages, a module for each part of their work."""
