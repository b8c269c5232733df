"""`remit logs follow` that is killed over and over counts every record of an Event Hub once, and loses none."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading

from tests.e2e.follow_world import messages, records_in, told, usage_of
from tests.fakes.kafka import Broker

from remit.cli.running import run

PARTITIONS = 4
KILLS = int(os.environ.get("REMIT_TEST_KILLS", "18"))
"""`make test-usage` takes a hundred."""
LONGEST_LIFE_S = 1.2
HUB = "telemetry/insights"

# Processes are forked from one that has loaded everything: starting one anew would take longer than it lives.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        "confluent_kafka",
        "duckdb",
        "remit.adapters.event_hub.stream",
        "remit.adapters.sql_engine.duck",
        "remit.adapters.usage_store.folder",
        "remit.app.following.follower",
        "remit.bootstrap.following",
        "remit.bootstrap.logs",
        "remit.cli.logs_follow",
        "remit.cli.running",
    ]
)


def command(arguments: list[str], endpoint: str) -> None:
    """The command, in a process of its own."""
    os.environ["REMIT_KAFKA_ENDPOINT"] = endpoint
    os._exit(run(["logs", "follow", "--event-hub", HUB, "--no-progress", *arguments]))


def started(arguments: list[str], broker: Broker) -> multiprocessing.process.BaseProcess:
    process = PROCESSES.Process(target=command, args=(arguments, broker.address), daemon=True)
    process.start()
    return process


def test_kills_at_any_moment_lose_nothing_and_double_nothing(tmp_path):
    chance = random.Random(4)
    store, undisturbed = tmp_path / "store", tmp_path / "undisturbed"
    written = messages(50 * KILLS, seed=4)
    with Broker() as broker:
        broker.make("insights", PARTITIONS)
        done = threading.Event()

        def produce() -> None:
            for low in range(0, len(written), 30):
                broker.write("insights", written[low : low + 30], PARTITIONS)
                done.wait(0.6)

        producer = threading.Thread(target=produce)
        producer.start()
        kills = 0
        while kills < KILLS:
            manner = chance.choice((["--commit-every", "0s"], ["--commit-every", "1s"], ["--once"]))
            process = started(["--store", str(store), *manner], broker)
            process.join(chance.uniform(0.1, LONGEST_LIFE_S))
            if process.is_alive():
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
            process.join()
            assert process.exitcode in {0, -signal.SIGKILL}
        between = usage_of(store).totals()
        done.set()
        producer.join()
        for folder in (store, undisturbed):
            last = started(["--store", str(folder), "--once"], broker)
            last.join(60)
            assert last.exitcode == 0
    totals = usage_of(store).totals()
    assert 0 < between.read < totals.read, "kills came before or after all of the work"
    assert totals.read == records_in(written)
    assert totals.read == totals.normalised + totals.set_aside + totals.duplicates
    assert told(store) == told(undisturbed)
