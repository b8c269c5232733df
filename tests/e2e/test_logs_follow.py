"""`remit logs follow` as a process of its own: an Event Hub of librdkafka's broker, a workspace of the simulator."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest
from tests.e2e.conftest import environment
from tests.e2e.follow_world import SUBSCRIPTION, activity, as_message, guid, metric, stamp, usage_of
from tests.fakes.kafka import Broker
from tests.simulator.core.asking import small_tenant

from remit.cli.running import run
from remit_sim.control.verbs import SetFault
from remit_sim.embedded import Simulator

WORKSPACE = "0f0e0d0c-0000-4000-8000-000000000001"
HUB = ("--event-hub", "telemetry/insights")


@pytest.fixture
def broker():
    with Broker() as broker:
        broker.make("insights", 3)
        yield broker


def table_row(number: int) -> dict[str, object]:
    """A row of AzureActivity."""
    scope = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Web/sites/s{number}"
    claims = {"http://schemas.microsoft.com/identity/claims/objectidentifier": guid(7), "appid": guid(8)}
    return {
        "TimeGenerated": stamp(number),
        "OperationNameValue": "MICROSOFT.WEB/SITES/WRITE",
        "CategoryValue": "Administrative",
        "ActivityStatusValue": "Success",
        "Authorization": json.dumps({"scope": scope, "action": "Microsoft.Web/sites/write"}),
        "Claims": json.dumps(claims),
        "CorrelationId": guid(number),
        "_ResourceId": scope.lower(),
        "Type": "AzureActivity",
    }


def test_an_event_hub_is_read_to_its_end_and_told_in_json(remit, broker, tmp_path):
    broker.write("insights", [as_message(activity(1), activity(2)), as_message(metric(3)), b"\x00"], 3)
    store = ("--store", str(tmp_path / "store"))
    done = remit("logs", "follow", *HUB, "--once", *store, "--json", REMIT_KAFKA_ENDPOINT=broker.address)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "source": "eventhub:telemetry.servicebus.windows.net/insights",
        "read": 4,
        "normalised": 2,
        "set_aside": 2,
        "duplicates": 0,
        "behind": 0,
    }
    assert usage_of(tmp_path / "store").totals().read == 4


def test_an_event_hub_and_a_file_are_ingested_together(remit, broker, tmp_path):
    broker.write("insights", [as_message(activity(1), activity(2)), as_message(metric(3)), b"\x00"], 3)
    (file := tmp_path / "logs.jsonl").write_bytes(as_message(activity(2)) + b"\n" + as_message(activity(4)) + b"\n")
    url, store = "https://telemetry.servicebus.windows.net/insights", ("--store", str(tmp_path / "store"))
    done = remit("logs", "ingest", str(file), url, *store, "--json", REMIT_KAFKA_ENDPOINT=broker.address)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    counts = {name: told[name] for name in ("read", "normalised", "set_aside", "duplicates")}
    assert counts == {"read": 6, "normalised": 3, "set_aside": 2, "duplicates": 1}
    again = remit("logs", "ingest", url, *store, REMIT_KAFKA_ENDPOINT=broker.address)
    assert b"Event Hub insights" in again.stdout, again.stderr
    assert usage_of(tmp_path / "store").totals().read == 6, "it goes on where it was left"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_everything_committed_that_was_read(broker, tmp_path, number):
    broker.write("insights", [as_message(activity(one)) for one in range(20)], 3)
    store = tmp_path / "store"
    command = [sys.executable, "-m", "remit", "logs", "follow", *HUB, "--store", str(store), "--commit-every", "1h"]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        command, env=environment(REMIT_KAFKA_ENDPOINT=broker.address), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    until = time.monotonic() + 60
    while not (store / "usage" / "lock").exists():
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(2.5)
    process.send_signal(number)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert b"ending" in errors
    assert b"read        20" in out
    assert usage_of(store).totals().normalised == 20


def test_it_ends_after_the_time_that_is_given(remit, broker, tmp_path):
    began = time.monotonic()
    store = ("--store", str(tmp_path / "store"))
    done = remit("logs", "follow", *HUB, "--for", "1s", *store, REMIT_KAFKA_ENDPOINT=broker.address)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 30


def test_a_workspace_is_read_under_faults_and_again_without_counting_twice(remit, tmp_path):
    store = ("--store", str(tmp_path / "store"))
    with Simulator(small_tenant(), seed=11) as sim:
        for number in range(40):
            with sim.edit() as tenant:
                tenant.logs.add_rows(WORKSPACE, "AzureActivity", [table_row(number)], tenant.clock.now())
            sim.advance(minutes=1)
        sim.advance(minutes=2)
        for name, value in (("throttle", "0.03:1-1"), ("small-pages", "15"), ("cut", "0.03")):
            sim.apply(SetFault(name=name, value=value))
        follow = ("logs", "follow", "--workspace", WORKSPACE.upper(), "--once", "--json", *store)
        first = remit(*follow, **sim.env())
        assert first.returncode == 0, first.stderr
        said = json.loads(first.stdout)
        assert (said["normalised"], said["set_aside"]) == (40, 0)
        again = json.loads(remit(*follow, **sim.env()).stdout)
    assert (again["normalised"], again["read"]) == (0, again["duplicates"])
    assert usage_of(tmp_path / "store").totals().normalised == 40


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 64),
        ((*HUB, "--workspace", WORKSPACE), 64),
        (("--event-hub", "telemetry"), 64),
        (("--workspace", "law"), 64),
        ((*HUB, "--for", "soon"), 64),
    ],
)
def test_what_cannot_be_followed_is_told_in_a_line(arguments, code, capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["logs", "follow", *arguments]) == code
    assert capfd.readouterr().err.startswith("remit: ")


def test_a_secret_in_the_environment_is_in_no_output(remit, tmp_path):
    connection = "Endpoint=sb://other.servicebus.windows.net/;SharedAccessKeyName=l;SharedAccessKey=canary"
    store = ("--store", str(tmp_path / "store"))
    done = remit("logs", "follow", *HUB, *store, "--json", REMIT_EVENT_HUB_CONNECTION=connection)
    assert done.returncode == 78
    assert b"canary" not in done.stdout + done.stderr
