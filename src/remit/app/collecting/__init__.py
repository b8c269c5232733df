"""Collecting a live tenant: driving the pages of a source into a spool, and making a snapshot of them."""
