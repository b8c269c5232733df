"""The simulator as a process, and what all its answers have in common."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import ssl
import stat
import struct
import subprocess
import sys
import time
from contextlib import suppress

import httpx2
import pytest
from tests.simulator.core.asking import ARM_SCOPE, SAMPLE, Client, client_of, small_tenant, user_id

from remit.model.errors import PayloadError, SettingsError
from remit_sim.embedded import Simulator
from remit_sim.state import open_state

COMMAND = [sys.executable, "-m", "remit_sim"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - our own


def variables(lines: list[str]) -> dict[str, str]:
    words = [shlex.split(line) for line in lines]
    assert all(word[0] == "export" for word in words)
    return dict(word[1].split("=", 1) for word in words)


def test_serve_prints_an_environment_that_works_and_ends_on_a_signal(tmp_path) -> None:
    file = tmp_path / "env.sh"
    arguments = ["serve", "--tenant", str(SAMPLE), "--state", str(tmp_path / "state"), "--env-file", str(file)]
    process = subprocess.Popen([*COMMAND, *arguments, "--print-env"], stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        while lines[-1] and "REMIT_SIM_PID" not in lines[-1]:
            lines.append(process.stdout.readline())
        found = variables(lines)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_text() == "".join(lines)
        trust = ssl.create_default_context(cafile=found["REMIT_CA_FILE"])
        with httpx2.Client(verify=trust) as http:
            metadata = http.get(f"{found['REMIT_ARM_ENDPOINT']}/metadata/endpoints?api-version=2022-09-01").json()
            assert metadata["authentication"]["loginEndpoint"] == found["AZURE_AUTHORITY_HOST"]
            assert metadata["microsoftGraphResourceId"] == f"{found['REMIT_GRAPH_ENDPOINT']}/"
            assert metadata["resourceManager"] == f"{found['REMIT_ARM_ENDPOINT']}/"
            form = {
                "grant_type": "client_credentials",
                "client_id": found["AZURE_CLIENT_ID"],
                "client_secret": found["AZURE_CLIENT_SECRET"],
                "scope": ARM_SCOPE,
            }
            url = f"{found['AZURE_AUTHORITY_HOST']}/{found['AZURE_TENANT_ID']}/oauth2/v2.0/token"
            token = http.post(url, data=form).json()["access_token"]
            asked = f"{found['REMIT_ARM_ENDPOINT']}/subscriptions?api-version=2022-12-01"
            assert http.get(asked, headers={"Authorization": f"Bearer {token}"}).status_code == 200
            assert http.get(found["REMIT_SIM_CONTROL"]).json()["requests"] == 1
        assert found["REMIT_SIM_PID"] == str(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        process.stdout.close()
    assert sorted(path.name for path in (tmp_path / "state").iterdir()) == [
        "ca-key.pem",
        "ca.pem",
        "operator.json",
        "token-key.pem",
    ]


def test_a_proxy_is_not_asked_for_this_machine(tmp_path) -> None:
    around = {**os.environ, "https_proxy": "http://127.0.0.1:9", "no_proxy": "intranet.example"}
    file = tmp_path / "env.sh"
    command = [*COMMAND, "serve", "--tenant", str(SAMPLE), "--env-file", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=around)  # noqa: S603 - our own
    try:
        assert process.stdout is not None
        process.stdout.readline()
        found = variables(file.read_text().splitlines())
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
    assert found["NO_PROXY"] == found["no_proxy"] == "intranet.example,127.0.0.1,localhost"


def test_one_line_of_a_shell_starts_it_and_sets_the_environment(tmp_path) -> None:
    command = shlex.join([*COMMAND, "serve", "--tenant", str(SAMPLE), "--print-env"])
    lines = f'eval "$({command} 2>/dev/null &)"; echo "$AZURE_TENANT_ID"; kill "$REMIT_SIM_PID"'
    said = tmp_path / "said"
    with said.open("w") as stream:
        shell = subprocess.Popen(["/bin/sh", "-c", lines], stdout=stream, stderr=stream, start_new_session=True)  # noqa: S603 - our own
        try:
            assert shell.wait(20) == 0
        finally:
            with suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
    assert said.read_text() == "53546da3-ace1-5d7f-bdb1-10a471605ef8\n"


def test_what_is_no_http_leaves_the_terminal_quiet_and_the_server_at_work(tmp_path) -> None:
    file, told = tmp_path / "env.sh", tmp_path / "stderr"
    with told.open("w") as errors:
        arguments = ["serve", "--tenant", str(SAMPLE), "--env-file", str(file)]
        process = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=errors, text=True)  # noqa: S603 - our own
        try:
            assert process.stdout is not None
            process.stdout.readline()
            found = variables(file.read_text().splitlines())
            trust = ssl.create_default_context(cafile=found["REMIT_CA_FILE"])
            for text in BAD_REQUESTS:
                send(found["REMIT_GRAPH_ENDPOINT"], trust, text)
            send(found["REMIT_GRAPH_ENDPOINT"], None, BAD_REQUESTS[0])
            with httpx2.Client(verify=trust) as http:
                assert http.get(found["REMIT_SIM_CONTROL"]).status_code == 200
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            process.stdout.close()
    assert [line for line in told.read_text().splitlines() if "of the manifest" not in line] == []


BAD_REQUESTS = (
    b"GET / HTTP/9.9\r\n\r\n",
    b"\x00\x01 nothing\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf of",
)


def send(url: str, trust: ssl.SSLContext | None, text: bytes) -> None:
    """Send some bytes, look at what comes first, and hang up without a farewell."""
    host, port = url.rpartition("/")[2].split(":")
    with socket.create_connection((host, int(port)), 5) as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection = plain if trust is None else trust.wrap_socket(plain, server_hostname=host)
        connection.sendall(text)
        connection.settimeout(0.2)
        with suppress(OSError):
            connection.recv(100)
        connection.close()


def test_a_body_that_is_too_long_or_spoilt_is_refused_in_azures_shape(client, sim) -> None:
    client.sign_in(ARM_SCOPE)
    path = f"{sim.arm_url}/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
    headers = {"Authorization": f"Bearer {client.token}"}
    rows = [{"do": "put-row", "list": "graph/users", "row": {"id": user_id(n), "x": "y" * 4000}} for n in range(600)]
    assert client.edit(*rows).status_code == 200
    assert len(sim.tenant.table("graph/users")) == 600
    told = client.http.post(path, content=b"x" * 17_000_000, headers=headers)
    assert (told.status_code, told.json()["error"]["code"]) == (413, "RequestEntityTooLarge")
    told = client.http.post(path, content=b"abc", headers=headers | {"Content-Encoding": "gzip"})
    assert (told.status_code, told.json()["error"]["code"]) == (400, "InvalidRequestContent")
    told = client.http.post(path, content=b"[" * 100_000, headers=headers)
    assert told.status_code == 400


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["serve"], 64, "--tenant"),
        (["serve", "--tenant", "nowhere"], 65, "nowhere: does not exist"),
        (["serve", "--tenant", str(SAMPLE), "--fault", "throttle"], 64, "`throttle` is not NAME=VALUE"),
        (["serve", "--tenant", str(SAMPLE), "--fault", "rain=1"], 64, "there is no fault `rain`"),
        (["serve", "--tenant", str(SAMPLE), "--script", "nowhere.toml"], 65, "nowhere.toml: cannot be read"),
        (["serve", "--tenant", str(SAMPLE), "--port", "70000"], 78, "port 70000 cannot be listened on"),
        (["dance"], 64, "dance"),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_hint(arguments, code, says) -> None:
    done = run(*arguments)
    lines = [line for line in done.stderr.splitlines() if "of the manifest left out" not in line]
    assert (done.returncode, done.stdout) == (code, "")
    assert lines[0].startswith("remit-sim: ")
    assert says in lines[0]
    assert [line for line in lines[1:] if not line.startswith("hint: ")] == []


def test_help_and_version_are_told() -> None:
    shown = run("serve", "--help").stdout
    assert "--print-env" in shown
    assert "Example:\n  remit-sim serve --tenant ./export --print-env" in shown
    assert run("--version").stdout.startswith("remit-sim ")


def test_a_state_folder_keeps_trust_and_secrets_for_its_owner_only(tmp_path) -> None:
    folder = tmp_path / "state"
    with Simulator(small_tenant(), state=folder) as sim:
        first = sim.env()
        certificate = sim.ca_file.read_bytes()
    with Simulator(small_tenant(), state=folder) as sim, client_of(sim) as client:
        assert sim.ca_file.read_bytes() == certificate
        assert sim.env()["AZURE_CLIENT_SECRET"] == first["AZURE_CLIENT_SECRET"]
        assert client.sign_in()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    (folder / "operator.json").write_text("[]")
    with pytest.raises(PayloadError, match="holds the state of no simulator"):
        open_state(folder)


def test_a_port_that_is_taken_is_told_and_nothing_is_left_open() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port} is taken"), Simulator(small_tenant(), port=port):
            pass


def test_starting_and_stopping_is_quick() -> None:
    with Simulator(small_tenant()):
        pass
    start = time.perf_counter()
    for _ in range(3):
        with Simulator(small_tenant()):
            pass
    assert (time.perf_counter() - start) / 3 < 0.3


def test_only_the_own_ca_is_trusted_and_names_fit(client, sim) -> None:
    with pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx2.get(sim.arm_url, verify=ssl.create_default_context())
    assert client.http.get(sim.arm_url.replace("127.0.0.1", "localhost")).status_code == 401


def test_answers_carry_the_simulated_time_and_request_ids(client, sim) -> None:
    client.sign_in(ARM_SCOPE)
    answer = client.arm("/subscriptions?api-version=2022-12-01")
    assert answer.headers["Date"] == "Sun, 01 Nov 2026 09:00:00 GMT"
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "content-encoding" not in answer.headers
    assert answer.headers["x-ms-request-id"]
    assert answer.headers["x-ms-ratelimit-remaining-tenant-reads"] == "11999"
    sim.faults.set("throttle", "100%")
    path = "/subscriptions/s/resourceGroups?api-version=2021-04-01"
    assert client.arm(path).headers["x-ms-ratelimit-remaining-subscription-reads"] == "0"
    sim.faults.clear()
    client.sign_in()
    wanted = {"Authorization": f"Bearer {client.token}", "client-request-id": "mine"}
    answer = client.http.get(f"{sim.graph_url}/v1.0/users", headers=wanted)
    assert (answer.headers["client-request-id"], bool(answer.headers["request-id"])) == ("mine", True)


def test_links_name_the_host_that_the_client_wrote(client, sim) -> None:
    client.sign_in()
    base = sim.graph_url.replace("127.0.0.1", "localhost")
    headers = {"Authorization": f"Bearer {client.token}"}
    link = client.http.get(f"{base}/v1.0/users?$top=2", headers=headers).json()["@odata.nextLink"]
    assert link.startswith(f"{base}/v1.0/users?")
    assert client.http.get(link, headers=headers).status_code == 200


def test_older_metadata_is_a_list(client, sim) -> None:
    (one,) = client.http.get(f"{sim.arm_url}/metadata/endpoints?api-version=2019-05-01").json()
    assert one["name"] == "RemitSim"
    assert not one["authentication"]["loginEndpoint"].endswith("/")


def test_unknown_paths_and_methods_are_told(client, sim) -> None:
    client.sign_in()
    answer = client.graph("/nothing")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NotFound")
    deleted = client.http.delete(f"{sim.graph_url}/v1.0/users", headers={"Authorization": f"Bearer {client.token}"})
    assert deleted.status_code == 405


def test_a_failure_of_the_simulator_itself_is_told_in_one_line(monkeypatch) -> None:
    told: list[str] = []
    with Simulator(small_tenant(), warn=told.append) as sim, client_of(sim) as client:
        client.sign_in()
        monkeypatch.setattr(sim.tenant, "tick", None)
        answer = client.graph("/users")
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "InternalServerError")
    assert told == ["internal error at GET /users: TypeError: 'NoneType' object is not callable"]


def test_edits_between_requests_are_seen_by_the_next_one(client: Client) -> None:
    client.sign_in()
    with client.sim.edit() as tenant:
        tenant.put("graph/users", b'{"id":"fffffffe-0000-4000-8000-000000000000"}')
    assert client.graph("/users/fffffffe-0000-4000-8000-000000000000?$select=id").status_code == 200
