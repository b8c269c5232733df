"""Edges of the directory: owners, roles, application permissions, group membership."""
