from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from tests.simulator.core.asking import small_tenant

from remit_sim import paging
from remit_sim.call import ARM, GRAPH, Call, Refusal

USERS = Call(GRAPH, "GET", "/users", small_tenant(), {"$top": "2"}, version="v1.0", base_url="https://g:1")
LOCKS = Call(ARM, "GET", "/subscriptions/s/locks", small_tenant(), {"api-version": "1"}, base_url="https://a:1")


def query(text: str, **options: object) -> bytes:
    return msgspec.json.encode({"query": text, "options": options})


@pytest.mark.parametrize("position", [0, 1, 999, 2**40])
def test_a_token_leads_back_to_its_position(position) -> None:
    assert paging.decode(USERS, paging.encode(USERS, position)) == position


def test_a_token_is_good_for_its_list_only() -> None:
    token = paging.encode(USERS, 7)
    assert paging.decode(replace(USERS, query={"$top": "2", "$skiptoken": token}, path="/USERS/"), token) == 7
    for other in (replace(USERS, path="/groups"), replace(USERS, query={"$top": "3"}), LOCKS):
        with pytest.raises(Refusal):
            paging.decode(other, token)


def test_parameters_without_a_value_may_be_dropped_when_a_link_is_followed() -> None:
    token = paging.encode(replace(LOCKS, query={"$filter": "", "api-version": "1"}), 7)
    assert paging.decode(replace(LOCKS, query={"api-version": "1", "$skiptoken": token}), token) == 7


def test_a_token_of_resource_graph_belongs_to_its_query() -> None:
    first = Call(ARM, "POST", "/x", small_tenant(), body=query("resources | project id"))
    token = paging.encode(first, 5)
    assert paging.decode(replace(first, body=query("resources | project id", skipToken=token)), token) == 5
    with pytest.raises(Refusal):
        paging.decode(replace(first, body=query("resources | project name")), token)


@pytest.mark.parametrize("token", ["", "x", "!!", "AAAAAAAA", "é", "A" * 24])
@pytest.mark.parametrize(("call", "code"), [(USERS, "Directory_ExpiredPageToken"), (LOCKS, "InvalidSkipToken")])
def test_what_is_no_token_is_refused_as_the_api_does(call, code, token) -> None:
    with pytest.raises(Refusal) as raised:
        paging.decode(call, token)
    assert (raised.value.status, raised.value.code) == (400, code)


def test_an_expired_token_is_refused() -> None:
    token = paging.encode(USERS, 7)
    with pytest.raises(Refusal):
        paging.decode(replace(USERS, token_expires=lambda told: told == token), token)


def test_next_links_are_absolute_and_keep_the_query() -> None:
    link = paging.next_link(replace(USERS, query={"$top": "2", "$filter": "a eq 'b c'", "$skiptoken": "old"}), 2)
    assert link.startswith("https://g:1/v1.0/users?$top=2&$filter=a%20eq%20'b%20c'&$skiptoken=")
    assert "old" not in link
    assert paging.next_link(LOCKS, 2).startswith("https://a:1/subscriptions/s/locks?api-version=1&$skiptoken=")
