"""The command as programs and shells meet it: exit codes, streams, pipes, colour, signals."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.e2e.conftest import environment
from tests.fakes.progress import without_progress

from remit.bootstrap.reader import sample_tenant

PROD = "/subscriptions/4223dfac-c856-5913-bed0-74c340f83303"
SHARED = "/subscriptions/29ac1453-48c4-5c17-a170-8bc31e9b3c7a"
CI = "f6e0892a-331f-5d87-a3ed-89bbec0b3780"
READ = "Microsoft.Sql/servers/read"
QUESTION = {"id": "1", "principal": CI, "action": READ, "plane": "control", "scope": PROD}


def lines(*questions: dict[str, object]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in questions)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("can", CI, READ, PROD), 0),
        (("can", "Ines Duarte", "Microsoft.Sql/servers/write", PROD), 1),
        (("can", CI, "Microsoft.Sql/servers/delete", SHARED), 3),
        (("can", "Alex Kim", READ, PROD), 64),
        (("can", CI, READ), 64),
        (("can", CI, READ, PROD, "--snapshot", "ffffff"), 64),
        (("can", CI, READ, PROD, "--tenant", "/nowhere"), 65),
        (("ask", "/nowhere.jsonl"), 65),
    ],
)
@pytest.mark.parametrize("json_too", [(), ("--json",)])
def test_the_exit_code_tells_the_outcome_and_json_stands_alone(remit, store, arguments, code, json_too) -> None:
    done = remit(*arguments, "--store", str(store), *json_too)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    if json_too:
        document = json.loads(done.stdout)
        assert ("error" in document) == (code >= 64)
    elif code >= 64:
        assert done.stdout == b""
    assert (done.stderr == b"") == (code < 64)
    if code >= 64:
        first, *rest = done.stderr.decode().splitlines()
        assert first.startswith("remit: ")
        assert all(line.startswith(("hint: ", "  ")) for line in rest)


def test_questions_come_through_a_pipe_and_answers_in_their_order(remit, store) -> None:
    asked = [{**QUESTION, "id": str(number), "scope": PROD if number % 2 else SHARED} for number in range(500)]
    done = remit("ask", "-", "--store", str(store), given=lines(*asked))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [one["id"] for one in answers] == [one["id"] for one in asked]
    assert {one["outcome"] for one in answers} == {"allowed", "unknown"}


def test_an_asker_that_waits_for_each_answer_gets_it(store) -> None:
    """A whole line is answered before more is read: no deadlock between two processes that talk."""
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "remit", "ask", "-", "--store", str(store)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in ("a", "b", "c"):
            process.stdin.write(lines({**QUESTION, "id": number}))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def test_a_line_without_an_end_an_empty_line_a_mark_and_crlf_are_read(remit, store) -> None:
    given = b"\xef\xbb\xbf" + lines(QUESTION).replace(b"\n", b"\r\n") + b"\r\n\n" + lines({**QUESTION, "id": "2"})[:-1]
    done = remit("ask", "-", "--store", str(store), given=given)
    assert done.returncode == 0
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["1", "2"]


def test_no_question_is_no_answer(remit, store) -> None:
    done = remit("ask", "-", "--store", str(store))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_bad_line_ends_the_batch_after_the_answers_before_it(remit, store, tmp_path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(lines(QUESTION, {**QUESTION, "plane": "both"}, QUESTION))
    done = remit("ask", str(path), "--store", str(store))
    assert done.returncode == 65
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr.decode().startswith(f"remit: {path}:2: plane: neither `control` nor `data`: 'both'\n")


def test_a_line_that_never_ends_is_refused_in_bounded_memory(remit, store) -> None:
    done = remit("ask", "-", "--store", str(store), given=b'{"id": "' + b"x" * 8_000_000)
    assert done.returncode == 65
    assert b"standard input:1: the line is longer than" in done.stderr


def test_a_reader_that_leaves_is_no_error_message(store, tmp_path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(lines(QUESTION) * 20_000)
    command = f"{sys.executable} -m remit ask {path} --store {store} | head -n 1"
    done = subprocess.run(  # noqa: S602 - a pipe is what is tested
        command, shell=True, capture_output=True, check=False, timeout=120, env=environment()
    )
    assert len(done.stdout.splitlines()) == 1
    assert without_progress(done.stderr.decode()) == ""


@pytest.mark.parametrize("target", ["/dev/full"])
def test_a_full_disk_is_one_line(store, target) -> None:
    if not Path(target).exists():
        pytest.skip("this system has no /dev/full")
    with Path(target).open("wb") as full:
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "remit", "snapshots", "--store", str(store)],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
            env=environment(),
        )
    assert done.returncode == 74
    assert done.stderr.decode() == "remit: cannot write the answer: No space left on device\n"


def test_ctrl_c_ends_quietly(store) -> None:
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "remit", "ask", "-", "--store", str(store)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(lines(QUESTION))
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert process.stderr is not None
        assert without_progress(process.stderr.read().decode()) == ""


def test_ctrl_c_while_modules_are_loaded_ends_quietly() -> None:
    code = (
        "import sys; from remit.cli import main\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'remit.cli.running': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted()); sys.argv[1:] = ['snapshots']; sys.exit(main.main())"
    )
    ended = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, check=False)  # noqa: S603 - our own interpreter and text
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")


def on_terminal(*arguments: str, **changes: str) -> str:
    """What the command writes to a terminal."""
    leader, follower = pty.openpty()
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "remit", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
        env=environment(TERM="xterm-256color", COLUMNS="80", **changes),
    ) as process:
        os.close(follower)
        written = b""
        while True:
            try:
                part = os.read(leader, 65_536)
            except OSError:
                break
            if not part:
                break
            written += part
        process.wait(timeout=60)
    os.close(leader)
    return written.decode()


def test_a_terminal_has_colour_and_no_color_takes_it_away(store) -> None:
    arguments = ("can", CI, READ, PROD, "--store", str(store))
    coloured, plain = on_terminal(*arguments), on_terminal(*arguments, NO_COLOR="1")
    assert "\x1b[1;32mALLOWED\x1b[0m" in coloured
    assert "\x1b" not in plain
    assert "ALLOWED" in plain


def test_no_pipe_has_colour(remit, store) -> None:
    assert b"\x1b" not in remit("can", CI, READ, PROD, "--store", str(store), TERM="xterm-256color").stdout


def test_a_terminal_gets_a_table_of_answers_and_json_where_it_asks(store, tmp_path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(lines(QUESTION))
    table = on_terminal("ask", str(path), "--store", str(store), NO_COLOR="1")
    assert table.split()[:3] == ["id", "outcome", "because"]
    assert "The role Contributor grants it." in table
    document = json.loads(on_terminal("ask", str(path), "--store", str(store), "--json"))
    assert document["outcome"] == "allowed"


def test_a_name_that_the_encoding_lacks_does_not_end_the_answer(remit, store) -> None:
    done = remit("what-can", "Tomás Silva", "--store", str(store), PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"What can Tom\\xe1s Silva do?" in done.stdout


def test_a_bug_is_told_without_a_traceback(remit, store, tmp_path) -> None:
    """No bug is known, so one is put in by hand."""
    (tmp_path / "sitecustomize.py").write_text(
        "import remit.app.asking as asking\ndef broken(*_): raise KeyError('gone')\nasking.answer_lines = broken\n"
    )
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = remit("ask", "-", "--store", str(store), "--json", PYTHONPATH=path)
    assert done.returncode == 70
    assert done.stderr.decode().splitlines()[0] == "remit: internal error: KeyError: 'gone'"
    assert json.loads(done.stdout)["error"]["code"] == "internal"
    debugged = remit("ask", "-", "--store", str(store), PYTHONPATH=path, REMIT_DEBUG="1")
    assert b"Traceback" in debugged.stderr


def test_an_export_is_asked_directly_and_kept(remit, tmp_path) -> None:
    export, store = tmp_path / "export", tmp_path / "store"
    shutil.copytree(sample_tenant(), export)
    arguments = ("can", CI, READ, PROD, "--tenant", str(export), "--store", str(store), "--json")
    first, again = remit(*arguments), remit(*arguments)
    assert first.returncode == 0
    assert first.stdout == again.stdout
    assert len(json.loads(remit("snapshots", "--store", str(store), "--json").stdout)["snapshots"]) == 1
    rows = export / "arm" / "roleAssignments.jsonl"
    kept = rows.stat()
    rows.write_bytes(rows.read_bytes().replace(CI.encode(), CI[::-1].encode()))
    os.utime(rows, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    changed = remit(*arguments)
    assert json.loads(changed.stdout)["outcome"] == "not_allowed"
    assert len(json.loads(remit("snapshots", "--store", str(store), "--json").stdout)["snapshots"]) == 2


def test_bad_data_is_named_and_leaves_the_store_as_it_was(remit, tmp_path) -> None:
    export, store = tmp_path / "export", tmp_path / "store"
    shutil.copytree(sample_tenant(), export)
    rows = export / "arm" / "roleAssignments.jsonl"
    rows.write_bytes(rows.read_bytes() + b'{"id": 1}\n')
    done = remit("import", str(export), "--store", str(store), "--json")
    assert done.returncode == 65
    assert done.stderr.decode().startswith("remit: arm/roleAssignments.jsonl:22: id: ")
    error = json.loads(done.stdout)["error"]
    assert (error["file"], error["line"], error["field"]) == ("arm/roleAssignments.jsonl", 22, "id")
    assert json.loads(remit("snapshots", "--store", str(store), "--json").stdout) == {"snapshots": []}
    lenient = remit("import", str(export), "--store", str(store), "--lenient")
    assert lenient.returncode == 0
    assert b"Left out, 1 row:" in lenient.stdout


def test_the_demo_takes_seconds(remit) -> None:
    began = time.monotonic()
    done = remit("demo")
    assert done.returncode == 0
    assert done.stderr == b""
    assert time.monotonic() - began < 30


def test_the_demo_collects_past_a_proxy_and_reads_the_export_where_it_cannot_collect(remit, tmp_path) -> None:
    proxied = remit("demo", HTTPS_PROXY="http://127.0.0.1:9", https_proxy="http://127.0.0.1:9")
    assert (proxied.returncode, b"$ remit collect" in proxied.stdout) == (0, True)
    assert b"so the export of their tenant" not in proxied.stdout
    (tmp_path / "aiohttp.py").write_text("raise OSError('spoilt')")
    places = os.pathsep.join([str(tmp_path), *(place for place in sys.path if place)])
    spoilt = remit("demo", PYTHONPATH=places)
    assert (spoilt.returncode, spoilt.stderr) == (0, b"")
    assert b"The simulated Azure cannot be used here" in spoilt.stdout
    assert spoilt.stdout.count(b"DENIED") == proxied.stdout.count(b"DENIED") > 0


def test_every_command_helps(remit) -> None:
    assert b"Usage: remit COMMAND" in remit().stdout
    for command in ("import", "can", "who-can", "what-can", "ask", "snapshots", "demo", "catalog"):
        done = remit(command, "--help")
        assert done.returncode == 0
        assert b"Example:" in done.stdout


def test_what_az_prints_extends_the_catalogue(remit, tmp_path) -> None:
    file, store = tmp_path / "operations.json", str(tmp_path / "store")
    operation = {"name": "Test.Provider/things/read", "isDataAction": False}
    file.write_text(
        json.dumps(
            [
                {
                    "id": "/providers/Microsoft.Authorization/providerOperations/Test.Provider",
                    "name": "Test.Provider",
                    "type": "Microsoft.Authorization/providerOperations",
                    "operations": [],
                    "resourceTypes": [{"name": "things", "operations": [operation]}],
                }
            ]
        )
    )
    done = remit("catalog", "import", str(file), "--store", store, "--json")
    assert json.loads(done.stdout)["operations"] == 1
    shown = json.loads(remit("catalog", "show", "--store", store, "--json").stdout)
    assert (shown["providers"], shown["controlOperations"]) == (1, 1)
    assert b"1 operations of 1 providers" in remit("catalog", "import", str(file), "--store", store).stdout
    assert b"operations.json" in remit("catalog", "show", "--store", store).stdout
