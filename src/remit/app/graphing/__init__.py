"""The escalation graph of a snapshot: read, kept, asked."""
