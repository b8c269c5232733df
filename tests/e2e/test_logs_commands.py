"""`remit logs ingest`, `normalise` and `set-aside` as processes of their own."""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
from functools import partial
from pathlib import Path

import pytest
import zstandard
from tests.fakes.log_records import NOT_UNDERSTOOD, activity, graph_call, guid, secret_get

from remit.app.holding import Patience
from remit.bootstrap.logs import read_usage
from remit.cli.running import run

RECORDS = [activity(1, result="Start"), activity(1.1, assignment=7), secret_get(2), graph_call(3), NOT_UNDERSTOOD]


@pytest.fixture
def logs(tmp_path) -> Path:
    path = tmp_path / "logs.jsonl"
    path.write_bytes(b"\n".join(RECORDS) + b"\n")
    return path


def ingested(done) -> dict:
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout.decode().splitlines()[-1])


def counts(found: dict) -> tuple[int, ...]:
    return tuple(found[name] for name in ("read", "normalised", "set_aside", "duplicates"))


def test_what_is_ingested_twice_counts_once(remit, logs, tmp_path) -> None:
    store = ("--store", str(tmp_path / "store"), "--json")
    first = ingested(remit("logs", "ingest", str(logs), *store))
    assert counts(first) == (5, 4, 1, 0)
    assert list(first)[:4] == ["read", "normalised", "set_aside", "duplicates"]
    assert first["files"] == 1
    assert first["bytes"] == logs.stat().st_size
    assert {one["log"]: one["normalised"] for one in first["logs"]} == {
        "activityLog": 2,
        "keyVault": 1,
        "microsoftGraph": 1,
    }
    (reason,) = first["reasons"]
    assert (reason["records"], reason["file"], reason["line"]) == (1, str(logs), 5)
    assert counts(ingested(remit("logs", "ingest", str(logs), *store))) == (5, 0, 0, 5)


def test_a_folder_a_pattern_packed_files_and_standard_input_are_read(remit, logs, tmp_path) -> None:
    folder = tmp_path / "packed" / "deep"
    folder.mkdir(parents=True)
    (folder / "a.json.gz").write_bytes(gzip.compress(RECORDS[0] + b"\n") + gzip.compress(RECORDS[1]))
    (folder / "b.zst").write_bytes(zstandard.compress(RECORDS[2] + b"\n") + zstandard.compress(RECORDS[3]))
    (folder / ".hidden").write_bytes(b"not for us")
    store = ("--store", str(tmp_path / "store"), "--json")
    assert counts(ingested(remit("logs", "ingest", str(tmp_path / "packed"), *store))) == (4, 4, 0, 0)
    assert counts(ingested(remit("logs", "ingest", str(tmp_path / "packed" / "**" / "*.zst"), *store))) == (2, 0, 0, 2)
    piped = remit("logs", "ingest", "-", *store, given=gzip.compress(logs.read_bytes()))
    assert counts(ingested(piped)) == (5, 0, 1, 4)


def test_people_get_a_table_by_log_and_the_reasons(remit, logs, tmp_path) -> None:
    done = remit("logs", "ingest", str(logs), "--store", str(tmp_path / "store"))
    text = done.stdout.decode()
    assert done.returncode == 0
    assert done.stderr == b""
    assert ["total", "5", "4", "1", "0"] in [line.split() for line in text.splitlines()]
    assert ["activityLog", "2", "2", "0"] in [line.split() for line in text.splitlines()]
    assert "first at" in text
    assert "logs.jsonl:5" in text.replace("\n", "")


def test_every_record_set_aside_can_be_found_again(remit, logs, tmp_path) -> None:
    store = ("--store", str(tmp_path / "store"))
    remit("logs", "ingest", str(logs), *store)
    told = json.loads(remit("logs", "set-aside", "--json", *store).stdout)
    (reason,) = told["reasons"]
    assert told["set_aside"] == 1
    assert f"1  {reason['reason']}" in remit("logs", "set-aside", *store).stdout.decode()
    plain = remit("logs", "set-aside", "--reason", reason["reason"], *store).stdout.decode()
    assert plain == f"{logs}:5: {NOT_UNDERSTOOD.decode()}\n"
    found = json.loads(remit("logs", "set-aside", "--reason", reason["reason"], "--json", *store).stdout)
    assert found == {
        "file": str(logs),
        "line": 5,
        "reason": reason["reason"],
        "bytes": len(NOT_UNDERSTOOD),
        "record": NOT_UNDERSTOOD.decode(),
    }
    assert remit("logs", "set-aside", "--reason", "never met", *store).returncode == 64
    assert remit("logs", "set-aside", "--store", str(tmp_path / "none")).stdout == b"Nothing was set aside.\n"


def test_normalising_writes_a_line_for_each_record_in_order(remit, logs) -> None:
    done = remit("logs", "normalise", str(logs), "-", "--json", given=RECORDS[3] + b"\n\n" + activity(9))
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["status"] for one in told] == [*["normalised"] * 4, "set_aside", "duplicate", "normalised"]
    assert [(one["file"], one["line"]) for one in told] == [
        *((str(logs), line) for line in range(1, 6)),
        ("standard input", 1),
        ("standard input", 3),
    ]
    assert told[1] == {
        "file": str(logs),
        "line": 2,
        "status": "normalised",
        "operation": {
            "time": "2026-03-01T01:06:00Z",
            "plane": "control",
            "action": "Microsoft.Compute/virtualMachines/write",
            "source": "activityLog",
            "principalId": guid(1),
            "appId": guid(900),
            "address": "192.0.2.7",
            "scope": "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg",
            "outcome": "succeeded",
            "phase": "ended",
            "assignmentId": guid(7),
            "throughId": guid(1),
            "correlationId": guid(1001),
            "digest": told[1]["operation"]["digest"],
        },
    }
    assert "outcome" not in told[0]["operation"]
    assert told[4]["reason"]
    assert "operation" not in told[4]


