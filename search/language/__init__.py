"""The query language: what a person types, as a tree that every engine compiles in its own way."""
