"""The engine-neutral core of searching: query language, request, result, ports and errors."""
