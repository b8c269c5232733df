"""What log records say was changed of who may do what.

`changes_of` reads one record; `settled` joins the several records of one change.
"""

from __future__ import annotations

from remit.usage.changes.reading import changes_of
from remit.usage.changes.settling import SettledChange, settled

__all__ = ["SettledChange", "changes_of", "settled"]
