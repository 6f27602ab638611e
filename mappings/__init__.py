"""What an index holds: its fields, how text becomes terms, and which words are too common to ask for."""
