"""A tenant export: a folder of JSON Lines, one file for each list."""
