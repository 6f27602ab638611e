"""HTTP and the command line: parameters in, pages and JSON out."""
