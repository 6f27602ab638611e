"""Adapters behind the ports of `search.engine`, one folder each."""
