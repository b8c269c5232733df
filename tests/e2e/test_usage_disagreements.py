"""A log that names another grant than the engine finds is reported, not believed in silence."""

from __future__ import annotations

import json

from remit.bootstrap.reader import sample_tenant
from remit.cli.running import run

PIPELINE = "f6e0892a-331f-5d87-a3ed-89bbec0b3780"
GROUP = "/subscriptions/4223dfac-c856-5913-bed0-74c340f83303/resourceGroups/rg-tracking-prod"
ACTION = "Microsoft.Compute/virtualMachines/restart/action"
NAMED = "0badc0de-0000-4000-8000-000000000001"


def record(evidence: str, correlation: int) -> str:
    claims = {"http://schemas.microsoft.com/identity/claims/objectidentifier": PIPELINE}
    authorization = {"action": ACTION, "scope": GROUP, "evidence": {"roleAssignmentId": evidence}}
    return json.dumps(
        {
            "time": "2026-11-01T10:00:00.0000000Z",
            "resourceId": GROUP.upper(),
            "operationName": ACTION.upper(),
            "category": "Administrative",
            "resultType": "Success",
            "resultSignature": "Succeeded.",
            "correlationId": f"{correlation:08x}-0000-4000-8000-000000000000",
            "identity": {"authorization": authorization, "claims": claims},
        }
    )


def test_a_grant_that_the_engine_does_not_find_is_reported(tmp_path, capfd) -> None:
    store = ["--store", str(tmp_path / "store")]
    assert run(["import", str(sample_tenant()), *store]) == 0
    contributor = "6bce723d"
    (file := tmp_path / "logs.jsonl").write_text(record(NAMED.replace("-", ""), 1) + "\n", encoding="utf-8")
    capfd.readouterr()
    assert run(["usage", "disagreements", *store]) == 0
    assert "agree" in capfd.readouterr().out
    assert run(["logs", "ingest", str(file), *store]) == 0
    assert "disagree 1 times" in " ".join(capfd.readouterr().out.split())
    assert run(["usage", "disagreements", "--json", *store]) == 1
    (found,) = json.loads(capfd.readouterr().out)["disagreements"]
    assert found["principalId"] == PIPELINE
    assert found["loggedAssignmentId"] == NAMED
    assert [one[:8] for one in found["computedAssignmentIds"]] == [contributor]
    assert found["time"] == "2026-11-01T10:00:00Z"
    assert run(["usage", "disagreements", *store]) == 1
    assert NAMED in capfd.readouterr().out
