"""Logs in files, folders and on standard input, plain or packed by gzip or Zstandard."""
