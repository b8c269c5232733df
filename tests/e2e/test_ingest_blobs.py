"""`remit logs ingest https://...` against the simulator, with the storage library as it is."""

from __future__ import annotations

import gzip
import json
import sys

import pytest
from tests.e2e.follow_world import activity, usage_of
from tests.simulator.core.asking import small_tenant

from remit.bootstrap import blob_logs
from remit.bootstrap.logs import find_units, ingest_paths, show_paths
from remit.model.errors import ForbiddenError, InputError, SettingsError
from remit_sim.control.verbs import SetFault
from remit_sim.embedded import Simulator
from remit_sim.stored.blobs import sig_of

ACCOUNT, CONTAINER = "logs", "insights-activity-logs"


@pytest.fixture
def sim():
    with Simulator(small_tenant(), seed=2) as sim:
        yield sim


@pytest.fixture
def ingest(sim, tmp_path, monkeypatch):
    """Ingest in this process, as the command does it."""
    for name, value in sim.env().items():
        monkeypatch.setenv(name, value)

    def run(url=""):
        where = url or f"{sim.arm_url}/{ACCOUNT}/{CONTAINER}"
        totals = ingest_paths(tmp_path / "store", [where], processes=1).totals
        return totals.read, totals.normalised, totals.duplicates

    return run


def lines(numbers) -> bytes:
    return b"".join(json.dumps(activity(number)).encode() + b"\n" for number in numbers)


def append(sim, hour: int, data: bytes, name: str = "PT1H.json") -> None:
    blob = f"resourceId=/SUBSCRIPTIONS/X/y=2026/m=11/d=01/h={hour:02}/m=00/{name}"
    with sim.edit() as tenant:
        tenant.logs.append(ACCOUNT, CONTAINER, blob, data, tenant.clock.now())
    sim.advance(hours=1)


def test_new_blobs_are_read_and_those_that_nobody_wrote_to_are_not(sim, ingest, tmp_path):
    for hour in range(4):
        append(sim, hour, lines(range(hour * 10, hour * 10 + 10)))
    assert ingest() == (40, 40, 0)
    append(sim, 2, lines(range(100, 105)))
    append(sim, 5, gzip.compress(lines(range(200, 203))), "PT1H.json.gz")
    # The blob written last before is younger than the mark less what clocks may differ by: it is read again.
    assert ingest() == (15 + 3 + 10, 8, 20)
    totals = usage_of(tmp_path / "store").totals()
    assert (totals.read, totals.normalised, totals.duplicates) == (68, 48, 20)


def test_a_list_in_many_pages_under_faults_is_read_whole(sim, ingest):
    for hour in range(5):
        append(sim, hour, lines(range(hour * 10, hour * 10 + 10)))
    sim.apply(SetFault(name="small-pages", value="3"))
    sim.apply(SetFault(name="server-error", value="0.1"))
    assert ingest() == (50, 50, 0)
    assert any(status >= 500 for _, status in sim.statistics.statuses)


def test_a_shared_access_signature_stands_for_a_credential_and_is_shown_nowhere(sim, remit, tmp_path):
    append(sim, 0, lines(range(3)) + b"no json\n")
    signature = sig_of(ACCOUNT, CONTAINER)
    url = f"{sim.arm_url}/{ACCOUNT}/{CONTAINER}/resourceId=?sv=2024-11-04&sp=rl&sig={signature}"
    trusted = {"REMIT_CA_FILE": str(sim.ca_file)}
    store = tmp_path / "store"
    done = remit("logs", "ingest", url, "--store", str(store), "--json", **trusted)
    said = json.loads(done.stdout)
    assert (said["read"], said["normalised"], said["set_aside"]) == (4, 3, 1)
    kept = b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    assert signature.encode() not in done.stdout + done.stderr + kept
    wrong = remit("logs", "normalise", url.replace(signature, "canary"), **trusted)
    assert wrong.returncode == 65
    assert b"canary" not in wrong.stdout + wrong.stderr


@pytest.mark.usefixtures("ingest")
def test_records_of_blobs_can_be_shown_without_storing(sim):
    append(sim, 0, lines(range(2)))
    shown = list(show_paths([f"{sim.arm_url}/{ACCOUNT}/{CONTAINER}"]))
    assert [(one.line, bool(one.operations)) for one in shown] == [(1, True), (2, True)]
    assert all(one.name.endswith("/PT1H.json") for one in shown)


@pytest.mark.usefixtures("ingest")
def test_a_blob_that_is_deleted_meanwhile_is_passed_by(sim):
    append(sim, 0, lines(range(2)))
    unit = find_units([f"{sim.arm_url}/{ACCOUNT}/{CONTAINER}"])[0]
    with sim.edit() as tenant:
        tenant.logs.delete(ACCOUNT, CONTAINER)
    assert b"".join(blob_logs.opener().chunks(unit)) == b""
    assert "signature" not in repr(unit)


@pytest.mark.parametrize("path", ["/logs/not-there", "/logs", "/logs/insights-activity-logs/none"])
def test_what_is_no_container_is_told(sim, ingest, path):
    append(sim, 0, lines(range(2)))
    with pytest.raises(InputError):
        ingest(sim.arm_url + path)


def test_who_may_not_read_is_told_what_is_needed(sim, ingest):
    append(sim, 0, lines(range(2)))
    sim.apply(SetFault(name="forbid", value="/logs/*"))
    with pytest.raises(ForbiddenError) as caught:
        ingest()
    assert "Storage Blob Data Reader" in (caught.value.hint() or "")


def test_without_the_extra_it_says_what_to_install(ingest, monkeypatch):
    monkeypatch.setitem(sys.modules, "azure.storage.blob", None)
    with pytest.raises(SettingsError) as caught:
        ingest()
    assert caught.value.hint() == "pip install 'remit[blob]'"
