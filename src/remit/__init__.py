"""Remit: exact effective permissions for Azure, with the reason."""

__version__ = "0.1.0"
