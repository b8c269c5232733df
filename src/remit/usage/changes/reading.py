"""From one recognised record to the changes it tells of.

Only two logs tell of changes: the Activity Log and the Entra audit log. A record that tells of none gives ().
"""

from __future__ import annotations

from remit.model.usage import ObservedChange, ObservedOperation
from remit.usage.changes.activity import activity_changes
from remit.usage.changes.audit import audit_changes
from remit.usage.recognised import Family, Recognised


def changes_of(found: Recognised, operation: ObservedOperation) -> tuple[ObservedChange, ...]:
    """Return what one record says was changed of who may do what.

    Args:
        found: the record, its form known.
        operation: what was read of it; who, when and how it ended are taken from there.

    Returns:
        Mostly (). The record of a beginning gives a change marked as begun, that of a failure one marked as failed, so
        that `settled` can join them with the others of the same correlation.

    Cost: one look at the operation's name for a record that tells of no change.
    """
    if found.family is Family.ACTIVITY:
        return activity_changes(found, operation)
    if found.family is Family.ENTRA_AUDIT:
        return audit_changes(found, operation)
    return ()
