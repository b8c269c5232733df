"""Edits of a running simulation: over HTTP, and by a script."""
