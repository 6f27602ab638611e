"""The API: what a program sees. The same searches as the pages, as JSON."""
