"""Reads what AzureHound 2.x collects."""

from remit.adapters.azurehound.files import fingerprint
from remit.adapters.azurehound.reader import AzureHoundReader, recognises

__all__ = ["AzureHoundReader", "fingerprint", "recognises"]
