"""Logs into the usage store, and shown without storing."""
