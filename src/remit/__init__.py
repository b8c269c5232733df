"""Remit: exact effective permissions for Azure, with the reason."""
