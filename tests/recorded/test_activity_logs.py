"""Activity Log records that others published with their normal form: ours agrees with it."""

import json
from collections import Counter

import pytest
from tests.docs.log_counts import DATA, framed

from remit.model.interval import parse_instant, to_micros
from remit.model.usage import LogKind, Normalised, ObservedOutcome, Phase, SetAside
from remit.usage.records import normalise, understand

OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"


def lines(file: str):
    path = DATA / file
    if not path.exists():
        pytest.skip("no test data")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def flat(document, prefix="") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in document.items():
        found |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return found


ELASTIC = [
    "elastic-beats/activitylogs.activitylogs.pairs.jsonl",
    "elastic-integrations/activitylogs.pairs.jsonl",
    "elastic-integrations/platformlogs.pairs.jsonl",
    "elastic-integrations/eventhub.pairs.jsonl",
]


def activities(file):
    for pair in lines(file):
        found = normalise(pair["raw"].encode())
        if isinstance(found, Normalised) and found.operations[0].log is LogKind.ACTIVITY:
            yield flat(pair["expected"]), found.operations[0]


@pytest.mark.parametrize("file", ELASTIC)
def test_elastic_reads_the_same(file):
    for expected, found in activities(file):
        claims = {name.rpartition("/")[2]: value for name, value in expected.items() if ".claims." in name}
        prefix = "azure.activitylogs.identity.authorization."
        assert found.action == expected[prefix + "action"]
        assert found.scope == expected[prefix + "scope"]
        assert found.principal_id == claims["objectidentifier"]
        assert found.time // 1000 == to_micros(parse_instant(expected["@timestamp"])) // 1000
        assert found.assignment_id == expected[prefix + "evidence.role_assignment_id"]
        assert found.address == expected.get("client.ip", expected.get("source.ip"))
        assert found.phase is {"Start": Phase.STARTED}[expected["azure.activitylogs.result_type"]]
        assert found.outcome is ObservedOutcome.UNFINISHED


def test_there_are_elastic_records_of_the_activity_log():
    assert [len(list(activities(file))) for file in ELASTIC] == [1, 1, 0, 0]


def test_a_document_of_elastic_says_what_its_record_said():
    """With the record kept in it, exactly; without, but for what ECS has no place for: fractions and odd addresses."""
    compared = 0
    for path in sorted(DATA.glob("elastic-*/*.pairs.jsonl")):
        for pair in lines(str(path.relative_to(DATA))):
            told = normalise(pair["raw"].encode())
            bare = {name: value for name, value in flat(pair["expected"]).items() if name != "event.original"}
            for document in (pair["expected"], bare):
                found = understand(document, b"")
                assert type(found) is type(told)
                if isinstance(told, SetAside):
                    continue
                first, second = told.operations[0], found.operations[0]
                for name in ("action", "scope", "principal_id", "app_id", "token_id", "outcome", "phase"):
                    assert getattr(first, name) == getattr(second, name)
                assert first.time // 1000 == second.time // 1000
                compared += 1
    assert compared >= 80 or not DATA.exists()


def test_sekoia_reads_the_same():
    [first, policy] = lines("sekoia-intake-formats/activity_rest.pairs.jsonl")
    [found] = normalise(first["raw"].encode()).operations
    expected = flat(first["expected"])
    assert found.action == expected["event.action"]
    assert found.scope == expected["azure.activity_logs.resource.id"]
    assert found.principal_id == json.loads(first["raw"])["claims"][OBJECT_ID]
    assert found.time == to_micros(parse_instant(expected["@timestamp"]))
    assert found.address == expected["source.ip"]
    assert found.correlation_id == expected["azure.activity_logs.correlation_id"]
    assert (found.outcome, found.phase) == (ObservedOutcome.SUCCEEDED, Phase.ENDED)
    assert found.token_id.startswith("49f7d321-4642-41b6")  # IdP3SUJGtkGl... read as a GUID
    assert normalise(policy["raw"].encode()) == SetAside("category `Policy` tells of no call")


def test_panthers_events_say_who_did_what_and_how_it_ended():
    outcomes = Counter()
    for test in lines("panther-analysis/azure_monitor.tests.jsonl"):
        event = test["event"]
        found = normalise(json.dumps(event).encode())
        if event["category"] == "Policy":
            assert isinstance(found, SetAside)
            continue
        [one] = found.operations
        authorization = event.get("identity", {}).get("authorization", {})
        assert one.action == authorization.get("action", event["operationName"])
        assert one.scope == authorization.get("scope", event["resourceId"])
        assert one.time == to_micros(parse_instant(event["time"]))
        outcomes[event["resultType"], event.get("resultSignature"), one.outcome.word] += 1
    refused = {key for key in outcomes if key[2] == "refused"}
    assert all(key[0] in ("Failed", "Failure") and key[1] in ("403", "Forbidden") for key in refused)
    assert refused


def test_the_325_rows_of_a_real_export_are_read_with_all_their_phases():
    path = DATA / "sentinel-training-lab/azure_activity.csv"
    if not path.exists():
        pytest.skip("no test data")
    found = [normalise(record) for record in framed(path.read_bytes())]
    phases = Counter(one.operations[0].phase for one in found if isinstance(one, Normalised))
    policies = sum(isinstance(one, SetAside) for one in found)  # 5 of them Started, 13 Succeeded
    assert (phases, policies) == ({Phase.STARTED: 133, Phase.ACCEPTED: 10, Phase.ENDED: 164}, 18)
    read = [one.operations[0] for one in found if isinstance(one, Normalised)]
    assert Counter(one.outcome for one in read)[ObservedOutcome.FAILED] == 5
    assert all("/" in one.action for one in read)
    assert all(one.principal_id == one.principal_id.lower() != "" for one in read)


def test_wazuhs_answer_of_log_analytics_is_read():
    path = DATA / "wazuh-azure-tests/log_analytics_events.json"
    if not path.exists():
        pytest.skip("no test data")
    found = [normalise(record).operations[0] for record in framed(path.read_bytes())]
    assert {one.action for one in found} == {"Microsoft.Authorization/roleAssignments/write"}
    assert all(one.scope.startswith("/subscriptions/") and one.time for one in found)
