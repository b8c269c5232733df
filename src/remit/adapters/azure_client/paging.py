"""A whole list as one async iterator over its pages, for those who read few of them and one after the other.

    async for page in pages(client_gets, "/v1.0/servicePrincipals?$top=999"):
        rows.extend(page["value"])

A collection does not read so: its driver has thousands of lists open at once and decides page by page (decision 20).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

Document = dict[str, Any]


async def pages(read: Callable[[str], Awaitable[Document | None]], place: str) -> AsyncIterator[Document | None]:
    """Yield the pages of a list, first to last.

    Args:
        read: gives the document of a place, None where it may not be read.
        place: of the first page; the others are where each page says.

    Raises:
        CollectionError: as `read` does.
    """
    following = place
    while following:
        page = await read(following)
        yield page
        said = page or {}
        following = said.get("@odata.nextLink") or said.get("nextLink") or ""
