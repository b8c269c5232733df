"""The URL of a container of blobs.

Rules kept here:

- `https://ACCOUNT.blob.SUFFIX/CONTAINER[/PREFIX]`; with any other host the account stands before the container, as with
  Azurite and the simulator.
- What stands behind a question mark is a shared access signature. It is kept apart and is in no name.

    >>> container_of("https://logs.blob.core.windows.net/insights-activity-logs/resourceId=?sv=1&sig=x").name
    'https://logs.blob.core.windows.net/insights-activity-logs/resourceId='
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from remit.model.errors import InputError

_AZURE_HOST = re.compile(r"[a-z0-9]{3,24}(?:-secondary)?\.(?:z\d+\.)?blob\.[a-z0-9.-]+")
_CONTAINER = re.compile(r"\$?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_USER = re.compile(r"//[^/]*@")
_HINT = "write https://ACCOUNT.blob.core.windows.net/CONTAINER, and a prefix behind it if you like"


@dataclass(frozen=True, slots=True)
class Container:
    """A container, and the beginning of the names of those blobs that are meant.

    Attributes:
        account: its URL, without a slash at the end.
        container: its name.
        prefix: "" for all blobs.
        signature: shared access signature, without the question mark, "" for none.
    """

    account: str
    container: str
    prefix: str = ""
    signature: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """Return the URL without the signature."""
        return self.of(self.prefix)

    def of(self, blob: str) -> str:
        """Return the URL of a blob, without the signature."""
        return f"{self.account}/{self.container}/{quote(blob, safe='/=~()!,;')}".rstrip("/")


def container_of(url: str) -> Container:
    """Return the container that a URL names.

    Raises:
        InputError: it names none; what stands behind its question mark is not repeated.
    """
    shown = _USER.sub("//", url.partition("?")[0])
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise InputError(f"`{shown}` is no address", hint=_HINT) from error
    if parts.scheme.lower() != "https" or not parts.hostname or "@" in parts.netloc:
        raise InputError(f"`{shown}` is no container of blobs: it has to begin with https://", hint=_HINT)
    segments = unquote(parts.path).lstrip("/").split("/")
    account = f"https://{parts.netloc.lower()}"
    if not _AZURE_HOST.fullmatch(parts.hostname):
        account, segments = f"{account}/{segments[0]}", segments[1:]
    if not segments or not _CONTAINER.fullmatch(segments[0]):
        raise InputError(f"`{shown}` names no container", hint=_HINT)
    return Container(account, segments[0], "/".join(segments[1:]), parts.query)