def test_people_get_a_line_for_each_operation(remit, logs) -> None:
    done = remit("logs", "normalise", str(logs))
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 5
    assert lines[2].startswith(f"{logs}:3: 2026-03-01T02:00:00Z  keyVault  {guid(1)}  succeeded  Microsoft.KeyVault/")
    assert lines[4].startswith(f"{logs}:5: set aside: ")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("ingest", "./nowhere.json"), 65, b"remit: ./nowhere.json: does not exist\nhint: "),
        (("normalise", "./nowhere.json"), 65, b"remit: ./nowhere.json: does not exist\nhint: "),
        (("ingest", "./nowhere*.json"), 64, b"remit: no file fits `./nowhere*.json`\nhint: "),
        (("ingest",), 64, b"remit: PATH is missing\nhint: "),
        (("normalise",), 64, b"remit: PATH is missing\nhint: "),
        (("ingest", "-", "-"), 64, b"remit: standard input can be read once only\nhint: "),
        (("ingest", "-", "--keep-raw", "30"), 64, b"remit: `30` is no number of days\nhint: "),
        (("ingest", "-", "--engine", "abacus"), 64, b"remit: `abacus` is no engine\nhint: "),
        (("ingest", "-", "--processes", "0"), 64, b"remit: `0` is no number of workers\nhint: "),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(remit, tmp_path, arguments, code, said) -> None:
    store = ("--store", str(tmp_path)) if arguments[0] == "ingest" else ()
    done = remit("logs", *arguments, *store)
    assert (done.returncode, done.stdout) == (code, b"")
    assert done.stderr.startswith(said)
    assert done.stderr.count(b"\n") == 2


def test_a_store_that_another_process_writes_to_is_told(capfd, logs, tmp_path, monkeypatch) -> None:
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr("remit.app.holding.Patience", partial(Patience, most_s=0.5))
    folder = tmp_path / "store" / "usage"
    folder.mkdir(parents=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code = run(["logs", "ingest", str(logs), "--store", str(tmp_path / "store")])
    assert code == 74
    waiting, given_up = re.findall(r"another process writes to [^;\n]*(; waiting)?", capfd.readouterr().err)
    assert (waiting, given_up) == ("; waiting", "")


def test_hostile_records_are_set_aside_one_by_one(remit, tmp_path) -> None:
    honest = activity(1)
    hostile = {
        "huge": b'{"time": "' + b"x" * 100_000_000 + b'"}',
        "deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "list": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "nul": b'{"time": "2026-03-01T00:00:00Z\x00", "category": "\x00"}',
        "twice": honest[:-1] + b', "time": "2020-01-01T00:00:00Z"}',
        "cut": honest[: len(honest) // 2],
        "bytes": b'{"time": "\xff\xfe\xfa"}',
        "number": b'{"time": ' + b"9" * 5000 + b', "category": "AuditEvent"}',
        "not finite": b'{"time": NaN}',
        "words": b"no record at all",
    }
    path = tmp_path / "hostile.jsonl"
    path.write_bytes(b"\n".join([*hostile.values(), honest, b""]))
    store = ("--store", str(tmp_path / "store"), "--json")
    found = ingested(remit("logs", "ingest", str(path), *store))
    assert counts(found) == (len(hostile) + 1, 1, len(hostile), 0)
    assert counts(ingested(remit("logs", "ingest", str(path), *store))) == (11, 0, 0, 11)
    shown = remit("logs", "normalise", str(path), "--json")
    told = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [one["line"] for one in told] == list(range(1, 12))
    assert [one["status"] for one in told] == ["set_aside"] * 10 + ["normalised"]
    assert all("\n" not in one["reason"] and len(one["reason"]) < 300 for one in told[:-1])


def test_a_file_that_ends_too_early_keeps_what_came_before(remit, tmp_path) -> None:
    packed = gzip.compress(b"\n".join(graph_call(hours, request=hours) for hours in range(1, 200)), compresslevel=1)
    (tmp_path / "cut.gz").write_bytes(packed[: len(packed) - 40])
    other = zstandard.compress(activity(1) + b"\n")
    (tmp_path / "cut.zst").write_bytes(other[:-3])
    (tmp_path / "no.sqlite").write_bytes(database(tmp_path / "made"))
    store = ("--store", str(tmp_path / "store"), "--json")
    paths = [str(tmp_path / name) for name in ("cut.gz", "cut.zst", "no.sqlite")]
    found = ingested(remit("logs", "ingest", *paths, *store))
    assert found["normalised"] > 100
    reasons = {one["reason"] for one in found["reasons"]}
    assert {"the gzip stream is cut short", "the Zstandard stream is cut short"} <= reasons
    assert found["read"] == found["normalised"] + found["set_aside"] + found["duplicates"]
    again = ingested(remit("logs", "ingest", *paths, *store))
    assert again["read"] == again["duplicates"] == found["read"]


def database(path: Path) -> bytes:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    return path.read_bytes()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_may_not_be_read_is_set_aside(remit, logs, tmp_path) -> None:
    logs.chmod(0)
    found = ingested(remit("logs", "ingest", str(logs), "--store", str(tmp_path / "store"), "--json"))
    assert counts(found) == (1, 0, 1, 0)
    assert "cannot be read" in found["reasons"][0]["reason"]


def test_raw_records_are_kept_where_they_are_wanted(remit, logs, tmp_path) -> None:
    remit("logs", "ingest", str(logs), "--store", str(tmp_path / "store"), "--keep-raw", "30d")
    assert {one.record for one in read_usage(tmp_path / "store").raw()} == set(RECORDS[:4])
