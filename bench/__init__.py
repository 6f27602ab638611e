"""Measures the service on real collections: how fast it answers, and how well it ranks. Nothing here ships."""
