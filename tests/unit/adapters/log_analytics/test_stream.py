"""A workspace that is slow, throttles, fails, cuts answers off and lacks tables; the contract has the rest."""

import json
from contextlib import closing
from datetime import timedelta

import pytest
from tests.simulator.core.asking import NOW, small_tenant

from remit.adapters.clock import SystemClock
from remit.adapters.log_analytics.queries import TABLES, LogTable, Window, rows_of
from remit.adapters.log_analytics.stream import LogAnalyticsStream
from remit.bootstrap.connecting import Connection, connect
from remit.model.errors import CredentialError, ForbiddenError, InputError, InterruptedAnswerError
from remit_sim.control.verbs import ClearFaults, SetFault
from remit_sim.embedded import Simulator
from remit_sim.faults.settings import THROTTLE

WORKSPACE = "0f0e0d0c-0000-4000-8000-000000000001"
ONE = (LogTable("AzureActivity"),)


@pytest.fixture
def sim():
    with Simulator(small_tenant(), seed=3) as sim:
        yield sim


def put(sim, texts, *, table="AzureActivity", ago=timedelta(hours=1), **more):
    with sim.edit() as tenant:
        arrived = tenant.clock.now() - ago
        tenant.logs.add_rows(WORKSPACE, table, [{"Text": text, **more} for text in texts], arrived)


def stream_of(sim, *, tables=ONE, told=None, slept=None, once=True, workspace=WORKSPACE, environment=None, **more):
    connection = Connection(auth="secret", environment=environment or sim.env())
    return LogAnalyticsStream(
        workspace,
        lambda: connect(connection, SystemClock()),
        once=once,
        tables=tables,
        tell=(told if told is not None else []).append,
        sleep=(slept if slept is not None else []).append,
        **more,
    )


def texts_of(pieces) -> list[str]:
    bodies = [json.loads(piece.data)["tables"][0] for piece in pieces if piece is not None and piece.data]
    return [row[0] for body in bodies for row in body["rows"]]


def offsets_of(pieces) -> dict[str, str]:
    return {piece.part: piece.offset for piece in pieces if piece is not None}


def queries(sim) -> int:
    return sum(count for (api, _, _), count in sim.statistics.answers.items() if api == "logs")


def test_rows_are_asked_for_by_their_arrival_and_no_column_is_added():
    window = Window(NOW, NOW + timedelta(hours=1), 4, 3)
    assert rows_of(LogTable("T", 'Category in ("A")'), window) == (
        "T\n"
        "| where ingestion_time() >= datetime(2026-11-01T09:00:00.000000Z)\n"
        "| where ingestion_time() < datetime(2026-11-01T10:00:00.000000Z)\n"
        '| where Category in ("A")\n'
        "| where hash(tostring(pack_all()), 4) == 3\n"
        "| take 20001"
    )


def test_a_row_that_shows_late_is_still_read(sim):
    """It bears a time of arrival that lies before the offset."""
    put(sim, ["first"])
    pieces = list(stream_of(sim).resume({}))
    put(sim, ["late"], ago=timedelta(minutes=8))
    assert "late" in texts_of(stream_of(sim).resume(offsets_of(pieces)))


def test_rows_of_the_last_minutes_wait_for_the_next_round(sim):
    put(sim, ["fresh"], ago=timedelta(seconds=30))
    pieces = list(stream_of(sim).resume({}))
    assert texts_of(pieces) == []
    sim.advance(minutes=5)
    assert texts_of(stream_of(sim).resume(offsets_of(pieces))) == ["fresh"]


def test_only_the_first_time_it_reads_as_far_back_as_is_wished(sim):
    put(sim, ["old"], ago=timedelta(days=20))
    assert texts_of(stream_of(sim, first=timedelta(days=10)).resume({})) == []
    assert texts_of(stream_of(sim, first=timedelta(days=30)).resume({})) == ["old"]


def test_an_answer_that_is_cut_off_is_asked_for_in_smaller_windows(sim):
    written = []
    for minute in range(40):
        some = [f"{minute}-{number}" for number in range(5)]
        put(sim, some, ago=timedelta(hours=1, minutes=minute))
        written += some
    sim.apply(SetFault(name="small-pages", value="20"))
    assert sorted(texts_of(stream_of(sim).resume({}))) == sorted(written)


