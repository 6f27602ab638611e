"""The Elasticsearch engine: an index behind an alias, behind the ports of `search.engine`."""
