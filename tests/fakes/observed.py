"""Log records for tests, and what reading them gives: they go through the recognition that all records go through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remit.model.usage import ObservedOperation, SetAside
from remit.usage.records import understand

TENANT = "0f0e0d0c-0b0a-4908-8706-050403020100"
SUBSCRIPTION = "/subscriptions/5b5b5b5b-1111-4222-8333-444444444444"
GROUP = f"{SUBSCRIPTION}/resourceGroups/Shop"
USER = "aaaaaaaa-1111-4111-8111-111111111111"
SERVICE = "bbbbbbbb-2222-4222-8222-222222222222"
APPLICATION = "cccccccc-3333-4333-8333-333333333333"
ASSIGNMENT = "dddddddd-4444-4444-8444-444444444444"
NIL = "00000000-0000-0000-0000-000000000000"
DIGEST = bytes(range(32))
AT = "2025-05-06T07:08:09.1234567Z"
AT_MICROS = 1_746_515_289_123_456


def operations(record: Mapping[str, Any]) -> tuple[ObservedOperation, ...]:
    """What a record says was done; fails where it is set aside."""
    found = understand(record, DIGEST)
    assert not isinstance(found, SetAside), found.reason
    return found.operations


def one(record: Mapping[str, Any]) -> ObservedOperation:
    """What a record says was done, which is one thing."""
    (only,) = operations(record)
    return only


def reason(record: Mapping[str, Any]) -> str:
    """Why a record is set aside; fails where it is understood."""
    found = understand(record, DIGEST)
    assert isinstance(found, SetAside), found
    return found.reason


def without(record: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """A record without some of its fields."""
    return {name: value for name, value in record.items() if name not in names}
