"""Builds one process from its settings; the only place that names adapters."""
