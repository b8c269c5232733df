"""An Event Hub that fails, forgets, moves and refuses; the contract has the rest."""

import time
from contextlib import closing

import pytest
from tests.fakes.kafka import Broker

from remit.adapters.event_hub.access import Access, hub_of
from remit.adapters.event_hub.stream import EventHubStream
from remit.model.errors import CredentialError, ForbiddenError, InputError, InterruptedAnswerError

CONNECTION = "Endpoint=sb://ns.example/;SharedAccessKeyName=l;SharedAccessKey=canary"
UNKNOWN_TOPIC, NOT_ALLOWED = 3, 29


@pytest.fixture(scope="module")
def broker():
    with Broker(2) as broker:
        yield broker


@pytest.fixture
def hub(broker, request):
    name = f"h{abs(hash(request.node.name))}"
    broker.make(name, 2)
    return name


def stream_of(broker, hub, access=None, **more):
    return EventHubStream(hub_of(f"ns/{hub}", suffix="example", endpoint=broker.address), access or Access(), **more)


def read(pieces, count: int, within_s: float = 20.0) -> list[bytes]:
    """The data of so many pieces of a stream that goes on."""
    found, until = [], time.monotonic() + within_s
    while len(found) < count:
        assert time.monotonic() < until
        piece = next(pieces)
        found += [piece.data] if piece else []
    return found


def test_brokers_that_are_down_for_a_while_cost_nothing_but_time(broker, hub):
    told = []
    with closing(stream_of(broker, hub, tell=told.append).resume({})) as pieces:
        broker.write(hub, [b"a", b"b"], 2)
        assert sorted(read(pieces, 2)) == [b"a", b"b"]
        for one in (1, 2):
            broker.down(one)
        while not told:
            next(pieces)
        for one in (1, 2):
            broker.up(one)
        broker.write(hub, [b"c", b"d"], 2)
        assert sorted(read(pieces, 2)) == [b"c", b"d"]
    assert told == [f"{broker.address} cannot be reached; trying again", f"{broker.address} is reached again"]


def test_partitions_that_another_broker_takes_over_go_on(broker, hub):
    with closing(stream_of(broker, hub).resume({})) as pieces:
        broker.write(hub, [b"a", b"b"], 2)
        read(pieces, 2)
        for partition in range(2):
            broker.move(hub, partition, 2)
        broker.write(hub, [b"c", b"d"], 2)
        assert sorted(read(pieces, 2)) == [b"c", b"d"]


def test_messages_that_are_gone_are_told_of_and_the_rest_is_read(broker, hub):
    broker.write_to(hub, 0, [b"%d" % number for number in range(6)])
    broker.delete(hub, 0, 4)
    told = []
    stream = stream_of(broker, hub, once=True, tell=told.append)
    assert [piece.data for piece in stream.resume({"0": "2"}) if piece] == [b"4", b"5"]
    assert len(told) == 1
    assert told[0].startswith("partition 0: offset 2 is not there any more")


def test_a_hub_that_was_made_anew_is_read_from_its_beginning(broker, hub):
    broker.write_to(hub, 1, [b"new"])
    stream = stream_of(broker, hub, once=True)
    assert [piece.data for piece in stream.resume({"1": "900"}) if piece] == [b"new"]


def test_a_message_without_a_body_moves_the_offset_on(broker, hub):
    broker.write_to(hub, 0, [None, b"a"])
    assert [(piece.data, piece.offset) for piece in stream_of(broker, hub, once=True).resume({}) if piece] == [
        (b"", "1"),
        (b"a", "2"),
    ]


def test_the_lag_counts_what_waits(broker, hub):
    stream = stream_of(broker, hub)
    assert stream.lag().messages is None
    broker.write_to(hub, 0, [b"%d" % number for number in range(50)])
    with closing(stream.resume({})) as pieces:
        read(pieces, 10)
        assert stream.lag().messages == 40
        read(pieces, 40)
        assert stream.lag().messages == 0
        assert stream.lag().seconds < 60


@pytest.mark.parametrize(("code", "error"), [(UNKNOWN_TOPIC, InputError), (NOT_ALLOWED, ForbiddenError)])
def test_a_hub_that_is_not_there_or_may_not_be_read_ends_it(broker, hub, code, error):
    broker.refuse(hub, code)
    with pytest.raises(error):
        list(stream_of(broker, hub).resume({}))


def test_a_credential_that_is_refused_ends_it_and_is_not_repeated(broker, hub):
    with pytest.raises(CredentialError) as caught:
        list(stream_of(broker, hub, Access(CONNECTION)).resume({}))
    assert "canary" not in f"{caught.value.message} {caught.value.hint()}"


def test_tokens_that_cannot_be_had_end_it_with_their_own_words(broker, hub):
    def none():
        raise CredentialError("no canary gave a token")

    with pytest.raises(CredentialError, match="canary"):
        list(stream_of(broker, hub, Access(token=none)).resume({}))


def test_tokens_that_cannot_be_had_later_end_it_before_the_first_answer(broker, hub):
    given = []

    def one():
        if given:
            raise CredentialError("the second is refused")
        given.append(1)
        return "e30.e30.x", time.time() + 3600

    with pytest.raises(CredentialError):
        list(stream_of(broker, hub, Access(token=one)).resume({}))


def test_there_is_an_end_to_patience_until_somebody_answers():
    hub = hub_of("ns/h", suffix="example", endpoint="127.0.0.1:9")
    told = []
    with pytest.raises(InterruptedAnswerError):
        list(EventHubStream(hub, Access(), patience_s=0.5, tell=told.append).resume({}))
    assert told == ["127.0.0.1:9 cannot be reached; trying again"]
