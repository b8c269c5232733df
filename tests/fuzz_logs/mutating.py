"""Records changed at random: in their bytes, in their values, and in what is around them."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

_BYTES = [
    b"\x00",
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\n",
    b"\xff",
    b"\xef\xbb\xbf",
    b'{"',
    b"1e999",
    b"\\ud800",
]
_VALUES: list[Any] = [
    *(None, True, -1, 2**70, 1.5, "", " ", "x\ny`", "\x00", "\u202e", "é" * 50, "::1", "[::1]:443", "1.2.3.4:5"),
    *([], {}, [[]], [None], [{}], {"": {}}, "{", "[]", '"', '{"a":1}', "null", "2026-99-99T99:99:99Z", "9" * 30),
    *(
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999Z",
        "/",
        "//",
        "/subscriptions/",
        "/tenants/",
        "A" * 22,
        "=" * 48,
    ),
]
_HUGE = 200_000
_NEST = b'{"properties":'
_DEEP = _NEST * 30


def _flip(rng: Random, record: bytes) -> bytes:
    raw = bytearray(record)
    for _ in range(rng.randint(1, 4)):
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return bytes(raw)


def _cut(rng: Random, record: bytes) -> bytes:
    return record[: rng.randrange(len(record))]


def _drop(rng: Random, record: bytes) -> bytes:
    at = rng.randrange(len(record))
    return record[:at] + record[at + rng.randint(1, 40) :]


def _put(rng: Random, record: bytes) -> bytes:
    at = rng.randrange(len(record))
    return record[:at] + rng.choice(_BYTES) * rng.choice((1, 1, 1, 2, 50)) + record[at:]


def _nest(rng: Random, record: bytes) -> bytes:
    deep = rng.choice((1, 3, 30, 600, 3000))
    return _NEST * deep + record + b"}" * deep


def _twice(rng: Random, record: bytes) -> bytes:
    at = record.find(b'"', rng.randrange(len(record)))
    return record[:at] + b'"category":"x",' + record[at:] if at > 0 else record


def _change(rng: Random, record: bytes) -> bytes:
    """Put another value somewhere into the decoded record."""
    found = _decoded(record)
    for _ in range(rng.randint(1, 3)):
        _change_in(rng, found)
    try:
        return json.dumps(found).encode()
    except RecursionError:
        return record


def _change_in(rng: Random, place: Any) -> None:
    while isinstance(place, dict | list) and place:
        key = rng.choice(list(place)) if isinstance(place, dict) else rng.randrange(len(place))
        inner = place[key]
        if isinstance(inner, dict | list) and inner and rng.random() < 0.7:
            place = inner
        elif isinstance(inner, str) and inner[:1] in ("{", "[") and rng.random() < 0.7:
            held = _decoded(inner.encode("utf-8", "replace"))
            _change_in(rng, held)
            place[key] = json.dumps(held)
            return
        elif isinstance(place, dict) and rng.random() < 0.2:
            place[rng.choice((key.lower(), key.upper(), f"{key}_string", f"properties.{key}", "Type", "evt"))] = (
                place.pop(key)
            )
            return
        else:
            place[key] = "x" * _HUGE if rng.random() < 0.002 else deepcopy(rng.choice(_VALUES))
            return


def _decoded(record: bytes) -> Any:
    try:
        return json.loads(record)
    except (ValueError, RecursionError):
        return {}


def _wrap(rng: Random, record: bytes) -> bytes:
    text = json.dumps(record.decode("utf-8", "replace")).encode()
    name = rng.choice((b"message", b"event", b"_raw", b"AuditData", b"full_log", b"records", b"attributes", b"data"))
    held = rng.choice((record, text, b"[" + record + b"]"))
    return b'{"' + name + b'":' + held + b"}"


_MUTATIONS: list[Callable[[Random, bytes], bytes]] = [
    *(_change,) * 12,
    *(_flip, _flip, _cut, _drop, _put, _put, _nest, _twice, _wrap),
]


def mutated(rng: Random, seeds: list[bytes]) -> bytes:
    """Return a seed, changed at least once."""
    record = rng.choice(seeds)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        record = rng.choice(_MUTATIONS)(rng, record or b"{}")
    if rng.random() < 0.03:
        other = rng.choice(seeds)
        record = record[: rng.randrange(len(record) + 1)] + other[rng.randrange(len(other)) :]
    return record


def arranged(rng: Random, records: list[bytes]) -> bytes:
    """Return the bytes of a file that holds some records, in some transport form."""
    form = rng.randrange(16)
    if form == 0:
        return b"[" + rng.choice((b",", b",\n", b"\n,")).join(records) + b"]"
    if form == 1:
        return b'{"records": [' + b",\n".join(records) + b"]}"
    if form == 2:
        return b"".join(b'{"value":[' + record + b"]}\n" for record in records)
    if form == 3:
        return b"\n".join(_pretty(record) for record in records)
    if form == 4:
        return rng.choice((b"", b",", b"\x00")).join(records)
    return rng.choice((b"\n", b"\n", b"\r\n", b"\n\n")).join(records)


def _pretty(record: bytes) -> bytes:
    if record.startswith(_DEEP):
        return record
    try:
        return json.dumps(json.loads(record), indent=2).encode()
    except (ValueError, RecursionError):
        return record
