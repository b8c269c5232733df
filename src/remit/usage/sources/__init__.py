"""One file for one log: from a recognised record to what it says."""
