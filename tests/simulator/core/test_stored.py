"""The simulated query API of Log Analytics and blobs: what they answer, and what they refuse by name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit_sim.control.verbs import AppendBlob, PutLogRows, SetFault
from remit_sim.stored.blobs import sig_of

WORKSPACE = "0F0E0D0C-0000-4000-8000-000000000001"
LOGS_SCOPE = "https://api.loganalytics.io/.default"
STORAGE = {"x-ms-version": "2025-01-05"}


@pytest.fixture
def ask(client):
    client.sign_in(LOGS_SCOPE)

    def run(query, workspace=WORKSPACE):
        url = f"{client.sim.arm_url}/v1/workspaces/{workspace}/query"
        return client.http.post(url, json={"query": query}, headers={"Authorization": f"Bearer {client.token}"})

    return run


def rows(answer):
    return answer.json()["tables"][0]["rows"]


def test_rows_are_chosen_by_arrival_by_words_and_by_shares(sim, ask):
    sim.apply(
        PutLogRows(workspace=WORKSPACE.lower(), table="T", rows=[{"A": "x", "N": n, "D": {"k": 1}} for n in range(9)])
    )
    sim.advance(minutes=30)
    sim.apply(PutLogRows(workspace=WORKSPACE, table="T", rows=[{"A": "y", "N": 9}]))
    first = f"{sim.tenant.clock.now() - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    assert len(rows(ask(f"T | where ingestion_time() < datetime({first})"))) == 9
    assert rows(ask(f"T\n| where ingestion_time() >= datetime({first})")) == [["y", 9]]
    assert len(rows(ask('T | where A in ("x", "z") | take 4'))) == 4
    shares = [rows(ask(f"T | where hash(tostring(pack_all()), 3) == {share}")) for share in range(3)]
    assert sorted(row[1] for share in shares for row in share) == list(range(10))
    columns = ask("T").json()["tables"][0]["columns"]
    assert [column["type"] for column in columns] == ["string", "long", "dynamic"]
    assert rows(ask("T"))[0][2] == '{"k":1}'


def test_the_time_is_the_simulators(sim, ask):
    sim.apply(PutLogRows(workspace=WORKSPACE, table="T", rows=[]))
    assert rows(ask("print moment = now()")) == [[f"{sim.tenant.clock.now():%Y-%m-%dT%H:%M:%S.%fZ}"]]


def test_too_many_rows_are_cut_off_with_an_error(sim, ask):
    sim.apply(PutLogRows(workspace=WORKSPACE, table="T", rows=[{"N": n} for n in range(9)]))
    sim.apply(SetFault(name="small-pages", value="4"))
    answer = ask("T").json()
    assert (len(answer["tables"][0]["rows"]), answer["error"]["code"]) == (4, "PartialError")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("T | summarize count()", "BadArgumentError"),
        ("union T, U", "BadArgumentError"),
        ("T | where ingestion_time() < datetime(soon)", "BadArgumentError"),
        ("U", "BadArgumentError"),
    ],
)
def test_what_is_not_understood_is_refused(sim, ask, query, code):
    sim.apply(PutLogRows(workspace=WORKSPACE, table="T", rows=[]))
    answer = ask(query)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_another_workspace_and_another_api_s_token_are_refused(sim, ask, client):
    sim.apply(PutLogRows(workspace=WORKSPACE, table="T", rows=[]))
    assert ask("T", workspace="other").status_code == 404
    client.sign_in()
    assert (
        client.http.post(
            f"{sim.arm_url}/v1/workspaces/{WORKSPACE}/query", headers={"Authorization": f"Bearer {client.token}"}
        ).status_code
        == 401
    )


def test_a_blob_is_read_in_parts_while_nobody_writes_to_it(sim, client):
    for text in ("hello ", "blob"):
        sim.apply(AppendBlob(account="Acct", container="c", name="a=/b.json", text=text))
    url = f"{sim.arm_url}/acct/c/a=/b.json?sig={sig_of('acct', 'c')}"
    part = client.http.get(url, headers={**STORAGE, "x-ms-range": "bytes=6-100"})
    assert (part.status_code, part.text, part.headers["content-range"]) == (206, "blob", "bytes 6-9/10")
    assert client.http.get(url, headers={**STORAGE, "x-ms-range": "bytes=10-"}).status_code == 416
    sim.apply(AppendBlob(account="acct", container="c", name="a=/b.json", text="!"))
    assert client.http.get(url, headers={**STORAGE, "If-Match": part.headers["etag"]}).status_code == 412
    assert client.http.get(url, headers=STORAGE).text == "hello blob!"


def test_nobody_reads_blobs_without_a_token_or_the_signature(sim, client):
    sim.apply(AppendBlob(account="acct", container="c", name="b", text="x"))
    url = f"{sim.arm_url}/acct/c/b"
    assert client.http.get(url, headers=STORAGE).status_code == 401
    assert client.http.get(f"{url}?sig=other", headers=STORAGE).status_code == 403
