"""Faults by name: what real tenants do to a client, switched on one by one, seeded and repeatable."""
