"""One file for one log: what it keeps of an operation, in the words of its diagnostic form."""
