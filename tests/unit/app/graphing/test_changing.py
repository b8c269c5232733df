"""A snapshot with a change is what it would have been had it been collected so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.fakes.reviewed_tenant import DEV, DEV_MACHINE, HUB, OWNER, Drafted, guid, reviewed_tenant
from tests.fakes.world import FixedClock, PayloadReader

from remit.adapters.catalogue.starter import starter_roles
from remit.adapters.store.memory import MemoryStore
from remit.app.graphing.changing import ChangedReader
from remit.app.importing import ImportReport, import_tenant
from remit.model.errors import InputError, PayloadError
from remit.wire.v1.change import decode_change


def imported(draft: Drafted) -> tuple[MemoryStore, ImportReport]:
    store = MemoryStore(FixedClock())
    return store, import_tenant(PayloadReader(draft.lists, draft.manifest), store, starter_roles())


def changed(draft: Drafted, **change: Any) -> ImportReport:
    store, report = imported(draft)
    snapshot_id = report.summary.snapshot_id
    reader = ChangedReader(
        store, snapshot_id, store.facts(snapshot_id).meta, decode_change(json.dumps(change).encode(), "change.json")
    )
    again = import_tenant(reader, MemoryStore(FixedClock()), starter_roles())
    assert [one.snapshot_id for one in store.summaries()] == [snapshot_id]
    return again


def test_no_change_gives_the_same_snapshot() -> None:
    draft = reviewed_tenant()
    assert changed(draft).summary.snapshot_id == imported(draft)[1].summary.snapshot_id


def test_what_is_added_and_removed_gives_the_snapshot_that_would_have_been_collected() -> None:
    wanted = reviewed_tenant()
    wanted.assign(guid("maya"), OWNER, DEV, "User")
    gone = wanted.lists["arm/roleAssignments"].pop(0)
    owner = wanted.lists["graph/applicationOwners"].pop()
    report = changed(
        reviewed_tenant(),
        add={"arm/roleAssignments": [wanted.lists["arm/roleAssignments"][-1]]},
        remove={
            "arm/roleAssignments": [gone["id"].upper()],
            "graph/applicationOwners": [f"{owner['parentId']}/{owner['member']['id']}"],
        },
    )
    assert report.summary.snapshot_id == imported(wanted)[1].summary.snapshot_id


def test_an_object_with_the_id_of_one_that_is_there_takes_its_place() -> None:
    wanted = reviewed_tenant()
    machine = next(row for row in wanted.lists["arm/resources"] if row["id"] == DEV_MACHINE)
    machine["identity"] = {"type": "None"}
    report = changed(reviewed_tenant(), add={"arm/resources": [machine]})
    assert report.summary.snapshot_id == imported(wanted)[1].summary.snapshot_id


def test_a_list_that_was_not_collected_stays_a_gap_where_something_is_added_to_it() -> None:
    draft = reviewed_tenant()
    draft.lists.pop("arm/locks", None)
    lock = {"id": f"{HUB}/providers/Microsoft.Authorization/locks/keep", "properties": {"level": "ReadOnly"}}
    report = changed(draft, add={"arm/locks": [lock]})
    assert report.rows["arm/locks"] == 1
    assert "arm/locks" in {gap.api for gap in report.gaps}


def test_what_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(InputError, match=r"change.json: `/nowhere` is not in arm/locks of this snapshot"):
        changed(reviewed_tenant(), remove={"arm/locks": ["/nowhere"]})


def test_what_is_replaced_may_also_be_named_as_removed() -> None:
    draft = reviewed_tenant()
    row = draft.lists["arm/roleAssignments"][0]
    report = changed(draft, add={"arm/roleAssignments": [row]}, remove={"arm/roleAssignments": [row["id"]]})
    assert report.summary.snapshot_id == imported(draft)[1].summary.snapshot_id


def test_two_objects_of_one_id_that_differ_are_an_error() -> None:
    lock = {"id": "/subscriptions/x/providers/Microsoft.Authorization/locks/l", "properties": {"level": "ReadOnly"}}
    other = {**lock, "properties": {"level": "CanNotDelete"}}
    with pytest.raises(PayloadError):
        changed(reviewed_tenant(), add={"arm/locks": [lock, other]})
