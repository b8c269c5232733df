"""Reads what `az role assignment list`, `az role definition list` and `az provider operation list` print."""

from remit.adapters.azcli.reader import AzCliReader, recognises

__all__ = ["AzCliReader", "recognises"]
