"""Canaries: secrets, tokens and keys are planted everywhere, and nothing that was written holds one of them."""

from __future__ import annotations

import gzip
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.collecting_world import collected, generated, store_of

from remit.wire.azure.lists import LISTS
from remit_sim.embedded import Simulator
from remit_sim.login.tokens import Tokens

ROW_SECRETS = (b"canary-secret-text", b"canary-hint", b"canary-key-material")


@pytest.fixture
def issued(monkeypatch) -> list[str]:
    """Every access token that the simulator gives out."""
    given: list[str] = []
    issue = Tokens.issue

    def remembered(self: Tokens, *arguments: object) -> str:
        given.append(issue(self, *arguments))
        return given[-1]

    monkeypatch.setattr(Tokens, "issue", remembered)
    return given


def planted(sim: Simulator) -> None:
    """Put values where Microsoft Graph shows none, as a careless proxy might."""
    with sim.edit() as tenant:
        key = next(iter(tenant.table("graph/applications").keys()))
        row = tenant.table("graph/applications").fields(key)
        row["passwordCredentials"] = [{"keyId": "p", "secretText": "canary-secret-text", "hint": "canary-hint"}]
        row["keyCredentials"] = [{"keyId": "k", "key": "canary-key-material", "type": "AsymmetricX509Cert"}]
        tenant.put("graph/applications", json.dumps(row, separators=(",", ":")).encode())


def call(tmp_path: Path, environment: dict[str, str], *arguments: str, seconds: float | None = None) -> bytes:
    """Run the command with everything switched on that might talk; kill it after so many seconds."""
    wanted = {"REMIT_DEBUG": "1", "PYTHONASYNCIODEBUG": "1", "AZURE_LOG_LEVEL": "debug", **environment}
    command = [sys.executable, "-X", "dev", "-W", "ignore", "-m", "remit", *arguments]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **wanted}, cwd=tmp_path
    ) as process:
        try:
            said, _ = process.communicate(timeout=seconds or 120)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
    return said


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, packed ones unpacked, and every payload of every snapshot."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield str(path), gzip.decompress(data) if path.suffix == ".gz" else data
    for store in folder.glob("store*"):
        opened = store_of(store)
        for summary in opened.summaries():
            for name in LISTS:
                for payload in opened.payloads(summary.snapshot_id, name):
                    yield f"{store.name} {name}", payload


def holders(folder: Path, said: bytes, secrets: list[bytes]) -> list[str]:
    """Who holds one of the secrets, or the end of a long one."""
    everything = [("output", said), *written(folder)]
    parts = [part for secret in secrets for part in (secret, secret[-30:-2]) if len(part) > 10]
    return sorted({place for place, data in everything if any(part in data for part in parts)})


def test_nothing_that_a_collection_writes_holds_a_secret(tmp_path, issued) -> None:
    export = generated(tmp_path / "from", 9)
    work = tmp_path / "work"
    work.mkdir()
    faults = {"expired-token": "0.05", "small-pages": "30", "cut": "0.05", "forbid": "*/denyassignments"}
    with Simulator(export, faults=faults) as sim:
        planted(sim)
        environment = sim.env()
        killed = call(work, environment, "collect", "--auth", "secret", "--store", "store-1", seconds=1.2)
        said = call(work, environment, "collect", "--auth", "secret", "--store", "store-2", "--export", "out", "--json")
        resumed = call(work, environment, "collect", "--auth", "secret", "--store", "store-1", "--resume")
        examined = call(work, environment, "doctor", "azure", "--auth", "secret", "--store", "store-2")
        secrets = [sim.client_secret.encode(), *(token.encode() for token in issued), *ROW_SECRETS]
    assert b'"snapshot"' in said
    assert len(issued) > 4
    assert (work / "out" / "graph" / "applications.jsonl").read_bytes().count(b'"keyId":"p"') == 1
    assert holders(work, killed + said + resumed + examined, secrets) == []


def test_no_error_holds_a_secret(tmp_path) -> None:
    export = generated(tmp_path / "from", 9)
    work = tmp_path / "work"
    work.mkdir()
    canary = "canary-9e1f0c77-not-the-secret"
    (work / "bad.pem").write_text(
        f"-----BEGIN PRIVATE KEY-----\n{canary}\n-----END PRIVATE KEY-----\n", encoding="utf-8"
    )
    token_file = work / "token"
    token_file.write_text(f"{canary}.{canary}.{canary}", encoding="utf-8")
    with Simulator(export) as sim:
        wrong = {**sim.env(), "AZURE_CLIENT_SECRET": canary, "AZURE_FEDERATED_TOKEN_FILE": str(token_file)}
        said = b"".join(
            call(work, wrong, command, *more, "--auth", *way, "--store", "store-1")
            for command, *more in (["collect"], ["doctor", "azure"], ["setup", "azure", "--apply"])
            for way in (["secret"], ["certificate", "--certificate", "bad.pem"], ["workload"], ["default"])
        )
    (work / "bad.pem").unlink()
    token_file.unlink()
    assert said.count(b"cannot sign in") >= 6
    assert holders(work, said, [canary.encode()]) == []


def test_logs_hold_no_secret_either(tmp_path, issued, caplog) -> None:
    """Whoever switches all logging on, in a program of his own, sees no secret."""
    export = generated(tmp_path, 9)
    with caplog.at_level(logging.DEBUG), Simulator(export) as sim:
        collected(tmp_path / "store", sim.env())
        secrets = [sim.client_secret, *issued]
    assert caplog.records
    assert [record.name for record in caplog.records if any(one in record.getMessage() for one in secrets)] == []
