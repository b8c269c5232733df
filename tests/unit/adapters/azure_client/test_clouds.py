"""Clouds: their endpoints, and what may stand in their place."""

import json

import pytest

from remit.adapters.azure_client.clouds import CLOUDS, cloud_of, learned
from remit.model.errors import SettingsError, UnexpectedAnswerError

LOCAL = {"REMIT_ARM_ENDPOINT": "https://127.0.0.1:8443/", "AZURE_AUTHORITY_HOST": "localhost:8445"}


@pytest.mark.parametrize("name", [*CLOUDS, "azurecloud"])
def test_a_cloud_is_known_by_name_in_any_case(name):
    cloud = cloud_of(name)
    assert cloud.name.lower() == name.lower()
    assert cloud.is_known
    assert not cloud.own_authority
    assert cloud.arm_scope == f"{cloud.arm}/.default"


def test_no_two_clouds_share_an_endpoint():
    assert len({end for cloud in CLOUDS.values() for end in (cloud.arm, cloud.graph, cloud.authority)}) == 9


def test_every_cloud_has_its_own_log_analytics_and_event_hubs():
    assert len({cloud.logs for cloud in CLOUDS.values()} | {cloud.event_hubs for cloud in CLOUDS.values()}) == 6
    assert all(cloud.logs_scope == f"{cloud.logs}/.default" for cloud in CLOUDS.values())


def test_log_analytics_elsewhere_is_named_by_itself_or_learned():
    assert cloud_of(logs="https://LOGS.example").logs == "https://logs.example"
    assert cloud_of(environment={"REMIT_LOGS_ENDPOINT": "https://logs.example:444"}).logs == "https://logs.example:444"
    private = cloud_of(arm="https://arm.example")
    assert private.logs == ""
    document = {
        "authentication": {"loginEndpoint": "https://login.example", "audiences": []},
        "microsoftGraphResourceId": "https://graph.example/",
        "logAnalyticsResourceId": "https://logs.example/",
    }
    found = learned(private, json.dumps(document).encode())
    assert (found.logs, found.logs_scope) == ("https://logs.example", "https://logs.example/.default")


def test_an_argument_stands_before_the_environment():
    cloud = cloud_of(arm="https://arm.example", environment=LOCAL)
    assert cloud.arm == "https://arm.example"
    assert cloud.authority == "https://localhost:8445"
    assert cloud.own_authority


def test_resource_manager_elsewhere_keeps_no_endpoint_of_the_cloud():
    cloud = cloud_of(arm="https://arm.example")
    assert (cloud.graph, cloud.authority, cloud.is_known) == ("", "", False)


def test_graph_alone_can_be_elsewhere():
    cloud = cloud_of(graph="https://GRAPH.example:444")
    assert (cloud.graph, cloud.arm) == ("https://graph.example:444", CLOUDS["AzureCloud"].arm)


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:8443",
        "127.0.0.1:8443",
        "https://",
        "https://user:canary@arm.example",
        "https://arm.example/path",
        "https://arm.example?x=1",
        "https://arm.example:port",
        "https://arm.example\n",
    ],
)
def test_what_is_no_place_for_tokens_is_refused(text):
    with pytest.raises(SettingsError) as caught:
        cloud_of(arm=text)
    assert "canary" not in caught.value.message


def test_a_cloud_that_nobody_knows_is_refused():
    with pytest.raises(SettingsError, match="no cloud `Other`"):
        cloud_of("Other")


METADATA = {
    "name": "LocalCloud",
    "authentication": {"loginEndpoint": "https://login.example", "audiences": ["https://management.core.example/"]},
    "microsoftGraphResourceId": "https://graph.example/",
}


def test_resource_manager_tells_the_rest():
    cloud = learned(cloud_of(arm="https://arm.example"), json.dumps(METADATA).encode())
    assert cloud.graph == "https://graph.example"
    assert cloud.authority == "https://login.example"
    assert cloud.arm_scope == "https://management.core.example/.default"
    assert cloud.graph_scope == "https://graph.example/.default"
    assert cloud.own_authority
    assert cloud.is_known


def test_what_was_given_stays():
    given = cloud_of(arm="https://arm.example", graph="https://own.example")
    assert learned(given, json.dumps(METADATA).encode()).graph == "https://own.example"


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"\xff",
        json.dumps({**METADATA, "microsoftGraphResourceId": "http://graph.example"}).encode(),
        json.dumps({**METADATA, "authentication": {"loginEndpoint": "ftp://login.example"}}).encode(),
    ],
)
def test_metadata_that_leads_nowhere_safe_is_refused(document):
    with pytest.raises(UnexpectedAnswerError):
        learned(cloud_of(arm="https://arm.example"), document)
