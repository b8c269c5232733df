"""The source: one page of each part, in one call or in a batch."""

import json
from datetime import timedelta
from urllib.parse import unquote

import pytest
from tests.fakes.azure import FakeCredential, a_source, answer, refuse, run

from remit.adapters.azure.endpoints import TABLE
from remit.model.errors import (
    CredentialError,
    ForbiddenError,
    InterruptedAnswerError,
    MovedOnError,
    ThrottledError,
    UnexpectedAnswerError,
    VanishedError,
)
from remit.model.snapshot import Gap
from remit.ports.pages import Page, Part
from remit.wire.azure.lists import LISTS

ALL = set(LISTS)
SUB = "/subscriptions/5ab00000-0000-4000-8000-000000000001"
USER = b'{"id": "u", "displayName": "Ada"}'


def read(route, *parts, lists=ALL, credential=None):
    return run(a_source(route, set(lists), credential=credential).read(list(parts)))


def read_one(route, part, **more):
    return read(route, part, **more)[0]


def test_a_page_is_rows_and_where_it_goes_on():
    seen = []

    def route(request):
        seen.append(unquote(str(request.url)))
        return answer(
            b'{"value":[' + USER + b'],"@odata.nextLink":"https://graph.microsoft.com/v1.0/users?$skiptoken=2"}'
        )

    page = read_one(route, Part("graph/users"))
    assert page == Page("graph/users", [USER], "https://graph.microsoft.com/v1.0/users?$skiptoken=2", [], ())
    assert seen == [f"https://graph.microsoft.com{TABLE['graph/users'].place}"]
    read_one(route, Part("graph/users", cursor=page.cursor))
    assert seen[1] == page.cursor


def test_a_query_is_posted_and_goes_on_with_its_token():
    seen = []

    def route(request):
        seen.append((request.method, request.url.path, json.loads(request.content)))
        return answer({"data": [], "$skipToken": "abc"})

    page = read_one(route, Part("arm/roleDefinitions"))
    assert page.cursor == "abc"
    read_one(route, Part("arm/roleDefinitions", cursor="abc-1"))
    assert [one[:2] for one in seen] == [("POST", "/providers/Microsoft.ResourceGraph/resources")] * 2
    assert [one[2]["options"].get("$skipToken") for one in seen] == [None, "abc-1"]


def test_a_page_that_is_its_own_next_page_is_not_followed():
    part = Part("arm/roleDefinitions", cursor="abc")
    assert isinstance(read_one(lambda _: answer({"data": [], "$skipToken": "abc"}), part), UnexpectedAnswerError)


@pytest.mark.parametrize(
    ("part", "reply", "leaf"),
    [
        (Part("graph/users"), refuse(403, "Authorization_RequestDenied"), ForbiddenError),
        (Part("graph/users"), refuse(429, "TooManyRequests", retry_after="2"), ThrottledError),
        (Part("graph/users"), refuse(503, "ServiceUnavailable"), InterruptedAnswerError),
        (Part("graph/users"), answer(b'{"value":[{"id"'), InterruptedAnswerError),
        (Part("graph/users"), answer(b"<html>"), UnexpectedAnswerError),
        (Part("graph/users"), refuse(404, "NotFound"), UnexpectedAnswerError),
        (Part("graph/users", cursor="https://graph.microsoft.com/v1.0/users?x"), refuse(400, "Any"), MovedOnError),
        (Part("graph/users", cursor="https://evil.example/v1.0/users?x"), answer({}), UnexpectedAnswerError),
        (Part("arm/locks/subscription", SUB), refuse(404, "SubscriptionNotFound"), VanishedError),
    ],
)
def test_what_goes_wrong_stands_in_place_of_the_page(part, reply, leaf):
    assert type(read_one(lambda _: reply, part)) is leaf


def test_a_403_says_which_permission_is_missing_where():
    failure = read_one(lambda _: refuse(403, "AuthorizationFailed"), Part("arm/locks/subscription", SUB))
    assert failure.message == f"arm/locks/subscription {SUB}: 403 AuthorizationFailed"
    assert failure.needs == "Microsoft.Authorization/locks/read"


