"""Where an Event Hub is reached, and what is signed in with; no message holds a secret."""

import sys

import pytest

from remit.adapters.event_hub.access import Access, Hub, checked, hub_of, security
from remit.adapters.event_hub.stream import EventHubStream
from remit.model.errors import InputError, RemitError, SettingsError

SUFFIX = "servicebus.windows.net"
KEY = "c2VjcmV0LWNhbmFyeQ=="
CONNECTION = f"Endpoint=sb://telemetry.{SUFFIX}/;SharedAccessKeyName=listen;SharedAccessKey={KEY}"
HUB = hub_of("telemetry/insights", suffix=SUFFIX)


@pytest.mark.parametrize(
    ("text", "host", "name"),
    [
        ("telemetry/insights-logs", "telemetry.servicebus.windows.net", "insights-logs"),
        ("Telemetry/Insights", "telemetry.servicebus.windows.net", "insights"),
        ("telemetry.servicebus.usgovcloudapi.net/a", "telemetry.servicebus.usgovcloudapi.net", "a"),
    ],
)
def test_a_hub_is_named_with_its_namespace(text, host, name):
    hub = hub_of(text, suffix=SUFFIX)
    assert (hub.host, hub.name, hub.bootstrap) == (host, name, f"{host}:9093")
    assert hub.token_scope == f"https://{host}/.default"
    assert not hub.is_here


@pytest.mark.parametrize("text", ["", "telemetry", "telemetry/", "/hub", "a b/hub", "ns/a/b", "ns/hub?x", "ns,b:1/hub"])
def test_what_is_no_hub_is_refused(text):
    with pytest.raises(InputError):
        hub_of(text, suffix=SUFFIX)


@pytest.mark.parametrize("endpoint", ["127.0.0.1", "https://127.0.0.1:1", "a,b:9", "host:port"])
def test_what_is_no_endpoint_is_refused(endpoint):
    with pytest.raises(SettingsError):
        hub_of("a/b", suffix=SUFFIX, endpoint=endpoint)


def test_a_namespace_is_spoken_to_with_tls_and_its_connection_string():
    said = security(HUB, Access(CONNECTION))
    assert said == {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "PLAIN",
        "sasl.username": "$ConnectionString",
        "sasl.password": CONNECTION,
    }


def test_or_with_tokens(tmp_path):
    said = security(HUB, Access(token=lambda: ("t", 1.0), ca_file=tmp_path))
    assert said == {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "OAUTHBEARER",
        "ssl.ca.location": str(tmp_path),
    }


@pytest.mark.parametrize(("endpoint", "protocol"), [("localhost:9092", "PLAINTEXT"), ("[::1]:1", "PLAINTEXT")])
def test_only_this_machine_is_spoken_to_without_tls(endpoint, protocol):
    assert security(hub_of("a/b", suffix=SUFFIX, endpoint=endpoint), Access()) == {"security.protocol": protocol}


@pytest.mark.parametrize("endpoint", ["kafka.example:9092", "127.0.0.1.example:9092", ""])
def test_nobody_else_is_spoken_to_without_a_credential(endpoint):
    with pytest.raises(SettingsError):
        security(hub_of("a/b", suffix=SUFFIX, endpoint=endpoint), Access())


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"Endpoint=sb://other.{SUFFIX}/;SharedAccessKeyName=l;SharedAccessKey={KEY}",
        f"{CONNECTION};EntityPath=other",
        f"Endpoint=sb://telemetry.{SUFFIX}/",
        f"Endpoint=https://telemetry.{SUFFIX}/;SharedAccessKey={KEY}",
    ],
)
def test_a_connection_string_that_is_none_or_anothers_is_refused_without_being_repeated(text):
    with pytest.raises(SettingsError) as caught:
        checked(text, HUB)
    assert KEY not in f"{caught.value.message} {caught.value.hint()}"


def test_a_connection_string_for_the_hub_itself_is_good():
    assert checked(f"  {CONNECTION};EntityPath=Insights ", HUB) == f"{CONNECTION};EntityPath=Insights"


def test_nothing_that_is_printed_holds_the_secret():
    access = Access(CONNECTION)
    stream = EventHubStream(HUB, access)
    assert KEY not in repr(access) + repr(stream.__dict__) + stream.name


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    with pytest.raises(RemitError) as caught:
        next(EventHubStream(HUB, Access(CONNECTION)).resume({}))
    assert caught.value.hint() == "pip install 'remit[kafka]'"


def test_a_hub_on_this_machine_keeps_its_name():
    assert Hub("ns.example", "h", "127.0.0.1:1").bootstrap == "127.0.0.1:1"
