"""The embedded default: a small world with its site, its Korean and its true preference."""
