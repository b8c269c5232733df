"""Where the pages of a collection are kept until all are there; it survives the death of the process at any moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from remit.model.snapshot import Gap, SnapshotMeta
from remit.ports.pages import Beginning, Page, Part
from remit.ports.reader import TenantReader


@dataclass(frozen=True, slots=True)
class Finished:
    """A page that was read, or a part that was given up.

    Attributes:
        part: the part with the cursor that was asked for.
        page: what it gave; of a part that was given up, a page without rows whose gaps say why.
    """

    part: Part
    page: Page


class Spool(Protocol):
    """The pages of one collection.

    What `commit` returned from stays, whatever happens; what it did not return from is either there as a whole or not
    at all, and then its parts are still open. All methods raise `StoreError`s only.
    """

    def beginning(self) -> Beginning | None:
        """Return what the collection began with, None for a new one."""

    def begin(self, beginning: Beginning, settings: Mapping[str, str]) -> None:
        """Start; its parts are open."""

    def settings(self) -> Mapping[str, str]:
        """Return what the collection was begun with, {} for a new one."""

    def open_parts(self) -> Sequence[Part]:
        """Return the parts that are still to be read, each with the cursor to go on from."""

    def commit(self, finished: Sequence[Finished]) -> Sequence[Part]:
        """Keep pages; return the parts that they open: the next page of each, and what it gives rise to.

        A page of a part that is not open (because its parent was restarted meanwhile) is dropped.
        """

    def restart(self, part: Part) -> Sequence[Part]:
        """Forget all pages of a part and of all that it gave rise to; return the parts that are open no longer.

        The part itself is open again, from its first page.
        """

    def rows(self) -> Mapping[str, int]:
        """Return the rows kept so far, for each list."""

    def gaps(self) -> Sequence[Gap]:
        """Return the gaps noted so far, sorted and distinct."""

    def marks(self) -> Mapping[str, str]:
        """Return where a later incremental collection goes on from."""

    def superseded(self) -> Mapping[str, Collection[str]]:
        """Return the keys of each list that stand no longer in the earlier snapshot; as in `Page.supersedes`."""

    def reader(self, meta: SnapshotMeta) -> TenantReader:
        """Return all rows as a tenant to import; nothing may be open any more."""

    def remove(self) -> None:
        """Throw the collection away."""
