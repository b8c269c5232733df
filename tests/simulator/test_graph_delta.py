"""Delta queries of the simulated Microsoft Graph."""

import pytest
from tests.simulator.graph_world import (
    ADA,
    BEN,
    CY,
    INNER,
    LAPTOP,
    SECRET_CLUB,
    STAFF,
    UNIT,
    Directory,
    caller_with,
    compact,
    guid,
    pair,
    small,
)

LATEST = "$deltatoken=latest"


def link_of(world: Directory, url: str) -> str:
    return world.get(url)["@odata.deltaLink"]


def changed(world: Directory, link: str) -> tuple[list[dict], str]:
    """Follow a link to its end: what changed, and the next link."""
    rows = []
    for page in world.pages(link):
        rows += page["value"]
        link = page.get("@odata.deltaLink", link)
    return rows, link


def test_the_latest_token_gives_an_empty_page_with_a_link_that_tells_what_comes_after():
    world = small()
    world.tenant.put("graph/users", compact({"id": guid(1, 8), "displayName": "Before"}))
    page = world.get(f"/users/delta?$select=displayName&{LATEST}")
    assert page["value"] == []
    world.tenant.put("graph/users", compact({"id": ADA, "displayName": "Ada II", "accountEnabled": True}))
    world.tenant.put("graph/users", compact({"id": guid(1, 9), "displayName": "New"}))
    world.tenant.remove("graph/users", BEN)
    rows, link = changed(world, page["@odata.deltaLink"])
    assert rows == [
        {"id": ADA, "displayName": "Ada II"},
        {"id": guid(1, 9), "displayName": "New"},
        {"id": BEN, "@removed": {"reason": "deleted"}},
    ]
    assert changed(world, link) == ([], link)


def test_an_object_that_changed_often_is_told_of_once_as_it_is_now():
    world = small()
    link = link_of(world, f"/users/delta?{LATEST}")
    for name in ("one", "two"):
        world.tenant.put("graph/users", compact({"id": ADA, "displayName": name}))
    assert changed(world, link)[0] == [{"id": ADA, "displayName": "two"}]


def test_members_that_came_and_went_are_a_change_of_their_group():
    world = small()
    link = link_of(world, f"/groups/delta?$select=displayName,members&{LATEST}")
    world.tenant.put("graph/groupMembers", pair(STAFF, "user", CY))
    world.tenant.remove("graph/groupMembers", f"{STAFF}/{ADA}")
    world.tenant.put("graph/groupOwners", pair(INNER, "user", CY))
    assert changed(world, link)[0] == [
        {
            "id": STAFF,
            "members@delta": [
                {"@odata.type": "#microsoft.graph.user", "id": CY},
                {"@odata.type": "#microsoft.graph.user", "id": ADA, "@removed": {"reason": "deleted"}},
            ],
        }
    ]


def test_without_a_selection_owners_are_told_of_too():
    world = small()
    link = link_of(world, f"/groups/delta?{LATEST}")
    world.tenant.put("graph/groupOwners", pair(INNER, "user", CY))
    assert changed(world, link)[0] == [
        {"id": INNER, "owners@delta": [{"@odata.type": "#microsoft.graph.user", "id": CY}]}
    ]


def test_hidden_members_stay_hidden_though_the_group_is_told_of():
    world = small()
    link = link_of(world, f"/groups/delta?$select=members&{LATEST}")
    world.tenant.put("graph/groupMembers", pair(SECRET_CLUB, "user", ADA))
    page = world.get(link, caller=caller_with("GroupMember.Read.All"))
    assert page["value"] == [{"id": SECRET_CLUB}]


