"""Generated logs: the same again, complete, understood, and true to their labels."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from tests.simulator.usage_world import Past, make_past, unpacked

from remit.model.errors import InputError
from remit.model.usage import LogKind, Normalised, ObservedOperation, ObservedOutcome, SetAside
from remit.usage.records import normalise
from remit.usage.spellings import read_time
from remit_sim.cli.main import run
from remit_sim.generate import generate, read_labels
from remit_sim.generate.usage import FORMS, UsageLabel, UsageSettings, read_totals, write_usage

DIRECTORY = ("entraAudit", "microsoftGraph", "userSignIn", "nonInteractiveUserSignIn", "servicePrincipalSignIn")
NO_CALL = ("tells of no call", "authentication challenge")


@pytest.fixture(scope="module")
def past(tmp_path_factory) -> Past:
    """A past in every form, with enough of everything to be looked at."""
    return make_past(tmp_path_factory.mktemp("usage") / "tenant", 7, size=300, identities=60)


def digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + unpacked(path) + b"\0")
    return whole.hexdigest()


def small(folder: Path, **settings: object) -> Past:
    return make_past(folder, 5, **{"days": 12, **settings})  # type: ignore[arg-type]


# The same again


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_past(tmp_path) -> None:
    first, again = small(tmp_path / "a"), small(tmp_path / "b")
    assert digest(first.folder) == digest(again.folder)
    generate(100, 5, tmp_path / "c", 100)
    other = write_usage(tmp_path / "c", UsageSettings(seed=6, forms=FORMS, identities=30, days=12, chunk="whole"))
    assert other != first.totals


def test_the_bytes_do_not_hang_on_the_order_of_hashes(tmp_path) -> None:
    here = small(tmp_path / "here", packing="none")
    code = (
        "from tests.simulator.usage_world import make_past; from pathlib import Path;"
        f"make_past(Path({str(tmp_path / 'there')!r}), 5, days=12, packing='none')"
    )
    place = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=place)  # noqa: S603 - our own interpreter
    assert digest(tmp_path / "there") == digest(here.folder)


def test_the_lists_of_the_export_stay_as_they_are(tmp_path) -> None:
    generate(100, 5, tmp_path / "without", 100)
    before = {path.name: path.read_bytes() for path in (tmp_path / "without").rglob("*.json*")}
    past = small(tmp_path / "with")
    after = {path.name: path.read_bytes() for path in past.folder.rglob("*.json*") if "logs" not in path.parts}
    assert before == {name: data for name, data in after.items() if name not in {"usage.jsonl", "usage-totals.json"}}


# What reads them, and what the totals say


def test_every_record_is_understood_or_tells_of_no_call(past) -> None:
    reasons = Counter(read.reason for _, read in past.read if isinstance(read, SetAside))
    assert reasons
    assert not [reason for reason in reasons if not any(words in reason for words in NO_CALL)]


def test_the_totals_are_what_stands_in_the_files(past) -> None:
    totals = past.totals
    assert read_totals(past.folder) == totals
    assert len(past.read) == totals.records
    once = Counter(type(read).__name__ for path, read in past.read if "overlap" not in path.parts)
    assert once["SetAside"] == totals.set_aside
    assert sum("overlap" in path.parts for path, _ in past.read) == totals.duplicates
    assert totals.records == sum(counts["records"] for counts in totals.by_log.values()) == sum(totals.by_form.values())
    assert totals.operations == len(past.labels)
    assert totals.logged_operations == len(past.logged)
    assert totals.hidden == Counter(label.hidden for label in past.labels if label.hidden)


def identity(one: ObservedOperation) -> tuple[object, ...]:
    if one.event_id:
        return one.log, one.event_id
    names = (one.action.lower(), one.scope.lower(), one.principal_id)
    return one.log, one.time, one.correlation_id, *names, one.phase, one.outcome


def test_as_many_records_are_duplicates_as_the_totals_say_and_no_two_others_are_alike(past) -> None:
    read = [read.operations[0] for _, read in past.read if isinstance(read, Normalised)]
    aside = sum("overlap" in path.parts for path, read in past.read if isinstance(read, SetAside))
    assert len(read) - len({identity(one) for one in read}) == past.totals.duplicates - aside


# The labels


def told_by_key(past: Past) -> dict[tuple[str, ...], list[ObservedOperation]]:
    found: dict[tuple[str, ...], list[ObservedOperation]] = defaultdict(list)
    for _, read in past.read:
        for one in read.operations if isinstance(read, Normalised) else ():
            found[key(one.log.word, one.principal_id, one.action, one.correlation_id, one.time)].append(one)
    return found


def key(log: str, principal: str, action: str, correlation: str, time: int) -> tuple[str, ...]:
    # The ids by which Cosmos DB and AKS tell calls apart are their own.
    return log, principal, action.lower(), str(time // 1000) if log in {"cosmosDb", "aks"} else correlation


def micros(label: UsageLabel) -> int:
    found = read_time(label.time)
    assert found is not None
    return found


def outcome_of(rows: list[ObservedOperation]) -> str:
    outcomes = {row.outcome for row in rows}
    if outcomes == {ObservedOutcome.REFUSED}:
        return "refused"
    if ObservedOutcome.SUCCEEDED in outcomes:
        return "succeeded"
    return "failed" if ObservedOutcome.FAILED in outcomes else ""


def agrees(label: UsageLabel, rows: list[ObservedOperation]) -> None:
    assert len(rows) == label.records + label.duplicates
    assert min(row.time for row in rows) // 1000 == micros(label) // 1000
    assert outcome_of(rows) == label.outcome
    assert {row.plane.word for row in rows} == {label.plane}
    if label.plane in {"control", "data"}:
        assert {row.scope.lower() for row in rows} == {label.scope.lower()}
        assert {row.assignment_id for row in rows} - {""} <= {label.assignment_id}
        assert {row.through_id for row in rows} - {""} <= {label.through_id}
    if label.log == "activityLog":
        assert any(row.assignment_id for row in rows) == label.told
        assert {row.host_resource for row in rows} == {label.host_resource}
    if label.log in {"activityLog", "microsoftGraph", "aadGraph"} or label.plane == "signIn":
        assert {row.token_id for row in rows} == {label.token_id}
        assert {row.app_id for row in rows} == {label.app_id}
        assert {row.address for row in rows} == {label.address}


def test_every_logged_operation_is_told_by_its_records_as_its_label_says(past) -> None:
    rows = told_by_key(past)
    for label in past.logged:
        found = rows.pop(key(label.log, label.principal_id, label.action, label.correlation_id, micros(label)), [])
        agrees(label, found)
    assert not rows


def test_what_is_hidden_stands_in_no_file(past) -> None:
    told = {one.correlation_id for _, read in past.read if isinstance(read, Normalised) for one in read.operations}
    hidden = [label for label in past.labels if label.hidden]
    assert {label.hidden for label in hidden} >= {"managementRead", "noDiagnosticSetting"}
    assert not told & {label.correlation_id for label in hidden}
    assert all(not label.records and not label.form for label in hidden)


@pytest.mark.parametrize("form", FORMS)
def test_each_form_holds_what_the_labels_say(tmp_path, form) -> None:
    past = small(tmp_path / "tenant", forms=(form,), identities=20, packing="gz", exported=1.0)
    assert past.totals.by_form[form]
    rows = told_by_key(past)
    for label in past.logged:
        agrees(label, rows[key(label.log, label.principal_id, label.action, label.correlation_id, micros(label))])


# What happens


def test_the_logs_tell_of_changes_and_grants_of_the_past_are_not_in_the_export(past) -> None:
    assert set(past.totals.changes) >= {"assignmentWritten", "assignmentDeleted", "activated", "memberRemoved"}
    now = {json.loads(line)["name"] for line in (past.folder / "arm/roleAssignments.jsonl").read_bytes().splitlines()}
    used = {label.assignment_id for label in past.labels if label.assignment_id and label.log != "cosmosDb"}
    assert used - now
    assert used & now


def test_a_label_lists_the_grant_that_is_named_first_and_refusals_have_none(past) -> None:
    for label in past.labels:
        if label.granting:
            assert label.granting[0] == label.assignment_id
        if label.outcome == "refused":
            assert not label.granting
    assert any(len(label.granting) > 1 for label in past.labels)
    assert any(label.through_id not in {"", label.principal_id} for label in past.labels)


def test_nobody_does_what_the_tenants_labels_say_they_never_do(past) -> None:
    planted = read_labels(past.folder)
    dormant = {one.assignment_id.rpartition("/")[2] for one in planted.dormant_grants}
    assert not [label for label in past.labels if label.assignment_id in dormant]
    done = defaultdict(set)
    for label in past.labels:
        if label.plane in {"control", "data"} and label.outcome != "refused":
            done[label.principal_id].add(label.action)
    assert any(done[one.principal_id] for one in planted.over_privileged)
    for one in planted.over_privileged:
        assert done[one.principal_id] <= {need.action for need in one.needs}


def test_sign_ins_come_before_what_their_token_is_used_for_and_machines_sign_in_once_a_day(past) -> None:
    signed = {label.token_id: micros(label) for label in past.labels if label.plane == "signIn" and label.token_id}
    used = [label for label in past.labels if label.plane != "signIn" and label.token_id]
    assert used
    assert all(signed[label.token_id] <= micros(label) for label in used)
    machines: dict[tuple[str, str], list[int]] = defaultdict(list)
    for label in past.labels:
        if label.log == "managedIdentitySignIn":
            machines[label.principal_id, label.scope].append(micros(label))
            assert not label.address
    assert machines


def test_people_rest_at_weekends_and_software_does_not(past) -> None:
    people = {json.loads(line)["id"] for line in (past.folder / "graph/users.jsonl").read_bytes().splitlines()}
    weekend = Counter(
        label.principal_id in people
        for label in past.labels
        if (micros(label) // 86_400_000_000 + 3) % 7 >= 5
        and label.action.partition("/")[0] != "Microsoft.Authorization"
    )
    assert weekend[False] > 20 * weekend[True]


def test_records_arrive_late_and_stand_in_the_blob_of_their_arrival(tmp_path) -> None:
    past = make_past(tmp_path / "tenant", 7, forms=("diagnostic",), days=15, chunk="hour", packing="none", volume=2.0)
    delays = Counter()
    for path, record in past.records():
        parts = dict(
            part.split("=", 1) for part in path.parts if part[:2] in {"y=", "m=", "d=", "h="} and part != "m=00"
        )
        hour = read_time(f"{parts['y']}-{parts['m']}-{parts['d']}T{parts['h']}:00:00Z")
        time = read_time(json.loads(record)["time"])
        assert hour is not None
        assert time is not None
        delays[(hour // 3_600_000_000) - (time // 3_600_000_000)] += 1
    assert min(delays) >= 0
    assert max(delays) <= 24
    assert delays[0] > delays[1] > 0
    assert any(hours > 1 for hours in delays)


# The command


def test_the_command_writes_logs_once_and_refuses_what_nobody_can_generate(tmp_path, capsys) -> None:
    assert run(["generate", "--size", "100", "--seed", "3", str(tmp_path / "tenant")]) == 0
    asked = ["usage", "--days", "3", "--identities", "12", "--forms", "api,csv", "--chunk", "whole"]
    assert run([*asked, str(tmp_path / "tenant")]) == 0
    totals = read_totals(tmp_path / "tenant")
    assert f"{totals.records:,} records of 3 days" in capsys.readouterr().out
    assert run([*asked, str(tmp_path / "tenant")]) == 64
    assert "holds logs already" in capsys.readouterr().err
    assert run(["usage", "--forms", "paper", str(tmp_path / "tenant")]) == 64
    assert "`paper` is no form of logs" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [{"days": 0}, {"volume": 0}, {"identities": 0}, {"chunk": "year"}, {"refused": 1.5}])
def test_settings_that_make_no_sense_are_refused(wrong) -> None:
    with pytest.raises(InputError):
        UsageSettings(**wrong)


def test_every_kind_of_log_is_written(tmp_path) -> None:
    found = Counter[str]()
    for seed in (2, 5, 7):
        past = make_past(tmp_path / str(seed), seed, size=300, identities=60, days=40, logged=0.85, begun=0.05)
        found.update({log: counts["records"] for log, counts in past.totals.by_log.items()})
    assert {kind.word for kind in LogKind} == set(found)
    assert normalise(b"{}") == SetAside("of unknown form")
