"""The servers that `scripts/service` knows, one a file."""
