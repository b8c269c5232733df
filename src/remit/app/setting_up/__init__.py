"""Giving Remit an identity of its own with the least privilege: what it needs, the plan, doing it, undoing it."""
