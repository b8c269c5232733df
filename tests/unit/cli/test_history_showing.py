"""The timeline and the state of an answer, as people read them."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from remit.cli.history import _SAID, show_events
from remit.cli.showing import state_sentences
from remit.cli.spans import read_since
from remit.model.errors import InputError
from remit.model.history import Event, LogDays, TenantState
from remit.model.usage import ChangeKind, LogKind

AT = datetime(2026, 11, 3, 10, 0, 1, tzinfo=UTC)
SUB = "/subscriptions/5ab5ab5a-cafe-4bad-8ace-000000000001"


def shown(*found: Event) -> str:
    out = Console(file=io.StringIO(), width=200)
    show_events(out, "alice", list(found), {SUB: "Prod"})
    return out.file.getvalue()  # type: ignore[attr-defined]


def test_a_line_says_what_by_whom_and_where_it_was_seen() -> None:
    told = Event(
        AT,
        "activated",
        logs=("activityLog", "entraAudit"),
        actor_name="Bob",
        subject_name="Alice",
        role_id="r",
        role_name="Owner",
        object_id="1",
        scope=SUB,
        end=AT + timedelta(hours=8),
    )
    text = shown(told)
    assert "2026-11-03 10:00:01  role activated or assigned by PIM: Owner to Alice, at subscription Prod, until" in text
    assert "by Bob, seen in the Activity Log and the Entra audit log" in text
    assert "1 change\n" in text


def test_what_is_not_confirmed_or_seen_by_no_log_says_so() -> None:
    begun = Event(AT, "assignmentWritten", logs=("activityLog",), confirmed=False, object_id="1")
    silent = Event(AT, "memberAppeared", since=AT - timedelta(days=2), subject_name="Alice", object_name="Team")
    text = shown(begun, silent)
    assert "not confirmed" in text
    assert "in a group and was not: Alice, Team." in text
    assert "seen only by comparing snapshots, between 2026-11-01 and 2026-11-03" in text


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_every_kind_of_change_has_words(kind: ChangeKind) -> None:
    assert kind.value in _SAID
    assert _SAID[kind.value] in shown(Event(AT, kind.value, logs=("activityLog",)))


def test_only_the_latest_lines_are_shown() -> None:
    text = shown(*(Event(AT + timedelta(hours=hour), "elevated", logs=("activityLog",)) for hour in range(203)))
    assert "3 earlier ones are left out" in text
    assert text.count("User Access Administrator at /") == 200


def state(**more) -> TenantState:
    days = (LogDays(LogKind.ACTIVITY, 2, 1), LogDays(LogKind.ENTRA_AUDIT, 2, 0))
    given = {"snapshot_id": "s", "read_at": AT, "at": AT + timedelta(days=1), "applied": 0, "unconfirmed": 0}
    return TenantState(**(given | {"left_out": 0, "coverage": days} | more))


def test_the_state_is_told_in_plain_words() -> None:
    assert state_sentences(state()) == [
        "after the snapshot of 2026-11-03T10:00:01Z, no logged change put in",
        "of the 2 days from one to the other the Activity Log was seen on 1, the Entra audit log was seen on 0",
    ]
    told = state_sentences(state(at=AT - timedelta(days=1), applied=2, unconfirmed=1, left_out=3))
    assert told[0] == "before the snapshot of 2026-11-03T10:00:01Z, 2 logged changes taken back"
    assert told[1] == "1 more only begun as far as the logs tell: what they touch is unknown"
    assert told[2] == "3 more that do not tell enough to be taken back"


@pytest.mark.parametrize(
    ("text", "back"), [("30d", timedelta(days=30)), ("12h", timedelta(hours=12)), ("2w", timedelta(14))]
)
def test_since_takes_spans(text, back) -> None:
    assert read_since(text, AT) == AT - back


def test_since_takes_instants_and_refuses_the_rest() -> None:
    assert read_since(None) is None
    assert read_since("2026-11-03T10:00:01Z") == AT
    for text in ("d", "30x", "yesterday", ""):
        with pytest.raises(InputError):
            read_since(text, AT)