def test_rows_that_came_in_at_one_instant_are_dealt_out(sim):
    written = [f"{number}" for number in range(90)]
    put(sim, written)
    sim.apply(SetFault(name="small-pages", value="20"))
    pieces = list(stream_of(sim).resume({}))
    assert sorted(texts_of(pieces)) == sorted(written)
    before = [piece.offset for piece in pieces if piece is not None and piece.data]
    after = next(piece.offset for piece in pieces if piece is not None and piece.offset > max(before))
    assert after, "the offset is reached behind the last share only"


def test_throttling_failures_and_cut_connections_cost_only_time(sim):
    written = [f"{number}" for number in range(60)]
    for place, text in enumerate(written):
        put(sim, [text], ago=timedelta(hours=1 + place))
    for name, value in (("throttle", "0.3:1-3"), ("server-error", "0.2"), ("cut", "0.1"), ("expired-token", "0.1")):
        sim.apply(SetFault(name=name, value=value))
    told, slept = [], []
    stream = stream_of(sim, told=told, slept=slept, tables=(*ONE, LogTable("SigninLogs")))
    put(sim, ["x"], table="SigninLogs")
    assert set(texts_of(stream.resume({}))) == {*written, "x"}
    assert sum(slept) >= sim.statistics.retry_after_s > 0
    assert all(line.endswith(("; trying again", "answers again")) for line in told)


def test_being_throttled_waits_as_long_as_it_is_told(sim):
    put(sim, ["a"])
    sim.apply(SetFault(name=THROTTLE, value="1:7"))
    slept: list[float] = []
    with closing(stream_of(sim, slept=slept).resume({})) as pieces:
        while sum(slept) < 14:
            assert next(pieces) is None
        assert queries(sim) <= 3
        sim.apply(ClearFaults())
        assert "a" in texts_of(pieces)


def test_a_table_that_is_not_there_is_told_once_and_looked_for_again(sim):
    put(sim, ["a"])
    told = []
    tables = (*ONE, LogTable("SigninLogs"))
    with closing(stream_of(sim, told=told, once=False, tables=tables).resume({})) as pieces:
        found: list[str] = []
        for _ in range(4000):
            found += texts_of([next(pieces)])
        assert told == ["the workspace has no table SigninLogs"]
        put(sim, ["late table"], table="SigninLogs", ago=timedelta(0))
        sim.advance(hours=2)
        while "late table" not in found:
            found += texts_of([next(pieces)])
    assert "a" in found


def test_every_known_table_is_asked_for(sim):
    for table in TABLES:
        put(sim, [table.name], table=table.name, Category="AuditEvent")
    put(sim, ["other"], table="AzureDiagnostics", Category="ApplicationGatewayAccessLog")
    told = []
    assert sorted(texts_of(stream_of(sim, tables=TABLES, told=told).resume({}))) == sorted(one.name for one in TABLES)
    assert told == []


def test_one_table_that_may_not_be_read_is_told_of_and_all_of_them_end_it(sim):
    put(sim, ["a"])
    sim.apply(SetFault(name="forbid", value="/v1/workspaces/*"))
    with pytest.raises(ForbiddenError) as caught:
        list(stream_of(sim).resume({}))
    assert caught.value.hint() == "needs Log Analytics Reader on the workspace"


def test_a_workspace_that_is_not_there_ends_it(sim):
    with pytest.raises(InputError, match="no workspace"):
        list(stream_of(sim, workspace="0f0e0d0c-0000-4000-8000-00000000ffff").resume({}))


def test_a_wrong_secret_ends_it_and_is_not_repeated(sim):
    put(sim, ["a"])
    with pytest.raises(CredentialError) as caught:
        list(stream_of(sim, environment=sim.env() | {"AZURE_CLIENT_SECRET": "canary"}).resume({}))
    assert "canary" not in caught.value.message


def test_there_is_an_end_to_patience_until_somebody_answers(sim):
    slept: list[float] = []
    environment = sim.env() | {"REMIT_LOGS_ENDPOINT": "https://127.0.0.1:9"}
    with pytest.raises(InterruptedAnswerError):
        list(stream_of(sim, slept=slept, environment=environment).resume({}))
    assert 60 <= sum(slept) < 200


def test_empty_time_is_passed_in_few_queries(sim):
    put(sim, ["a"])
    list(stream_of(sim).resume({}))
    assert queries(sim) < 15


def test_the_lag_is_that_of_the_table_furthest_behind(sim):
    put(sim, ["a"])
    stream = stream_of(sim)
    assert stream.lag().seconds is None
    list(stream.resume({}))
    assert stream.lag().seconds == 120
