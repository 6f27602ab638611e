"""The source of truth: what the library holds. An index is only ever made from it."""
