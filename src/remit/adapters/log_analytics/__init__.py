"""A Log Analytics workspace, read by its query API."""
