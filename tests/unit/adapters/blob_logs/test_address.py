"""The URL of a container; what stands behind its question mark is in no text."""

import pytest

from remit.adapters.blob_logs.address import container_of
from remit.model.errors import InputError

AZURE = "https://logs.blob.core.windows.net"


@pytest.mark.parametrize(
    ("url", "account", "container", "prefix"),
    [
        (f"{AZURE}/insights-activity-logs", AZURE, "insights-activity-logs", ""),
        (f"{AZURE}/c-1/resourceId=/a/b", AZURE, "c-1", "resourceId=/a/b"),
        (f"{AZURE}/c-1/a%20b/", AZURE, "c-1", "a b/"),
        (f"{AZURE}/$logs/blob", AZURE, "$logs", "blob"),
        ("https://logs.z12.blob.storage.azure.net/c", "https://logs.z12.blob.storage.azure.net", "c", ""),
        ("https://127.0.0.1:10000/account/c/p", "https://127.0.0.1:10000/account", "c", "p"),
    ],
)
def test_a_container_is_named_by_its_url(url, account, container, prefix):
    found = container_of(f"{url}?sv=2024&sig=canary")
    assert (found.account, found.container, found.prefix) == (account, container, prefix)
    assert found.signature == "sv=2024&sig=canary"
    assert "canary" not in found.name + repr(found)


@pytest.mark.parametrize(
    "url",
    [
        "http://logs.blob.core.windows.net/c?sig=canary",
        "https://user:canary@logs.blob.core.windows.net/c",
        f"{AZURE}?sig=canary",
        f"{AZURE}/?sig=canary",
        f"{AZURE}/UPPER?sig=canary",
        "https://127.0.0.1:10000/account?sig=canary",
        "https://[::1/c?sig=canary",
        "ftp://x/y",
    ],
)
def test_what_is_no_container_is_refused(url):
    with pytest.raises(InputError) as caught:
        container_of(url)
    assert "canary" not in caught.value.message


def test_the_url_of_a_blob_can_be_opened_as_it_is_shown():
    assert container_of(f"{AZURE}/c").of("resourceId=/ü x/PT1H.json") == f"{AZURE}/c/resourceId=/%C3%BC%20x/PT1H.json"
