"""Messages of an Event Hub for tests of following, and what is to come of them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

from remit.adapters.usage_store.reading import FolderReading
from remit.app.following.gathering import Gathering
from remit.bootstrap.logs import read_usage
from remit.ports.log_stream import Piece

SUBSCRIPTION = "/subscriptions/bbbbbbbb-0000-4000-8000-000000000001"


def guid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-{number:012x}"


def stamp(number: int) -> str:
    """An instant of the first days of November 2026; numbers are seconds."""
    return (
        f"2026-11-{1 + number // 86_400:02}T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}.1234567Z"
    )


def activity(number: int) -> dict[str, object]:
    group = f"{SUBSCRIPTION}/resourceGroups/rg{number % 3}/providers/Microsoft.Web/sites/s{number % 5}"
    return {
        "time": stamp(number),
        "resourceId": group.upper(),
        "operationName": "MICROSOFT.WEB/SITES/WRITE",
        "category": "Administrative",
        "resultType": "Success",
        "resultSignature": "Succeeded.",
        "callerIpAddress": "203.0.113.7",
        "correlationId": guid(number),
        "identity": {
            "authorization": {"scope": group, "action": "Microsoft.Web/sites/write"},
            "claims": {
                "http://schemas.microsoft.com/identity/claims/objectidentifier": guid(900_000 + number % 7),
                "appid": guid(800_000),
            },
        },
        "level": "Information",
    }


def sign_in(number: int) -> dict[str, object]:
    return {
        "time": stamp(number),
        "resourceId": "/tenants/aaaaaaaa-0000-4000-8000-000000000001/providers/Microsoft.aadiam",
        "operationName": "Sign-in activity",
        "category": "ServicePrincipalSignInLogs",
        "resultType": "0",
        "correlationId": guid(number),
        "properties": {
            "id": guid(500_000 + number),
            "createdDateTime": stamp(number),
            "servicePrincipalId": guid(900_000 + number % 7),
            "appId": guid(800_000),
            "ipAddress": "203.0.113.7",
            "status": {"errorCode": 0},
        },
    }


def metric(number: int) -> dict[str, object]:
    return {"time": stamp(number), "resourceId": SUBSCRIPTION, "metricName": "CpuTime", "count": number, "total": 1.5}


def as_message(*records: dict[str, object]) -> bytes:
    """One message: a record as it is, several in an envelope."""
    return json.dumps(records[0] if len(records) == 1 else {"records": records}).encode()


def messages(count: int, *, seed: int) -> list[bytes]:
    """Messages of some records each, of mixed categories; a few are no JSON, one is empty, some records come twice."""
    chance = random.Random(seed)
    found: list[bytes] = []
    number = 0
    for _ in range(count):
        records = []
        for _ in range(chance.randint(1, 8)):
            number += 1
            records.append(chance.choice((activity, activity, sign_in, metric))(number))
        if number > 20 and chance.random() < 0.1:
            records.append(activity(chance.randint(1, number)))
        text = json.dumps({"records": records})
        if chance.random() < 0.2:
            text = "\n".join(json.dumps(record) for record in records)
        found.append(text.encode())
        if chance.random() < 0.03:
            found.append(chance.choice((b"", b"\x00\xff not json", b'{"records": [{"time": "20', b"[" * 50)))
    return found


def records_in(some: Sequence[bytes]) -> int:
    """How many records stand in some messages."""
    gathered = Gathering("test", {}, {})
    return sum(gathered.add(Piece("0", message, str(place))) for place, message in enumerate(some))


def usage_of(store: Path) -> FolderReading:
    return read_usage(store)


def told(store: Path) -> tuple[object, ...]:
    """All that a store says: what two stores of the same records must agree on."""
    usage = usage_of(store)
    reasons = sorted((one.reason, one.records) for one in usage.reasons())
    return usage.totals(), list(usage.used_by_all()), usage.coverage(), reasons