def test_a_first_round_gives_everything_and_then_what_changed_since_it_began():
    world = small()
    world.load("graph/groups", *({"id": guid(2, number)} for number in range(10, 110)))
    first = world.get("/groups/delta?$select=id,members")
    assert (len(first["value"]), "@odata.deltaLink" in first) == (100, False)
    assert first["value"][0]["members@delta"][0]["id"] == ADA
    world.tenant.put("graph/groups", compact({"id": INNER, "displayName": "edited while paging"}))
    rows, link = changed(world, first["@odata.nextLink"])
    assert [row["id"] for row in rows] == [guid(2, number) for number in range(107, 110)]
    assert [row["id"] for row in changed(world, link)[0]] == [INNER]


def test_changes_are_paged_and_none_is_lost_that_happens_meanwhile():
    world = Directory()
    link = link_of(world, f"/users/delta?{LATEST}")
    for number in range(5):
        world.tenant.put("graph/users", compact({"id": guid(1, number)}))
    first = world.get(link, prefer="odata.maxpagesize=2")
    world.tenant.put("graph/users", compact({"id": guid(1, 0), "displayName": "again"}))
    rows, link = changed(world, first["@odata.nextLink"])
    assert [row["id"] for row in first["value"] + rows] == [guid(1, number) for number in range(5)]
    assert changed(world, link)[0] == [{"id": guid(1, 0), "displayName": "again"}]


@pytest.mark.parametrize(
    ("path", "list_name", "row"),
    [
        ("/servicePrincipals", "graph/servicePrincipals", {"id": guid(3, 5), "appId": guid(9, 5)}),
        ("/applications", "graph/applications", {"id": guid(4, 5), "appId": guid(9, 5)}),
        ("/devices", "graph/devices", {"id": guid(6, 5)}),
        ("/directory/administrativeUnits", "graph/administrativeUnits", {"id": guid(5, 5)}),
        ("/oauth2PermissionGrants", "graph/oauth2PermissionGrants", {"id": "grant", "scope": "Use"}),
    ],
)
def test_other_kinds_tell_of_their_changes(path, list_name, row):
    world = small()
    link = link_of(world, f"{path}/delta?{LATEST}")
    world.tenant.put(list_name, compact(row))
    assert changed(world, link)[0] == [row]


def test_members_of_an_administrative_unit_are_a_change_of_it():
    world = small()
    link = link_of(world, f"/directory/administrativeUnits/delta?$select=members&{LATEST}")
    world.tenant.remove("graph/administrativeUnitMembers", f"{UNIT}/{LAPTOP}")
    (row,) = changed(world, link)[0]
    assert (row["id"], row["members@delta"][0]["@removed"]) == (UNIT, {"reason": "deleted"})


def test_a_token_of_another_history_begins_again():
    world, other = small(), small()
    world.tenant.put("graph/users", compact({"id": guid(1, 8)}))
    link = link_of(world, f"/users/delta?{LATEST}")
    assert other.refused("GET", link) == (410, "syncStateNotFound")
    other.tenant.put("graph/users", compact({"id": guid(1, 9)}))
    assert other.refused("GET", link) == (410, "syncStateNotFound")


def test_members_that_go_after_their_group_are_told_with_it():
    world = small()
    world.tenant.remove("graph/groups", STAFF)
    link = link_of(world, f"/groups/delta?$select=members&{LATEST}")
    world.tenant.remove("graph/groupMembers", f"{STAFF}/{ADA}")
    assert changed(world, link)[0] == [{"id": STAFF, "@removed": {"reason": "deleted"}}]


@pytest.mark.parametrize("token", ["nonsense", "AAAA", "%20"])
def test_a_token_that_nobody_gave_is_refused(token):
    assert small().refused("GET", f"/users/delta?$deltatoken={token}") == (400, "BadRequest")


def test_a_forged_token_is_refused():
    world = small()
    link = link_of(world, f"/users/delta?{LATEST}")
    assert world.refused("GET", link[:-2] + "AA")[0] == 400


def test_a_delta_needs_what_its_list_needs():
    world = small()
    assert world.refused("GET", "/groups/delta", caller=caller_with("User.Read.All"))[0] == 403
    assert world.refused("GET", "/users/delta?$filter=displayName eq 'x'") == (400, "BadRequest")
