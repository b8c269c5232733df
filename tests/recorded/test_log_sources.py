"""Public log records whose upstream tells a normal form of its own: action, scope, principal, outcome and time agree.

Each upstream has its own words: `expected_of` says which of its fields is which of ours. Where we differ on purpose,
the record stands in `DIFFERENCES` with the reason, and the test fails if it no longer differs. Nothing of the data is
copied here: where it is absent the tests say so.
"""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.observed import DIGEST

from remit.model.interval import parse_instant, to_micros
from remit.model.usage import LogKind, Normalised, ObservedOperation, ObservedOutcome, SetAside
from remit.usage.records import understand

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data")) / "logs"

FILES = {
    "elastic-integrations/signinlogs.pairs.jsonl": 31,
    "elastic-integrations/auditlogs.pairs.jsonl": 3,
    "elastic-beats/signinlogs.test-non-interactive-user.pairs.jsonl": 1,
    "elastic-beats/signinlogs.test-service-principal.pairs.jsonl": 1,
    "elastic-beats/signinlogs.test-signinlogs-raw.pairs.jsonl": 2,
    "elastic-beats/auditlogs.auditlogs.pairs.jsonl": 1,
    "sekoia-intake-formats/entra_diagnostic.pairs.jsonl": 11,
    "sekoia-intake-formats/entra_graph_api.pairs.jsonl": 40,
    "sekoia-intake-formats/keyvault_auditevent.pairs.jsonl": 15,
    "sekoia-intake-formats/storage_files.pairs.jsonl": 2,
}
"""How many records of each are read; others are no calls (risk detections)."""

_OUTCOMES = {"success": {ObservedOutcome.SUCCEEDED}, "failure": {ObservedOutcome.FAILED, ObservedOutcome.REFUSED}}

DIFFERENCES = {
    ("test_event_secret_get.json", "outcome"): "upstream reads the result type, which is Success of a 404 too",
    ("test_event_secret_restore.json", "outcome"): "upstream reads the result type, which is Success of a 409 too",
}
"""By source file and field: why we read it in another way than upstream."""

_NO_ACTION_OF_OURS = ("keyvault", "storage", "Graph Activity")
"""Upstream names the operation of the log; we name the permission or the request, checked in other tests."""


