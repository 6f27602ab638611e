"""The steps by which the catalogue's tables came to be what they are."""
