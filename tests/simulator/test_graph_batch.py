"""`$batch` of the simulated Microsoft Graph."""

import pytest
from tests.simulator.graph_world import ADA, BEN, INNER, ROBOT, STAFF, Directory, caller_with, small

from remit_sim.call import Answer, Call, Router
from remit_sim.graph import add_routes


def batch_of(*urls: str) -> dict:
    return {"requests": [{"id": str(number), "method": "GET", "url": url} for number, url in enumerate(urls)]}


def answers(world: Directory, body: object, **options: object) -> dict[str, dict]:
    return {one["id"]: one for one in world.done("POST", "/$batch", body, **options)["responses"]}


def test_each_part_is_answered_as_if_it_had_come_alone():
    world = small()
    url = f"/groups/{INNER}/members/microsoft.graph.servicePrincipal?$select=id"
    body = batch_of(f"groups/{STAFF}/members?$select=id", f"{url}&$count=true", "/users/nobody", f"{url}&$count=true")
    body["requests"][1]["headers"] = {"ConsistencyLevel": "eventual"}
    found = answers(world, body)
    assert [found[name]["status"] for name in "012"] == [200, 200, 404]
    assert found["1"]["body"] == world.cast(url)
    assert found["3"]["status"] == 400
    assert found["0"]["headers"] == {"Content-Type": "application/json"}
    assert found["2"]["body"]["error"]["code"] == "Request_ResourceNotFound"


def test_each_part_is_authorised_by_itself():
    found = answers(small(), batch_of("/users", "/groups"), caller=caller_with("User.Read.All"))
    assert [found[name]["status"] for name in "01"] == [200, 403]


def test_the_next_link_of_a_part_leads_on():
    world = small()
    link = answers(world, batch_of("/users?$top=2"))["0"]["body"]["@odata.nextLink"]
    assert len(world.get(link)["value"]) == 1


def test_parts_write_too_and_wait_for_each_other():
    add = {
        "id": "a",
        "method": "POST",
        "url": f"/groups/{STAFF}/members/$ref",
        "body": {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{BEN}"},
        "headers": {"Content-Type": "application/json"},
    }
    read = {"id": "b", "method": "GET", "url": f"/users/{BEN}/memberOf?$select=id", "dependsOn": ["a"]}
    world = small()
    found = answers(world, {"requests": [add, read]})
    assert (found["a"]["status"], "body" in found["a"]) == (204, False)
    assert STAFF in [row["id"] for row in found["b"]["body"]["value"]]
    again = answers(world, {"requests": [add, read]})
    assert [again[name]["status"] for name in "ab"] == [400, 424]


@pytest.mark.parametrize(
    "body",
    [
        batch_of(*["/users"] * 21),
        {"requests": []},
        {},
        [],
        {"requests": [{"id": "1", "method": "GET", "url": "https://graph.microsoft.com/v1.0/users"}]},
        {"requests": [{"id": "1", "method": "GET", "url": "/$batch"}]},
        {"requests": [{"method": "GET", "url": "/users"}]},
        {"requests": [{"id": "1", "method": "LOOK", "url": "/users"}]},
        {"requests": [{"id": "1", "method": "GET", "url": "/users"}] * 2},
    ],
)
def test_what_is_no_batch_is_refused(body):
    assert small().refused("POST", "/$batch", body) == (400, "BadRequest")


def test_twenty_parts_are_a_batch():
    assert len(answers(small(), batch_of(*[f"/users/{ADA}"] * 20))) == 20


class Striking:
    """Throttles one path and lets a gateway's page stand in for another."""

    def before(self, call: Call) -> Answer | None:
        if call.path == f"/users/{ADA}":
            return Answer.of({"error": {"code": "TooManyRequests", "message": "wait"}}, 429, Retry_After="7")
        if call.path == f"/users/{BEN}":
            return Answer(502, b"<html>", {"Content-Type": "text/html"})
        return None

    def after(self, call: Call, family: str, answer: Answer) -> None:
        """Take no note."""


def test_faults_strike_single_parts():
    world = small()
    world.router = Router(Striking())
    add_routes(world.router)
    found = answers(world, batch_of(f"/users/{ADA}", f"/users/{BEN}", f"/servicePrincipals/{ROBOT}"))
    assert [found[name]["status"] for name in "012"] == [429, 502, 200]
    assert found["0"]["headers"]["Retry-After"] == "7"
    assert found["1"]["body"] == "<html>"
