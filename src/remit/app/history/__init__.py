"""The state of a tenant at an instant: snapshots, and between them the changes that logs record."""
