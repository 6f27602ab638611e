"""What comes in from files: reading them, understanding their records, and putting those into the catalogue."""
