"""What is taken over from an earlier snapshot, what the feeds name, what becomes of feeds that have expired."""

from datetime import timedelta

import pytest
from tests.fakes.azure import NOW, TENANT, FakeCredential, a_source, answer, refuse, run
from tests.fakes.azure_feeds import GRAPH_LISTS, LINK, Feeds, marks_of

from remit.adapters.azure.earlier import NOTES, Earlier
from remit.model.errors import InputError, InterruptedAnswerError, MovedOnError
from remit.model.snapshot import Gap
from remit.ports.pages import Page, Part

DELTA_USERS = Part("graph/users/delta", f"graph/users {LINK}users")


def begun(lists, *, earlier=None, credential=None, feeds=None):
    return run(a_source(feeds or Feeds(), lists, earlier=earlier, credential=credential).begin())


def earlier_of(lists, **changes):
    beginning = begun(lists)
    fields = {"tenant_id": TENANT, "collected_at": NOW - timedelta(days=1), "marks": marks_of(beginning), **changes}
    return Earlier(**fields)


def taken(lists, earlier, **more):
    """Return what still stands of the earlier snapshot."""
    page = run(a_source(Feeds(), lists).read([begun(lists, earlier=earlier, **more).parts[-1]]))[0]
    return set(lists) - {name for name, key in page.supersedes if key == ""}


def test_the_first_collection_notes_where_changes_go_on_from():
    beginning = begun(GRAPH_LISTS)
    assert beginning.parts[-1].endpoint == NOTES
    page = run(a_source(Feeds(), GRAPH_LISTS).read([beginning.parts[-1]]))[0]
    assert dict(page.marks)["graph/users"] == f"{LINK}users"
    assert page.supersedes == []
    assert (page.rows, page.cursor, page.opens) == ((), "", ())


def test_marks_are_taken_before_the_first_page():
    feeds = Feeds()
    begun({"graph/users"}, feeds=feeds)
    assert [one for one in feeds.asked if "users" in one] == ["/v1.0/users/delta"]


def test_a_kind_that_may_not_be_read_has_no_mark():
    feeds = Feeds()
    feeds.fails["/v1.0/users/delta"] = refuse(403, "Authorization_RequestDenied")
    assert "graph/users" not in marks_of(begun({"graph/users"}, feeds=feeds))


def test_what_feeds_tell_of_is_taken_over():
    earlier = earlier_of(GRAPH_LISTS)
    assert taken(GRAPH_LISTS, earlier) == GRAPH_LISTS - {"graph/groupOwners"}
    beginning = begun(GRAPH_LISTS, earlier=earlier)
    assert DELTA_USERS in beginning.parts
    assert Part("graph/groups/delta", f"graph/groupMembers,graph/groups {LINK}groups") in beginning.parts
    assert Part("graph/groupOwners") in beginning.parts
    assert Part("graph/users") not in beginning.parts
    # A feed that is followed tells its own next mark.
    assert "graph/users" not in marks_of(beginning)


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"gaps": [Gap("graph/users", "/", "403")]}, {"graph/devices", "graph/groups", "graph/groupMembers"}),
        ({"marks": {}}, set()),
        ({"marks": {"table": "other", "graph/users": f"{LINK}users"}}, set()),
    ],
)
def test_what_is_in_doubt_is_read_in_full(change, left):
    lists = {"graph/users", "graph/devices", "graph/groups", "graph/groupMembers"}
    assert taken(lists, earlier_of(lists, **change)) == left


def test_hidden_memberships_leave_the_list_usable():
    lists = {"graph/groups", "graph/groupMembers"}
    hidden = Gap("graph/groupMembers", "/groups/h", "hidden membership: needs Member.Read.Hidden")
    assert taken(lists, earlier_of(lists, gaps=[hidden])) == lists


def test_who_sees_hidden_memberships_now_reads_all_groups_again():
    lists = {"graph/groups", "graph/groupMembers"}
    credential = FakeCredential(claims={"roles": ["Member.Read.Hidden"]})
    assert taken(lists, earlier_of(lists), credential=credential) == set()


def test_groups_whose_pim_is_asked_about_are_read_in_full_and_their_members_are_not():
    lists = {"graph/groups", "graph/groupMembers", "graph/groupEligibilityScheduleInstances"}
    assert taken(lists, earlier_of(lists)) == {"graph/groupMembers"}


def test_a_snapshot_of_another_tenant_is_none_to_add_to():
    with pytest.raises(InputError, match="is of tenant other"):
        begun({"graph/users"}, earlier=Earlier("other", NOW))


RESOURCES = {"arm/resources", "arm/federatedIdentityCredentials", "arm/deploymentStacks"}


@pytest.mark.parametrize(("age", "stands"), [(timedelta(days=12, hours=23), True), (timedelta(days=13), False)])
def test_resources_are_taken_over_while_their_changes_are_known(age, stands):
    earlier = earlier_of(RESOURCES, collected_at=NOW - age)
    assert ("arm/resources" in taken(RESOURCES, earlier)) is stands
    parts = {part.endpoint for part in begun(RESOURCES, earlier=earlier).parts}
    assert ("arm/resources/changes" in parts) is stands
    assert ("arm/resources/all" in parts) is not stands
    # What resources lead to is found either way.
    assert ("arm/federatedIdentityCredentials/find" in parts) is stands
    assert ("arm/deploymentStacks/find" in parts) is stands


