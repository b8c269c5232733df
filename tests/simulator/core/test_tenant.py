"""What the core adds to a tenant: edits that are seen late."""

from __future__ import annotations

from datetime import timedelta

from tests.simulator.core.asking import small_tenant

ROW = b'{"id":"g1","displayName":"Group"}'


def test_edits_are_seen_after_their_number_of_requests_in_their_order() -> None:
    tenant = small_tenant()
    tenant.delay_edits(timedelta(seconds=60), 2)
    tenant.put("graph/groups", ROW)
    assert tenant.remove("graph/groups", "g1") is False
    tenant.put("graph/users", b'{"id":"u"}')
    assert (len(tenant.table("graph/groups")), tenant.table("graph/users").get("u")) == (0, b'{"id":"u"}')
    tenant.tick()
    assert [change.list_name for change in tenant.changes] == ["graph/users"]
    tenant.tick()
    assert [(change.list_name, change.kind) for change in tenant.changes[1:]] == [
        ("graph/groups", "Create"),
        ("graph/groups", "Delete"),
    ]


def test_edits_are_seen_after_their_time() -> None:
    tenant = small_tenant()
    tenant.delay_edits(timedelta(seconds=60), 1000)
    tenant.put("graph/groups", ROW)
    tenant.clock.advance(timedelta(seconds=59))
    tenant.tick()
    assert tenant.table("graph/groups").get("g1") is None
    tenant.clock.advance(timedelta(seconds=1))
    tenant.tick()
    assert tenant.table("graph/groups").get("g1") == ROW
    assert tenant.remove("graph/groups", "g1") is True
    assert tenant.table("graph/groups").get("g1") == ROW


def test_switching_the_delay_off_shows_what_waits() -> None:
    tenant = small_tenant()
    tenant.delay_edits(timedelta(seconds=60), 1000)
    tenant.put("graph/groups", ROW)
    tenant.delay_edits(timedelta(0), 0)
    assert tenant.table("graph/groups").get("g1") == ROW
