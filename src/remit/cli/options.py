"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.model.errors import InputError
from remit.model.interval import parse_instant
from remit.model.question import AttributeValue, Plane

if TYPE_CHECKING:
    from remit.app.answering import Tenant


def switch(text: str) -> Parameter:
    """Return the parameter of an option that is there or not, and has no opposite."""
    return Parameter(help=text, show_default=False, negative="")


JsonFlag = Annotated[bool, switch("Write JSON.")]
DataFlag = Annotated[bool, switch("Ask about the data plane.")]
Instant = Annotated[str | None, Parameter(help="Instant asked about. [default: when collected]")]
StoreFolder = Annotated[Path, Parameter(help="Folder of the store.")]

DEFAULT_STORE = Path(".remit")


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Which:
    """Which snapshot is asked."""

    store: Annotated[Path, Parameter(help="Folder of the store.")] = DEFAULT_STORE
    tenant: Annotated[
        Path | None, Parameter(help="An export to ask directly: imported on the fly, kept in the store.")
    ] = None
    snapshot: Annotated[
        str | None, Parameter(help="Snapshot id, or its first digits. [default: the newest]", show_default=False)
    ] = None

    def open(self, at: datetime | None = None) -> Tenant:
        """Open the tenant: one snapshot, or for an instant the state that snapshots and logged changes lead to.

        A snapshot or an export that is named is asked as it is, whatever the instant.

        Raises:
            InputError: both a tenant and a snapshot are named.
        """
        from remit.bootstrap.reader import open_tenant
        from remit.cli.progress import import_progress

        if self.tenant is not None and self.snapshot is not None:
            raise InputError("--tenant and --snapshot exclude each other", hint="name one of them")
        if at is not None and self._names_none:
            from remit.bootstrap.history import open_history

            return open_history(self.store).at(at)
        with import_progress() as progress:
            return open_tenant(self.store, tenant=self.tenant, snapshot=self.snapshot, progress=progress)

    def open_for_many(self) -> Tenant:
        """Open the tenant for a batch, whose questions may each name an instant."""
        if not self._names_none:
            return self.open()
        from remit.bootstrap.history import open_history

        return open_history(self.store).newest()

    @property
    def _names_none(self) -> bool:
        return self.tenant is None and self.snapshot is None


NEWEST = Which()


def names_in(text: str | None) -> tuple[str, ...] | None:
    """Return the names of an option that takes several with commas; None where it was not given."""
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())


def read_at(text: str | None) -> datetime | None:
    """Return the instant of `--at`."""
    return None if text is None else parse_instant(text)


def read_plane(data: bool) -> Plane:
    """Return the plane that `--data` chooses."""
    return Plane.DATA if data else Plane.CONTROL


def read_attributes(pairs: Sequence[str]) -> Mapping[str, AttributeValue]:
    """Return the attributes of `--attr KEY=VALUE`; a VALUE that is JSON (true, 12, ["a"], "12") is taken as that.

    Raises:
        InputError: no `=` behind the key, a value that no attribute has, or one attribute twice.
    """
    from remit.wire.v1.questions import attributes_of

    found: list[tuple[str, object]] = []
    for pair in pairs:
        # Tag keys may hold `=`, so the sign that counts is the first one behind the closing bracket.
        bracket = pair.find("]")
        cut = pair.find("=", max(bracket, 0))
        if cut < 0:
            raise InputError(f"`{pair}` is not KEY=VALUE", hint="for example --attr '@Resource[...:name]=logs'")
        key, text = pair[:cut].strip(), pair[cut + 1 :]
        try:
            value = json.loads(text, parse_constant=_text_of)
        except ValueError:
            value = text
        found.append((key, text if value is None else value))
    return attributes_of(found)


def _text_of(word: str) -> str:
    return word
