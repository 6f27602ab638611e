"""The embedded engine: a tantivy index in a folder, behind the ports of `search.engine`."""