def lines(name: str) -> Iterator[dict[str, Any]]:
    path = DATA / name
    if not path.exists():
        pytest.skip("no test data")
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def flat(found: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for name, value in found.items():
        if isinstance(value, Mapping):
            whole.update(flat(value, f"{prefix}{name}."))
        else:
            whole[prefix + name] = value
    return whole


def expected_of(upstream: Mapping[str, Any]) -> dict[str, Any]:
    """Return what upstream tells of our fields; what it does not tell is left out."""
    told = {
        "time": upstream["@timestamp"],
        "action": upstream.get("event.action"),
        "outcome": upstream.get("event.outcome"),
        "scope": upstream.get("azure.resource.id") or upstream.get("azure.key_vault.resource_id"),
        "correlation_id": upstream.get("azure.correlation_id") or upstream.get("azure.key_vault.correlation_id"),
        "address": upstream.get("source.ip"),
        "principal_id": next(
            (
                upstream[name]
                for name in (
                    "azure.signinlogs.properties.user_id",
                    "azure.signinlogs.properties.service_principal_id",
                    "azure.auditlogs.properties.initiated_by.app.servicePrincipalId",
                    "azure.key_vault.identity.claim.oid",
                    "user.id",
                )
                if upstream.get(name)
            ),
            None,
        ),
    }
    return {name: value for name, value in told.items() if value}


def agrees(name: str, expected: Any, read: ObservedOperation) -> bool:
    match name:
        case "time":  # upstreams cut what is shorter than a millisecond or a microsecond
            unit = 10 ** (6 - len(expected.rstrip("Z").partition(".")[2][:6]))
            return read.time // unit * unit == to_micros(parse_instant(expected))
        case "outcome":
            return read.outcome in _OUTCOMES[expected]
        case "action":
            return read.action == expected.strip()
        case "scope":
            return read.scope.startswith(expected)
        case "principal_id" | "correlation_id":
            return bool(getattr(read, name) == expected.lower())
        case _:
            return bool(getattr(read, name) == expected)


@pytest.mark.parametrize("name", FILES)
def test_every_record_reads_as_its_upstream_reads_it_or_says_why_not(name: str):
    done = 0
    differences = {}
    for line in lines(name):
        found = understand(json.loads(line["raw"]), DIGEST)
        if isinstance(found, SetAside):
            assert "UserRiskEvents" in found.reason
            continue
        read = found.operations[0]
        upstream = flat(line["expected"])
        expected = expected_of(upstream)
        if read.log not in (LogKind.ENTRA_AUDIT, *range(2, 6)):
            expected.pop("action", None)
        source = line["source_file"].rpartition("/")[2]
        for field, value in expected.items():
            if not agrees(field, value, read):
                differences[source, field] = (value, getattr(read, field))
        done += 1
    assert done == FILES[name]
    sources = {line["source_file"].rpartition("/")[2] for line in lines(name)}
    known = {key for key in DIFFERENCES if key[0] in sources}
    assert set(differences) == known, differences


def test_every_labelled_key_vault_event_needs_the_permission_that_its_label_names():
    outcomes = {"ok": "succeeded", "denied": "refused", "not_found": "failed", "error": "failed"}
    done = 0
    for line in lines("used-permission-labels/keyvault.jsonl"):
        found = understand(line["event"], DIGEST)
        assert isinstance(found, Normalised)
        read, label = found.operations[0], line["expected"]
        assert (read.action, read.plane.word) == (label["action"], label["plane"])
        assert read.outcome.word == outcomes[label["outcome"]]
        assert read.principal_id == label["principal_oid"].lower()
        done += 1
    assert done == 15


@pytest.mark.parametrize("name", ["graphactivitylogs", "aadgraphactivitylogs"])
def test_graph_records_name_request_principal_status_and_time(name: str):
    done = 0
    for record in lines(f"elastic-integrations/{name}.jsonl"):
        found = understand(record, DIGEST)
        assert isinstance(found, Normalised)
        read, told = found.operations[0], record["properties"]
        method = told.get("requestMethod") or told["httpMethod"]
        assert read.action.startswith(f"{method} /")
        assert told["tenantId"] not in read.action
        assert read.principal_id == (told["userId"] or told["servicePrincipalId"])
        status = told.get("responseStatusCode") or told["httpStatusCode"]
        assert read.outcome is (ObservedOutcome.SUCCEEDED if status == 200 else ObservedOutcome.FAILED)
        assert read.time == to_micros(parse_instant(told["timeGenerated"]))
        assert read.place == f"/tenants/{told['tenantId']}"
        done += 1
    assert done == 2


def test_the_unified_audit_log_of_a_lab_tenant_has_603_events_in_809_rows():
    kinds, seen = Counter[tuple[str, str | None]](), set()
    for record in lines("invictus-o365/entra_ual_early.jsonl"):
        found = understand(record, DIGEST)
        assert isinstance(found, Normalised)
        read = found.operations[0]
        kinds[read.log.word, read.outcome.word] += 1
        seen.add((read.log, read.event_id))
        assert read.principal_id
        assert not read.action.endswith((".", " "))
        assert read.scope == f"/tenants/{record['OrganizationId']}"
        assert read.time == to_micros(parse_instant(record["CreationTime"] + "Z"))
    assert len(seen) == 603
    assert kinds == {
        ("userSignIn", "succeeded"): 400,
        ("userSignIn", "refused"): 75,
        ("userSignIn", "failed"): 66,
        ("entraAudit", "succeeded"): 254,
        ("entraAudit", "failed"): 14,
    }


def test_a_table_of_sign_ins_says_who_got_in_and_who_did_not():
    path = DATA / "msticpy-testdata" / "aad_logons.csv"
    if not path.exists():
        pytest.skip("no test data")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    outcomes = Counter[tuple[str, str | None]]()
    for row in rows:
        found = understand(row, DIGEST)
        assert isinstance(found, Normalised)
        read = found.operations[0]
        assert (read.principal_id, read.app_id, read.event_id) == (row["UserId"], row["AppId"], row["Id"])
        assert (read.scope, read.address) == (row["ResourceId"], row["IPAddress"])
        outcomes[row["Result"], read.outcome.word] += 1
    assert outcomes == {("Sucess", "succeeded"): 84, ("Failed", "refused"): 2}


def test_the_token_id_of_every_sign_in_is_its_own_id_in_all_three_spellings():
    sign_in = json.loads(next(lines("elastic-integrations/signinlogs.pairs.jsonl"))["raw"])
    done = 0
    for pair in lines("token-id-pairs/pairs.jsonl"):
        for properties in (
            {"uniqueTokenIdentifier": pair["uniqueTokenIdentifier"]},
            {"uniqueTokenIdentifier": pair["uti_22"]},
            {"uniqueTokenIdentifier": None, "id": pair["sign_in_id"]},
        ):
            found = understand({**sign_in, "properties": {**sign_in["properties"], **properties}}, DIGEST)
            assert isinstance(found, Normalised)
            assert found.operations[0].token_id == pair["sign_in_id"]
        done += 1
    assert done == 30


def test_every_kubernetes_event_of_rule_tests_is_a_request_or_says_why_not():
    """They are trimmed: no time, no resource. One begins a response and does not end it."""
    reasons = Counter[str]()
    for line in lines("panther-analysis/kubernetes.tests.jsonl"):
        if not str(line["event"].get("category", "")).startswith("kube-audit"):
            continue
        found = understand({"time": "2025-01-15T09:30:45Z", **line["event"]}, DIGEST)
        reasons[found.reason if isinstance(found, SetAside) else "read"] += 1
    assert reasons == {"read": 15, "stage `ResponseStarted` tells of no end": 1}
