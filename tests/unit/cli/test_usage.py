"""`remit usage` as people and programs see it, over a reading made by hand."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from tests.fakes.usage_reading import LAST_DAY, FakeReading, covered, used
from tests.fakes.usage_world import DEV, PLACES, PROD, store, world

from remit.app.using.answers import Dormancy, Identity, Used
from remit.app.using.tenant_usage import TenantUsage
from remit.bootstrap import usage as bootstrap
from remit.cli import output
from remit.cli.running import run
from remit.cli.usage import read_since
from remit.cli.usage_tables import show_everybody
from remit.cli.usage_words import reasons, used_lines
from remit.model.errors import InputError
from remit.model.usage import LogKind, ObservedOutcome, ObservedPlane
from remit.usage.observability import Observable, Why
from remit.usage.observable_days import DAY

ASSIGNMENT = "094fa254-7cc4-5766-af91-f80d080a8c35"
CI = world().principals.find("ci-release")
ROWS = (
    used(CI, "Microsoft.Compute/virtualMachines/write", PROD, day=LAST_DAY - 3, operations=7),
    used(CI, "Microsoft.Sql/servers/delete", PROD, outcome=ObservedOutcome.REFUSED),
)


@pytest.fixture(autouse=True)
def _reading(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = FakeReading(ROWS, [covered(LogKind.ACTIVITY, place) for place in PLACES])
    monkeypatch.setattr(
        bootstrap,
        "open_tenant_usage",
        lambda *_, days, since, **__: TenantUsage(world(), reading, days=days, since=since),
    )
    monkeypatch.setattr(bootstrap, "open_store", lambda _: store())


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(arguments) == 0
    return capsys.readouterr().out


def test_a_principal_is_told_assignment_by_assignment(capsys) -> None:
    text = said(capsys, "usage", "ci-release")
    assert "What did ci-release use?" in text
    assert "Microsoft.Compute/virtualMachines/write, 7 times, last 2026-10-30" in " ".join(text.split())
    assert "used less than once in 30 days, at 95 %" in " ".join(text.split())
    assert "management read: never logged" in text
    assert "That shows need, not use." in text


def one_use(scope: str, **more) -> Used:
    times = {"operations": 1, "first_seen": 0, "last_seen": LAST_DAY * DAY} | more
    return Used("p", ObservedPlane.CONTROL, "A/b/write", scope, more.pop("assignment_id", ""), False, **times)


def test_an_action_at_a_place_is_one_line_however_it_was_attributed() -> None:
    one, other = one_use(f"{PROD}/resourceGroups/rg"), replace(one_use(f"{PROD}/resourcegroups/RG"), assignment_id="x")
    assert used_lines([one, replace(other, operations=2, last_seen=0)], {}) == [
        "A/b/write, 3 times, last 2026-11-02, resource group rg"
    ]


def test_places_of_one_name_are_told_apart_by_what_they_are_in() -> None:
    last = "providers/Microsoft.Compute/virtualMachines/vm"
    scopes = [f"{PROD}/resourceGroups/a/{last}", f"{PROD}/resourceGroups/b/{last}", f"{DEV}/resourceGroups/a/{last}"]
    said = [line.split(", ", 3)[3] for line in used_lines([one_use(scope) for scope in scopes], {})]
    assert said == [
        "virtual machine vm, subscription 4223dfac…",
        "virtual machine vm, resource group b",
        "virtual machine vm, subscription 4aa7961c…",
    ]


@pytest.mark.parametrize(
    "arguments", [("ci-release",), ("--all",), ("assignment", ASSIGNMENT)], ids=["principal", "all", "assignment"]
)
def test_text_fits_a_terminal_but_for_ids(capsys, arguments) -> None:
    lines = said(capsys, "usage", *arguments).splitlines()
    assert [line for line in lines if len(line) > 80 and "/" not in line] == []


def test_a_programme_gets_the_same_in_json(capsys) -> None:
    answer = json.loads(said(capsys, "usage", "ci-release", "--json"))
    one = next(each for each in answer["assignments"] if each["assignmentId"].endswith(ASSIGNMENT))
    assert one["granted"] == one["usedOperations"] + one["unusedOperations"] + one["notObservableOperations"]
    assert one["unused"][0]["observable"] == "logged"
    assert one["unused"][0]["window"] == {
        "fromDay": "2026-08-05",
        "toDay": "2026-11-02",
        "days": 90,
        "ratePerDay": 0.033286,
        "onceInDays": 30,
    }


def test_a_window_that_begins_before_all_time_is_all_of_it(capsys) -> None:
    assert "What did ci-release use?" in said(capsys, "usage", "ci-release", "--since", "99999d")


def test_what_the_members_of_a_group_did_besides_is_said_to_be_theirs(capsys) -> None:
    text = " ".join(said(capsys, "usage", "Key Vault Operators").split())
    assert "Refused to its members." in text
    assert "What its members used besides, which no assignment of the group grants:" in text


def test_the_same_question_gives_the_same_bytes(capsys) -> None:
    assert said(capsys, "usage", "--all", "--json") == said(capsys, "usage", "--all", "--json")


def test_an_assignment_is_said_to_be_unused_since_a_day(capsys) -> None:
    assert "never used since 2026-08-05" in said(capsys, "usage", "assignment", ASSIGNMENT)
    assert json.loads(said(capsys, "usage", "assignment", ASSIGNMENT, "--json"))["neverUsedSince"] == "2026-08-05"


def test_gaps_can_be_piped_into_a_shell(capsys) -> None:
    lines = said(capsys, "usage", "gaps", "--az", "--workspace", "W").splitlines()
    assert lines
    assert all(line.startswith("az ") and "W" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "PRINCIPAL is missing"),
        (("ci-release", "--all"), "name a principal or give --all, not both"),
        (("nobody at all",), "no principal `nobody at all` in this snapshot"),
        (("assignment", "no-such"), "no role assignment `no-such` in this snapshot"),
        (("ci-release", "--since", "0d"), "`0d` is no window"),
        (("ci-release", "--since", "12h"), "`12h` is no window"),
        (("ci-release", "--since", "2030-01-01"), "is after the newest record, which is of 2026-11-02"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_line(capsys, arguments, message) -> None:
    assert run(["usage", *arguments]) == 64
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "read"), [("90d", (90, None)), ("2w", (14, None)), ("all", (None, None)), ("2026-11-02", (None, LAST_DAY))]
)
def test_a_window_is_days_weeks_a_day_or_everything(text, read) -> None:
    assert read_since(text) == read


def test_a_window_of_another_spelling_is_refused() -> None:
    with pytest.raises(InputError):
        read_since("soon")


def test_two_identities_of_one_name_are_told_apart(capsys) -> None:
    usage = TenantUsage(world(), FakeReading(), store=store())
    named = [one for one in world().index.facts.principals.key if world().principals.named(one).label == "Alex Kim"]
    none = {"granted": 0, "used": 0, "unused": 0, "not_observable": 0, "score": 0.0}
    rows = [
        Identity(world().principals.named(one), last_use=None, last_sign_in=None, dormancy=Dormancy.UNKNOWN, **none)
        for one in (*named, CI)
    ]
    show_everybody(output.console(), usage, rows)
    text = capsys.readouterr().out
    assert "alex.kim2@" in text
    assert "alex.kim@" in text
    assert CI not in text


def test_the_service_of_an_account_is_named_as_people_do() -> None:
    account = f"{PROD}/resourcegroups/rg/providers/microsoft.storage/storageaccounts/logs"
    missing = Observable(Why.NO_SETTING, missing=(f"{account}/blobservices/default",))
    assert reasons([(missing, 3)]) == [
        "3: data plane: no diagnostic setting on this resource (blobServices of storage account logs)"
    ]


def test_whoever_closes_the_output_of_a_table_ends_it_with_the_code_of_a_closed_pipe(monkeypatch) -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(output.sys, "stdout", Closed())
    with pytest.raises(BrokenPipeError):
        output.console().print("a line")
