"""From what people call a principal to its object id.

Tried in this order, the first that finds any decides: object id, application id (appId), user principal name,
display name; none minds letter case. Something that looks like an object id is asked about even if the snapshot does
not know it: the engine then says so. Two principals of one name are a list of candidates, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import PrincipalKind, Principals
from remit.engine.strings import TextColumn, TextLookup
from remit.model.errors import AmbiguousPrincipalError, UnknownPrincipalError
from remit.model.principal import PrincipalName

_OBJECT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_REMEMBERED = 65_536


class PrincipalFinder:
    """Finds principals of one snapshot."""

    def __init__(self, principals: Principals, rows: TextLookup) -> None:
        self._principals = principals
        self._rows = rows
        self._found: dict[str, str] = {}

    def named(self, principal_id: str) -> PrincipalName:
        """Return a principal with the names the snapshot has for it; only the id if it does not know it."""
        row = self._rows.row(principal_id.lower())
        return PrincipalName(principal_id.lower()) if row < 0 else self.at(row)

    def at(self, row: int) -> PrincipalName:
        """Return the principal of a row."""
        table = self._principals
        return PrincipalName(
            table.key[row],
            PrincipalKind.WORDS[int(table.kind[row])],
            table.display_name[row],
            table.user_principal_name[row],
            table.app_id[row],
        )

    def labels(self, principal_ids: Iterable[str]) -> dict[str, str]:
        """Return the display names of those object ids that have one."""
        named = {principal_id: self.named(principal_id) for principal_id in principal_ids}
        return {principal_id: name.label for principal_id, name in named.items() if name.label != name.principal_id}

    def find(self, text: str) -> str:
        """Return the object id, lower case, of the principal that goes by `text`.

        Raises:
            AmbiguousPrincipalError: several do.
            UnknownPrincipalError: none does, and it is no object id.

        Cost: a microsecond for an object id of the snapshot; one scan of the names otherwise, remembered.
        """
        wanted = text.strip()
        key = wanted.lower()
        if self._rows.row(key) >= 0:
            return key
        known = self._found.get(key)
        if known is None:
            known = self._search(wanted)
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[key] = known
        return known

    def _search(self, wanted: str) -> str:
        is_id = _OBJECT_ID.fullmatch(wanted) is not None
        table = self._principals
        # Names of people are not object ids; a million unknown object ids must not cost a scan each.
        columns: tuple[TextColumn, ...] = () if is_id else (table.user_principal_name, table.display_name)
        rows = self._by_app_id(wanted.lower()) if is_id else table.app_id.find(wanted)
        for column in columns:
            rows = rows or column.find(wanted)
        if len(rows) == 1:
            return table.key[rows[0]]
        if rows:
            found = sorted((self.at(row) for row in rows), key=lambda one: one.principal_id)
            raise AmbiguousPrincipalError(
                wanted, tuple((one.principal_id, one.kind, self._described(one)) for one in found)
            )
        if is_id:
            return wanted.lower()
        raise UnknownPrincipalError(wanted)

    @staticmethod
    def _described(one: PrincipalName) -> str:
        if one.user_principal_name and one.user_principal_name != one.display_name:
            return f"{one.display_name} <{one.user_principal_name}>"
        return one.display_name

    def _by_app_id(self, wanted: str) -> list[int]:
        rows, lookup = self._app_ids
        place = lookup.row(wanted)
        return [] if place < 0 else [int(rows[place])]

    @cached_property
    def _app_ids(self) -> tuple[NDArray[np.intp], TextLookup]:
        """Return the rows that have an application id, and a table from application id to place among them."""
        offsets = self._principals.app_id.offsets
        rows = np.flatnonzero(offsets[1:] > offsets[:-1])
        # Rows without an application id take no bytes, so the column of the others is the same bytes.
        held = TextColumn(self._principals.app_id.data, np.append(offsets[rows], offsets[-1:]))
        return rows, TextLookup.of(held)