def test_changes_are_asked_for_from_an_hour_before():
    earlier = earlier_of(RESOURCES)
    assert Part("arm/resources/changes", "2026-10-31T11:00:00Z") in begun(RESOURCES, earlier=earlier).parts


def test_resources_are_read_in_full_where_subscriptions_came_or_went():
    earlier = earlier_of(RESOURCES)
    assert "arm/resources" not in taken(RESOURCES, earlier, feeds=Feeds(subscriptions=2))


# ---- pages


def followed(part, *pages, lists=GRAPH_LISTS):
    feeds = Feeds()
    feeds.pages = list(pages)
    return run(a_source(feeds, lists).read([part]))[0]


def test_a_changed_object_is_superseded_and_read_again():
    page = followed(
        DELTA_USERS,
        answer({"value": [{"id": "A"}, {"id": "b", "@removed": {"reason": "deleted"}}], "@odata.deltaLink": "next"}),
    )
    assert page.supersedes == [("graph/users", "a"), ("graph/users", "b")]
    assert page.opens == [Part("graph/users/object", "A")]
    assert page.marks == [("graph/users", "next")]
    assert (page.list_name, page.rows, page.cursor) == ("", (), "")


def test_the_members_of_a_changed_group_are_read_again():
    part = Part("graph/groups/delta", f"graph/groupMembers {LINK}groups")
    page = followed(part, answer({"value": [{"id": "G"}, {"id": "h", "@removed": {}}], "@odata.nextLink": f"{LINK}2"}))
    assert page.supersedes == [("graph/groupMembers", "g/"), ("graph/groupMembers", "h/")]
    assert {one.target for one in page.opens} == {"G"}
    assert {one.endpoint for one in page.opens} == {"graph/groupMembers/group", "graph/groupMembers/servicePrincipals"}
    assert page.cursor == f"{LINK}2"
    assert page.marks == []


@pytest.mark.parametrize("reply", [refuse(410, "syncStateNotFound"), refuse(400, "BadRequest"), refuse(403, "Denied")])
def test_a_feed_that_cannot_be_followed_is_read_in_full(reply):
    page = followed(DELTA_USERS, reply)
    assert page.supersedes == [("graph/users", "")]
    assert page.opens == [Part("graph/users")]
    assert page.marks == [("graph/users", f"{LINK}users")]


def test_a_feed_that_fails_for_the_moment_is_tried_again():
    assert isinstance(followed(DELTA_USERS, refuse(503, "ServiceUnavailable")), InterruptedAnswerError)


def test_a_continuation_of_a_feed_that_expired_is_begun_again():
    part = Part(DELTA_USERS.endpoint, DELTA_USERS.target, f"{LINK}users-2")
    assert isinstance(followed(part, refuse(410, "syncStateNotFound")), MovedOnError)


def test_an_object_alone_has_the_bytes_of_its_row():
    alone = b'{"@odata.context":"https://graph/v1.0/$metadata#users(id)/$entity", "id":"u",  "displayName": "Ada"}'
    feeds = Feeds()
    feeds.pages = [answer(b'{"responses":[{"id":"0","status":200,"body":' + alone + b"}]}")]
    page = run(a_source(feeds, {"graph/users"}).read([Part("graph/users/object", "u")]))[0]
    assert page == Page("graph/users", [b'{"id":"u",  "displayName": "Ada"}'], "", [], ())


def test_changed_resources_are_read_by_their_ids():
    ids = [f"/subscriptions/s/resourceGroups/g/providers/a/b/{number:03}" for number in range(60)]
    rows = [{"id": f"c{number}", "targetResourceId": one} for number, one in enumerate([*ids, ids[0].upper(), ""])]
    page = followed(Part("arm/resources/changes", "2026-10-31T11:00:00Z"), answer({"data": rows}), lists=RESOURCES)
    assert [key for _, key in page.supersedes] == sorted(one.lower() for one in ids)
    assert [one.endpoint for one in page.opens] == ["arm/resources/changed"] * 2
    assert page.opens[1].target.count("'/") == 10


def test_a_query_is_filled_with_what_it_is_asked_for():
    feeds = Feeds()
    feeds.pages = [answer({"data": []}), answer({"data": []})]
    source = a_source(feeds, RESOURCES)
    run(source.read([Part("arm/resources/changed", "'/a', '/b'")]))
    run(source.read([Part("arm/resources/changes", "2026-10-31T11:00:00Z")]))
    assert "where id in~ ('/a', '/b') |" in feeds.queries[0]
    assert ">= datetime(2026-10-31T11:00:00Z) |" in feeds.queries[1]
    assert "{target}" not in "".join(feeds.queries)


def test_what_cannot_be_read_again_is_lost_where_it_was():
    source = a_source(Feeds(), GRAPH_LISTS | RESOURCES)
    assert source.lost(Part("graph/users/object", "u"), "x") == [Gap("graph/users", "/users/u", "x")]
    assert source.lost(Part("arm/resources/changed", "'/a'"), "x") == [Gap("arm/resources", "/", "x")]
    assert source.lost(Part(NOTES, "{}"), "x") == []
    assert (source.lane(Part(NOTES)), source.together(Part(NOTES))) == ("graph", 1)
