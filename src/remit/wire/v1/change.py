"""A change to a tenant as a JSON document: objects to add, ids to remove, by list of the tenant export.

    {"add": {"arm/roleAssignments": [{…}]}, "remove": {"graph/groupMembers": ["<group>/<member>"]}}

An object is what the API's list would hold; one with the id of an object that is there replaces it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from remit.model.errors import PayloadError
from remit.wire.azure.decode import decode_one
from remit.wire.azure.lists import LISTS


@dataclass(frozen=True, slots=True)
class Change:
    """What is added and removed.

    Attributes:
        name: of the file, for errors.
        add: by list, one JSON object each, as read. remove: by list, ids in lower case as `ListShape.key` gives them.
    """

    name: str
    add: Mapping[str, tuple[bytes, ...]]
    remove: Mapping[str, tuple[str, ...]]

    @property
    def lists(self) -> frozenset[str]:
        """Names of the lists that it touches."""
        return frozenset(self.add) | frozenset(self.remove)


class _Change(msgspec.Struct):
    add: dict[str, list[msgspec.Raw]] = {}
    remove: dict[str, list[str]] = {}


_DECODER = msgspec.json.Decoder(_Change)
_PARTS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def decode_change(text: bytes, file: str) -> Change:
    """Decode and judge a change.

    Raises:
        PayloadError: it is no change, names a list that a tenant export has not, or the same id twice.
    """
    text = text.removeprefix(b"\xef\xbb\xbf")
    strange = decode_one(_PARTS, file, 0, text).keys() - {"add", "remove"}
    if strange:
        raise PayloadError(file, 0, "", f"holds `{min(strange)[:80]}`, and a change only `add` and `remove`")
    said = decode_one(_DECODER, file, 0, text)
    for part, names in (("add", said.add), ("remove", said.remove)):
        for name in names:
            if name not in LISTS:
                raise PayloadError(file, 0, part, f"`{name[:80]}` is no list of a tenant export")
    for name, rows in said.add.items():
        for place, row in enumerate(rows, start=1):
            decode_one(LISTS[name].decoder, f"{file}: add.{name}", place, bytes(row))
    return Change(
        file,
        {name: tuple(bytes(row) for row in rows) for name, rows in said.add.items() if rows},
        {name: tuple(dict.fromkeys(key.strip().lower() for key in keys)) for name, keys in said.remove.items() if keys},
    )