def test_a_credential_that_is_refused_ends_the_reading():
    parts = [Part("graph/groupOwners/group", one) for one in "ab"]
    for some in (parts[:1], parts):
        with pytest.raises(CredentialError):
            read(lambda _: refuse(401, "InvalidAuthenticationToken"), *some)


def test_a_row_that_is_none_of_its_list_is_left_out_with_a_gap():
    rows = [
        b'{"id":"1","properties":{"level":"ReadOnly"}}',
        b'{"id":"2","properties":{}}',
        b'{"id":"3","properties":{"level":7}}',
        b'{"id":"4","properties":{"level":"\\ud800"}}',
        b'{"id":"5","properties":{"level":"CanNotDelete"},"note":"\\u0000"}',
    ]
    page = read_one(lambda _: answer(b'{"value":[' + b",".join(rows) + b"]}"), Part("arm/locks/subscription", SUB))
    assert page.rows == rows[:1]
    assert page.gaps == (
        Gap("arm/locks", SUB, "a row was left out: properties.level: is missing"),
        Gap("arm/locks", SUB, "a row was left out: properties.level: must be text, is a number"),
        Gap("arm/locks", SUB, "a row was left out: holds a lone surrogate"),
        Gap("arm/locks", SUB, "a row was left out: holds a NUL character"),
    )


def test_a_row_that_leads_on_must_have_an_id():
    failure = read_one(lambda _: answer({"value": [{"appId": "x"}]}), Part("graph/applications"))
    assert isinstance(failure, UnexpectedAnswerError)


def test_a_list_that_only_leads_on_gives_no_rows():
    page = read_one(lambda _: answer({"value": [{"id": SUB}]}), Part("arm/subscriptions"), lists={"arm/locks"})
    assert (page.list_name, page.rows) == ("", [])
    assert page.opens == [Part("arm/locks/subscription", SUB)]


def test_rows_of_other_scopes_are_left_to_their_own_calls():
    rows = [
        {"id": str(number), "properties": {"level": "ReadOnly", "scope": scope}}
        for number, scope in enumerate(("/", SUB))
    ]

    def route(_):
        body = [{**row, "properties": {**row["properties"], "permissions": [], "principals": []}} for row in rows]
        return answer({"value": body})

    page = read_one(route, Part("arm/denyAssignments/subscription", SUB))
    assert [json.loads(row)["id"] for row in page.rows] == ["1"]


def test_role_assignments_at_the_root_come_from_where_they_are_told():
    body = {
        "data": [
            {"id": "/1", "properties": {"roleDefinitionId": "r", "principalId": "p", "scope": scope}}
            for scope in ("/", SUB)
        ]
    }
    assert len(read_one(lambda _: answer(body), Part("arm/roleAssignments", "/top")).rows) == 1
    assert len(read_one(lambda _: answer(body), Part("arm/roleAssignments")).rows) == 2


def test_one_object_is_one_row():
    row = b'{"id":"/r","properties":{"provisioningState":"Succeeded"}}'
    page = read_one(lambda _: answer(row), Part("arm/registrationAssignments", "/r"))
    assert (page.rows, page.cursor) == ([row], "")


def test_rows_that_resource_graph_cut_are_a_gap():
    page = read_one(lambda _: answer({"data": [], "resultTruncated": "true"}), Part("arm/resources/all"))
    assert {(gap.api, gap.scope) for gap in page.gaps} == {
        ("arm/resources", "/"),
        ("arm/federatedIdentityCredentials", "/"),
        ("arm/diagnosticSettings", "/"),
    }


GROUPS = {"value": [{"id": "h", "visibility": "HiddenMembership"}, {"id": "p", "visibility": "Private"}]}


