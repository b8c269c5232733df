"""The record of a setup: what was intended, and the id of each thing as soon as it is known.

It is written before Azure is asked and after every answer, holds no secret, and is all that `--remove` believes.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from remit.model.errors import SettingsError

FORMAT = "remit-setup/1"


class Entry(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One thing.

    Attributes:
        key: the step of the plan, for example `application` or `graph User.Read.All`.
        place: where it stands; "" while it is only intended.
        facts: what later steps need of it.
        file: local file that was written for it.
    """

    key: str
    place: str = ""
    facts: dict[str, str] = {}
    file: str = ""


class SetupRecord(Struct, frozen=True, rename="camel"):
    """What one setup intended and made, in the order of making."""

    format: str
    name: str
    tenant_id: str
    cloud: str
    scope: str
    lists: tuple[str, ...]
    entries: tuple[Entry, ...] = ()

    def entry(self, key: str) -> Entry | None:
        """Return the entry of a step."""
        return next((one for one in self.entries if one.key == key), None)

    def with_entry(self, entry: Entry) -> SetupRecord:
        """Return the record with an entry added, or replaced where it stands."""
        if self.entry(entry.key) is None:
            return msgspec.structs.replace(self, entries=(*self.entries, entry))
        return msgspec.structs.replace(
            self, entries=tuple(entry if one.key == entry.key else one for one in self.entries)
        )

    def without(self, key: str) -> SetupRecord:
        """Return the record without an entry."""
        return msgspec.structs.replace(self, entries=tuple(one for one in self.entries if one.key != key))


def encode_record(record: SetupRecord) -> bytes:
    """Return the record as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def decode_record(data: bytes, name: str) -> SetupRecord:
    """Return the record of some bytes.

    Raises:
        SettingsError: they are no record, or that of another setup.
    """
    try:
        record = msgspec.json.decode(data, type=SetupRecord)
    except msgspec.MsgspecError as error:
        raise SettingsError(f"the record of setup `{name}` cannot be read: {error}") from error
    if record.format != FORMAT or record.name != name:
        raise SettingsError(f"the record of setup `{name}` is none of this version, or of another setup")
    return record
