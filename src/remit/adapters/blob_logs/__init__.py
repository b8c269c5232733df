"""Blob containers of logs, read with azure-storage-blob (the extra `blob`)."""
