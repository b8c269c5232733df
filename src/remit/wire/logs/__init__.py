"""How logs lie in files and messages: what is between the records."""