@pytest.mark.parametrize(
    ("roles", "lists", "gaps"),
    [
        ([], ALL, [Gap("graph/groupMembers", "/groups/h", "hidden membership: needs Member.Read.Hidden")]),
        (["Member.Read.Hidden"], ALL, []),
        ([], {"graph/groups"}, []),
    ],
)
def test_hidden_memberships_are_gaps_for_who_may_not_see_them(roles, lists, gaps):
    credential = FakeCredential(claims={"roles": roles})
    page = read_one(lambda _: answer(GROUPS), Part("graph/groups"), lists=lists, credential=credential)
    assert list(page.gaps) == gaps


@pytest.mark.parametrize("roles", [[], ["Member.Read.Hidden"]])
def test_hidden_memberships_of_administrative_units_are_gaps_too(roles):
    credential = FakeCredential(claims={"roles": roles})
    page = read_one(lambda _: answer(GROUPS), Part("graph/administrativeUnits"), lists=ALL, credential=credential)
    why = "hidden membership: needs Member.Read.Hidden"
    hidden = [Gap("graph/administrativeUnitMembers", "/administrativeUnits/h", why)]
    assert list(page.gaps) == ([] if roles else hidden)
    assert {part.target for part in page.opens} == {"h", "p"}


# ---- batches


def batched(replies):
    """Return a route that answers a batch by the address of each of its calls, in reverse order."""

    def route(request):
        assert request.url.path == "/v1.0/$batch"
        calls = json.loads(request.content)["requests"]
        answers = [{"id": call["id"], **replies(call["url"])} for call in calls]
        return answer({"responses": [one for one in reversed(answers) if one.get("status")]})

    return route


def test_twenty_parts_are_read_in_one_call_whatever_their_order():
    parts = [Part("graph/groupOwners/group", f"g{number}") for number in range(20)]

    def reply(url):
        return {"status": 200, "body": {"value": [{"@odata.type": "#microsoft.graph.user", "id": url.split("/")[2]}]}}

    source = a_source(batched(reply), ALL)
    pages = run(source.read(parts))
    assert [json.loads(page.rows[0])["parentId"] for page in pages] == [part.target for part in parts]
    assert all(json.loads(page.rows[0])["member"]["id"] == part.target for page, part in zip(pages, parts, strict=True))
    assert source.calls() == [("graph/$batch", 1)]
    assert source.together(parts[0]) == 20


def test_a_cast_is_asked_for_as_an_advanced_query_on_its_next_pages_too():
    sent = []

    def route(request):
        calls = json.loads(request.content)["requests"]
        sent.extend((call["url"], call.get("headers")) for call in calls)
        return answer({"responses": [{"id": call["id"], "status": 200, "body": {"value": []}} for call in calls]})

    next_link = "https://graph.microsoft.com/v1.0/groups/g/members/microsoft.graph.servicePrincipal?$count=true&x=2"
    read(
        route,
        Part("graph/groupMembers/group", "g"),
        Part("graph/groupMembers/servicePrincipals", "g"),
        Part("graph/groupOwners/servicePrincipals", "g"),
        Part("graph/groupMembers/servicePrincipals", "g", next_link),
    )
    read(route, Part("graph/groupMembers/servicePrincipals", "alone"))
    eventual = {"ConsistencyLevel": "eventual"}
    assert [headers for _, headers in sent] == [None, eventual, eventual, eventual, eventual]
    assert sent[2][0] == "/groups/g/owners/microsoft.graph.servicePrincipal?$select=id&$top=999&$count=true"


def test_addresses_in_a_batch_are_relative():
    seen = []

    def reply(url):
        seen.append(url)
        return {"status": 200, "body": {"value": []}}

    read(
        batched(reply),
        Part("graph/groupAssignmentScheduleInstances/group", "g"),
        Part("graph/groupAssignmentScheduleInstances/group", "h", "https://graph.microsoft.com/v1.0/next?$skiptoken=1"),
    )
    assert seen == [
        "/identityGovernance/privilegedAccess/group/assignmentScheduleInstances?$filter=groupId%20eq%20'g'",
        "/next?$skiptoken=1",
    ]


