"""Reads what AzureHound 2.x collects."""

from remit.adapters.azurehound.reader import AzureHoundReader, recognises

__all__ = ["AzureHoundReader", "recognises"]
