"""Public log records that change who may do what are read as changes, to exact values where they are not masked."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from remit.model.usage import ChangeKind, Normalised, ObservedChange
from remit.usage.changes import settled
from remit.usage.changes.detail import detail_of
from remit.usage.records import normalise

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data")) / "logs"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="no test data")


def changes(records: Iterator[str]) -> list[ObservedChange]:
    found: list[ObservedChange] = []
    for record in records:
        said = normalise(record.encode())
        if isinstance(said, Normalised):
            found += said.changes
    return found


def raw(name: str, key: str) -> Iterator[str]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        record = json.loads(line)[key]
        yield record if isinstance(record, str) else json.dumps(record)


def test_the_unified_audit_log_of_an_incident() -> None:
    text = (DATA / "invictus-o365" / "entra_ual_early.jsonl").read_text(encoding="utf-8")
    found = changes(iter(text.splitlines()))
    assert Counter(one.kind.value for one in found) == {"directoryRoleAdded": 35, "memberAdded": 4}
    given = next(one for one in found if one.subject_id == "a8f07d8b-ff33-46e1-9632-bec8ffb69d76")
    assert (given.kind, given.object_id) == (ChangeKind.DIRECTORY_ROLE_ADDED, "62e90394-69f5-4237-9190-012177145e10")
    assert given.actor_id == "40123ae1-dfb1-4224-95c6-edd2500c27f7"
    assert detail_of(given.detail).object_name == "Global Administrator"
    joined = settled(found)
    assert settled([*found, *found]) == joined
    assert all(one.confirmed for one in joined)


def test_members_of_groups_in_both_forms() -> None:
    graph = changes(raw("sekoia-intake-formats/entra_graph_api.pairs.jsonl", "raw"))
    assert Counter(one.kind.value for one in graph) == {"memberAdded": 5, "memberRemoved": 1}
    found = changes(raw("sekoia-intake-formats/entra_diagnostic.pairs.jsonl", "raw"))
    assert [(one.kind, one.subject_id, one.object_id) for one in found] == [
        (ChangeKind.MEMBER_ADDED, "user1", "44444444-4444-4444-4444-444444444444")
    ]


def test_elevated_access_and_diagnostic_settings() -> None:
    found = changes(raw("panther-analysis/entra_audit_signin.tests.jsonl", "event"))
    assert [(one.kind, one.subject_id, one.scope) for one in found] == [(ChangeKind.ELEVATED, "user-admin-789", "/")]
    found = changes(raw("panther-analysis/azure_monitor.tests.jsonl", "event"))
    assert Counter(one.kind.value for one in found) == {"diagnosticSettingDeleted": 2, "diagnosticSettingWritten": 1}


def test_the_beginning_and_the_end_of_a_role_assignment_are_one_change() -> None:
    table = json.loads((DATA / "wazuh-azure-tests" / "log_analytics_events.json").read_text(encoding="utf-8"))[
        "tables"
    ][0]
    names = [column["name"] for column in table["columns"]]
    found = changes(json.dumps(dict(zip(names, row, strict=True))) for row in table["rows"])
    assert [detail_of(one.detail).ended for one in found if one.kind is ChangeKind.ASSIGNMENT_WRITTEN] == [
        "started",
        "succeeded",
    ]
    (joined,) = [one for one in settled(found) if one.change.kind is ChangeKind.ASSIGNMENT_WRITTEN]
    assert joined.confirmed
    assert joined.detail.told
    assert joined.change.role_id
