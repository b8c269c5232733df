"""The fields of one record, by name, whatever shape and letter case it has.

    fields = Fields(record["properties"], record)
    fields.text("userId")

Diagnostic records write `userId`, tables `UserId`, forwarders either; AzureDiagnostics adds a letter for the type
(`httpStatusCode_d`). What stands for nothing (null, "", "<null>") is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from remit.usage.spellings import address_only, nested, nested_object, read_time, spell_id, text_of, token_guid

NO_TIME = "no time"
NO_RESULT = "no result"
NIL = "00000000-0000-0000-0000-000000000000"

_LARGEST = 999_999_999
_MARKS = re.compile(r"</?pii>", re.IGNORECASE)
_TYPE_SUFFIX = re.compile(r"_[sgdbt]$", re.ASCII)
_TENANT = re.compile(r"/tenants/([^/]+)", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"(\d{1,9})(?:\.0*)?", re.ASCII)


def absent(value: Any) -> bool:  # noqa: ANN401 - whatever a record holds
    """Say whether a value stands for nothing."""
    return value is None or (isinstance(value, str) and (not value or value == "<null>"))


def unmasked(text: str) -> str:
    """Return a text without the marks that Microsoft Graph puts around personal data."""
    return _MARKS.sub("", text) if "<" in text else text


def whole(value: Any) -> int | None:  # noqa: ANN401
    """Return a number from 0 on that is written as a number, a text or a float; None for anything else."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and 0 <= value <= _LARGEST else None
    found = _NUMBER.fullmatch(text_of(value))
    return int(found[1]) if found else None


class Fields:
    """Fields by name in whatever letter case; the first layer that holds something under a name wins."""

    __slots__ = ("_layers",)

    def __init__(self, *layers: Mapping[str, Any], typed: bool = False) -> None:
        """Take the layers, the one to look at first coming first.

        Args:
            layers: objects as decoded.
            typed: names end in `_s`, `_g`, `_d`, `_b` or `_t` for their type; they are found without.
        """
        self._layers = [_lowered(layer, typed=typed) for layer in layers]

    def value(self, *names: str) -> Any:  # noqa: ANN401
        """Return what the first of these names holds that holds something, else None. Names are in lower case."""
        for name in names:
            for layer in self._layers:
                found = layer.get(name)
                if not absent(found):
                    return found
        return None

    def text(self, *names: str) -> str:
        """Return the first text that is not blank, "" for none."""
        for name in names:
            for layer in self._layers:
                found = layer.get(name)
                text = "" if absent(found) else text_of(found)
                if text:
                    return text
        return ""

    def identifier(self, *names: str) -> str:
        """Return the first id in its one spelling; the nil GUID only where there is no other."""
        nil = ""
        for name in names:
            for layer in self._layers:
                found = spell_id(unmasked(text_of(layer.get(name))))
                if found == NIL:
                    nil = found
                elif found not in ("", "<null>"):
                    return found
        return nil

    def event(self, *names: str) -> str:
        """Return the first id of a record; the nil GUID is none, for it stands in many."""
        found = self.identifier(*names)
        return "" if found == NIL else found

    def inner(self, *names: str) -> dict[str, Any]:
        """Return the object that one of these names is, or holds as JSON text; {} for none."""
        return nested_object(self.value(*names))

    def items(self, *names: str) -> list[Any]:
        """Return the list that one of these names is, or holds as JSON text; [] for none."""
        found = nested(self.value(*names))
        return found if isinstance(found, list) else []

    def time(self, *names: str) -> int | None:
        """Return the first instant, in microseconds since 1970 UTC."""
        return next((found for name in names if (found := read_time(self.value(name))) is not None), None)

    def status(self, *names: str) -> int | None:
        """Return the first HTTP status."""
        return next((found for name in names if (found := whole(self.value(name))) is not None), None)

    def address(self, *names: str) -> str:
        """Return the first address, without port and brackets."""
        return address_only(self.text(*names))

    def token(self, *names: str) -> str:
        """Return the first token id, as a GUID."""
        for name in names:
            found = token_guid(self.text(name))
            if found not in ("", NIL):
                return found
        return ""


def _lowered(layer: Mapping[str, Any], *, typed: bool) -> dict[str, Any]:
    lowered: dict[str, Any] = {}
    for key, value in layer.items():
        name = key.lower()
        if typed:
            name = _TYPE_SUFFIX.sub("", name)
        if name not in lowered or absent(lowered[name]):
            lowered[name] = value
    return lowered


def of_record(record: Mapping[str, Any], *, typed: bool = False) -> Fields:
    """Return the fields of a record, those of its `properties` first."""
    properties = nested_object(record.get("properties", record.get("Properties")))
    return Fields(properties, record, typed=typed)


def first_of(values: Iterable[str]) -> str:
    """Return the first text that is not empty, else ""."""
    return next((value for value in values if value), "")


def tenant_scope(resource_id: str, tenant_id: str) -> tuple[str, str]:
    """Return scope and place of a record of a tenant's log.

    Args:
        resource_id: `/tenants/{id}/providers/Microsoft.aadiam` as written, or "".
        tenant_id: the Entra tenant, in its one spelling, or "". (A table's own TenantId is the workspace's.)

    Returns:
        The resource id, else `/tenants/{id}`, else ""; and `/tenants/{id}` in lower case.
    """
    found = _TENANT.match(resource_id)
    tenant = found[1].lower() if found else tenant_id.strip("/")
    place = f"/tenants/{tenant}" if tenant else ""
    return resource_id.rstrip("/") or place, place
