"""A list read as one iterator over its pages, and what a key credential is known by."""

import asyncio

import pytest

from remit.adapters.azure_client.paging import pages
from remit.adapters.azure_client.thumbprints import thumbprint_of


def read_all(documents, place="/first"):
    asked = []

    async def read(where):
        asked.append(where)
        return documents[where]

    async def whole():
        return [page async for page in pages(read, place)]

    return asyncio.run(whole()), asked


def test_pages_come_in_order_whichever_name_their_links_have():
    documents = {
        "/first": {"value": [1], "@odata.nextLink": "/second"},
        "/second": {"value": [2], "nextLink": "/third"},
        "/third": {"value": [3], "nextLink": None},
    }
    found, asked = read_all(documents)
    assert [page["value"] for page in found] == [[1], [2], [3]]
    assert asked == ["/first", "/second", "/third"]


def test_a_page_that_may_not_be_read_ends_the_list():
    found, asked = read_all({"/first": {"value": [1], "nextLink": "/second"}, "/second": None})
    assert found[-1] is None
    assert asked == ["/first", "/second"]


@pytest.mark.parametrize(
    ("said", "thumbprint"),
    [
        ("abcdef" + "0" * 34, "ABCDEF" + "0" * 34),
        ("q83vAAAAAAAAAAAAAAAAAAAAAAA=", "ABCDEF" + "0" * 34),
        ("no base64!", ""),
        (None, ""),
    ],
)
def test_a_thumbprint_is_read_in_both_of_its_spellings(said, thumbprint):
    assert thumbprint_of({"customKeyIdentifier": said}) == thumbprint
