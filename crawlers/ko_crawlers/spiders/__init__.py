"""One spider a file, named after it."""