def test_each_answer_of_a_batch_stands_for_itself():
    replies = {
        "a": {"status": 200, "body": {"value": []}},
        "b": {"status": 429, "headers": {"Retry-After": "3"}, "body": {"error": {"code": "TooManyRequests"}}},
        "c": {"status": 404, "body": {"error": {"code": "Request_ResourceNotFound"}}},
        "d": {"status": 403, "body": {"error": {"code": "Authorization_RequestDenied"}}},
        "e": {"status": 503},
        "f": {},
        "g": {"status": 401, "body": {"error": {"code": "InvalidAuthenticationToken"}}},
    }
    parts = [Part("graph/applicationOwners/application", one) for one in replies]
    parts.append(Part("graph/applicationOwners/application", "i", "https://evil.example/v1.0/x"))
    pages = read(batched(lambda url: replies[url.split("/")[2]]), *parts)
    assert [type(page) for page in pages] == [
        Page,
        ThrottledError,
        VanishedError,
        ForbiddenError,
        InterruptedAnswerError,
        InterruptedAnswerError,
        InterruptedAnswerError,
        UnexpectedAnswerError,
    ]
    assert pages[1].retry_after_s == 3
    assert pages[3].needs == "Application.Read.All"


@pytest.mark.parametrize(
    ("reply", "leaf"),
    [
        (refuse(429, "TooManyRequests", retry_after="9"), ThrottledError),
        (answer(b'{"responses":['), InterruptedAnswerError),
        (answer({"value": []}), UnexpectedAnswerError),
    ],
)
def test_a_batch_that_fails_fails_for_each(reply, leaf):
    pages = read(lambda _: reply, Part("graph/groupOwners/group", "a"), Part("graph/groupOwners/group", "b"))
    assert [type(page) for page in pages] == [leaf, leaf]


def test_what_is_not_batched_is_read_side_by_side():
    pages = read(lambda _: answer({"value": []}), Part("graph/users"), Part("graph/devices"))
    assert [page.list_name for page in pages] == ["graph/users", "graph/devices"]


# ---- what is said about parts


def test_what_a_part_loses_is_told_with_what_it_leads_to():
    source = a_source(lambda _: answer({}), ALL)
    lost = source.lost(Part("arm/subscriptions"), "403 AuthorizationFailed")
    assert {gap.scope for gap in lost} == {"/"}
    assert {"arm/subscriptions", "arm/locks", "arm/denyAssignments"} <= {gap.api for gap in lost}
    assert source.lost(Part("graph/groupMembers/group", "g"), "x") == [Gap("graph/groupMembers", "/groups/g", "x")]
    assert source.lost(Part("arm/locks/subscription", SUB), "x") == [Gap("arm/locks", SUB, "x")]
    # What applies at the topmost group applies everywhere.
    assert source.lost(Part("arm/denyAssignments/topManagementGroup", "/top"), "x") == [
        Gap("arm/denyAssignments", "/", "x")
    ]
    assert a_source(lambda _: answer({}), {"graph/users"}).lost(Part("graph/groups"), "x") == []


def test_parts_draw_on_the_lanes_of_their_endpoints():
    source = a_source(lambda _: answer({}), ALL)
    assert source.lane(Part("graph/users")) == "graph"
    assert source.lane(Part("arm/resources/all")) == "resourceGraph"
    assert source.together(Part("graph/users")) == 1


def test_a_quota_that_is_spent_is_waited_for_and_no_longer():
    credential = FakeCredential()
    left = ["0"]

    def route(_):
        return answer({"data": []}, x_ms_user_quota_remaining=left[0], x_ms_user_quota_resets_after="00:00:05")

    source = a_source(route, ALL, credential=credential)
    assert source.spent("resourceGraph") == 0
    run(source.read([Part("arm/resources/all")]))
    assert source.spent("resourceGraph") == 5
    assert source.spent("graph") == 0
    credential.clock.present += timedelta(seconds=6)
    assert source.spent("resourceGraph") == 0
    left[0] = "14"
    credential.clock.present -= timedelta(seconds=6)
    run(source.read([Part("arm/resources/all")]))
    assert source.spent("resourceGraph") == 0


def test_a_list_that_no_export_has_is_refused():
    with pytest.raises(KeyError):
        a_source(lambda _: answer({}), {"graph/planets"})
