"""From the catalogue to the index."""
