"""Azure's own payloads, v1.0 shapes: what Remit reads of them, list by list.

Fields that are not named here are not lost: the raw bytes of every payload are kept in the snapshot.
"""
