"""Each fault strikes as its name says, as often as its share says, and the same way every time."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager

import httpx2
import pytest
from tests.simulator.core.asking import ARM_SCOPE, client_of, small_tenant, user_id

from remit.model.errors import InputError
from remit_sim.embedded import Simulator
from remit_sim.faults.plan import FaultPlan
from remit_sim.faults.settings import FAULTS

SUBSCRIPTIONS = "/subscriptions?api-version=2022-12-01"


@contextmanager
def faulty(users: int = 5, seed: int = 7, **faults: str):
    named = {name.replace("_", "-"): value for name, value in faults.items()}
    with Simulator(small_tenant(users), faults=named, seed=seed) as sim, client_of(sim) as client:
        client.sign_in()
        yield client


def statuses(client, count: int = 200) -> list[int]:
    return [client.graph(f"/users/{user_id(number % 5)}?$select=id&n={number}").status_code for number in range(count)]


def test_a_share_of_the_answers_is_429_with_a_wait_in_its_range() -> None:
    with faulty(throttle="0.2:2-4") as client:
        found = [client.graph(f"/users/{user_id(0)}?n={number}") for number in range(300)]
        told = Counter(answer.headers.get("Retry-After") for answer in found if answer.status_code == 429)
        assert 35 < sum(told.values()) < 85
        assert set(told) == {"2", "3", "4"}
        assert {answer.status_code for answer in found} == {200, 429}
        counted = client.sim.statistics
        assert counted.throttled == sum(told.values())
        assert counted.retry_after_s == sum(int(wait) * count for wait, count in told.items())
        assert counted.requests == 300


def test_the_same_requests_meet_the_same_faults_in_any_order() -> None:
    with faulty(throttle="0.3") as client:
        first = statuses(client, 60)
    with faulty(throttle="0.3") as client:
        backwards = [
            client.graph(f"/users/{user_id(number % 5)}?$select=id&n={number}").status_code
            for number in range(59, -1, -1)
        ]
    with faulty(throttle="0.3", seed=8) as client:
        otherwise = statuses(client, 60)
    assert first == backwards[::-1]
    assert first != otherwise


def test_a_request_that_is_made_again_has_a_chance_of_its_own() -> None:
    with faulty(throttle="0.5") as client:
        assert {client.graph(f"/users/{user_id(0)}").status_code for _ in range(20)} == {200, 429}


def test_waits_add_up_along_a_chain_of_pages_and_impatience_is_seen() -> None:
    with faulty(throttle="100%:1") as client:
        for path in ("/users", "/users", "/groups"):
            assert client.graph(path).status_code == 429
        counted = client.sim.statistics
        assert sorted(counted.waits_s.values()) == [1.0, 2.0]
        assert (counted.longest_wait_s(), counted.impatient) == (2.0, 1)
        client.sim.faults.set("throttle", "off")
        assert client.graph("/users").status_code == 200
        assert counted.impatient == 2


def test_inside_a_batch_each_request_is_throttled_by_itself() -> None:
    with faulty(throttle="0.5:1-1") as client:
        asked = [{"id": str(n), "method": "GET", "url": f"/users/{user_id(n % 5)}?n={n}"} for n in range(20)]
        url = f"{client.sim.graph_url}/v1.0/$batch"
        answer = client.http.post(url, json={"requests": asked}, headers={"Authorization": f"Bearer {client.token}"})
        assert answer.status_code == 200
        told = {one["id"]: one for one in answer.json()["responses"]}
        assert {one["status"] for one in told.values()} == {200, 429}
        assert all(one["headers"]["Retry-After"] == "1" for one in told.values() if one["status"] == 429)
        assert client.sim.statistics.throttled == sum(one["status"] == 429 for one in told.values())
        assert client.sim.statistics.requests == 1


def test_server_errors_are_of_four_kinds() -> None:
    with faulty(server_error="0.4") as client:
        found = Counter(statuses(client))
        assert set(found) == {200, 500, 502, 503, 504}
        assert 50 < 200 - found[200] < 110


def test_a_batch_as_a_whole_is_not_throttled() -> None:
    with faulty(throttle="100%") as client:
        asked = {"requests": [{"id": "1", "method": "GET", "url": "/users"}]}
        headers = {"Authorization": f"Bearer {client.token}"}
        answer = client.http.post(f"{client.sim.graph_url}/v1.0/$batch", json=asked, headers=headers)
        assert (answer.status_code, answer.json()["responses"][0]["status"]) == (200, 429)


def test_a_bad_gateway_answers_with_a_page_for_people() -> None:
    with faulty(server_error="100%") as client:
        found = [client.graph(f"/users?n={number}") for number in range(20)]
        kinds = {answer.status_code: answer.headers["Content-Type"] for answer in found}
        assert (kinds[502], kinds[503]) == ("text/html", "application/json; charset=utf-8")


def test_cut_connections_end_in_the_middle_of_the_body() -> None:
    with faulty(cut="100%") as client, pytest.raises(httpx2.RemoteProtocolError):
        client.graph("/users")


def test_slow_answers_come_late() -> None:
    with faulty(slow="100%:0.2") as client:
        start = time.monotonic()
        assert client.graph("/users").status_code == 200
        assert time.monotonic() - start >= 0.2


def test_a_token_expires_for_good_and_a_new_one_works() -> None:
    with faulty(**{"expired-token": "0.5"}) as client:
        found = statuses(client, 30)
        first = found.index(401)
        assert set(found[:first]) == {200}
        assert set(found[first:]) == {401}
        client.sign_in()
        assert statuses(client, 1) == [200]


def test_small_pages_hold_no_more_rows_than_told() -> None:
    with faulty(users=5, small_pages="2") as client:
        page = client.graph("/users?$top=999").json()
        assert len(page["value"]) == 2
        assert page["@odata.nextLink"]


def test_a_continuation_expires_once_and_then_the_list_gets_further() -> None:
    with faulty(expire_continuation="100%") as client:
        first = client.graph("/users?$top=2").json()
        link = first["@odata.nextLink"]
        headers = {"Authorization": f"Bearer {client.token}"}
        refused = client.http.get(link, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "Directory_ExpiredPageToken")
        assert client.http.get(link, headers=headers).status_code == 200


def test_forbidden_paths_are_refused_in_the_words_of_each_api() -> None:
    with faulty(forbid="/users/*") as client:
        client.sim.faults.set("forbid", "/SUBSCRIPTIONS/*/locks")
        assert client.graph("/users").status_code == 200
        refused = client.graph(f"/users/{user_id(1)}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "Authorization_RequestDenied")
        client.sign_in(ARM_SCOPE)
        refused = client.arm("/subscriptions/s/providers/Microsoft.Authorization/locks?api-version=2020-05-01")
        message = refused.json()["error"]["message"]
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "AuthorizationFailed")
        assert "action 'Microsoft.Authorization/locks/read' over scope '/subscriptions/s'" in message


def test_an_object_is_deleted_between_two_pages() -> None:
    with faulty(users=20, vanish="100%") as client:
        headers = {"Authorization": f"Bearer {client.token}"}
        with client.sim.edit() as tenant:
            for number in range(20):
                tenant.load("graph/groupMembers", b'{"parentId":"g","member":{"id":"%s"}}' % user_id(number).encode())
        seen, answer = [], client.graph("/users?$top=4").json()
        while True:
            seen += [row["id"] for row in answer["value"]]
            if "@odata.nextLink" not in answer:
                break
            answer = client.http.get(answer["@odata.nextLink"], headers=headers).json()
        left = list(client.sim.tenant.table("graph/users").keys())
        gone = [change.key for change in client.sim.tenant.changes if change.list_name == "graph/users"]
        assert len(gone) >= 3
        assert set(left) <= set(seen)
        assert len(seen) == len(set(seen))
        assert [row["member"]["id"] for row in members(client)] == left


def members(client):
    table = client.sim.tenant.table("graph/groupMembers")
    return [table.fields(key) for key in table.keys()]  # noqa: SIM118 - a table is no mapping


def test_role_assignments_and_groups_show_late() -> None:
    with faulty(eventual="60:3") as client:
        with client.sim.edit() as tenant:
            tenant.put("graph/groups", b'{"id":"g1","displayName":"Late"}')
        assert [client.graph("/groups/g1?$select=id").status_code for _ in range(4)] == [404, 404, 200, 200]
        with client.sim.edit() as tenant:
            tenant.remove("graph/groups", "g1")
        assert client.graph("/groups/g1?$select=id").status_code == 200
        client.sim.faults.clear()
        assert client.graph("/groups/g1?$select=id").status_code == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("throttle", "2"),
        ("throttle", "0.1:x"),
        ("throttle", "-0.1"),
        ("slow", "0.5"),
        ("cut", "often"),
        ("forbid", "users"),
        ("eventual", "soon"),
        ("eventual", "1:x"),
        ("rain", "1"),
    ],
)
def test_a_fault_that_makes_no_sense_is_told(name, value) -> None:
    with pytest.raises(InputError) as raised:
        FaultPlan().set(name, value)
    assert raised.value.hint()


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_can_be_switched_off(name) -> None:
    plan = FaultPlan()
    plan.set(name, {"forbid": "/x", "slow": "1:1", "eventual": "9", "small-pages": "7"}.get(name, "0.5"))
    assert set(plan.as_json()) == {name}
    plan.set(name, "off")
    assert plan.as_json() == {}
