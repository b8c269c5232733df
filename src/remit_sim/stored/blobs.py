"""Reading of blobs: lists of a container, and bytes of a blob, at `/{account}/{container}/...`.

The account stands in the path, as with other stand-ins for storage. A call of storage is known by its `x-ms-version`.

Whoever signs in may read, and so may whoever shows a shared access signature with the `sig` of the container:
`sig_of(account, container)`. Nothing is signed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from hashlib import blake2b
from xml.sax.saxutils import escape

from remit_sim.call import BLOB, Answer, Call, Refusal, Router
from remit_sim.kept_logs import Blob

MOST_BLOBS = 5_000
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def add_routes(router: Router) -> None:
    """Add the one call."""
    router.add(BLOB, "GET", "/{account}/{container}{blob*}", read)


def sig_of(account: str, container: str) -> str:
    """Return the signature that opens a container."""
    return blake2b(f"{account.lower()}/{container}".encode(), digest_size=16).hexdigest()


def read(call: Call) -> Answer:
    """Answer with a list of blobs, or with bytes of one.

    Raises:
        Refusal: there is no such container or blob, or the signature is another's.
    """
    account, container = call.arguments["account"], call.arguments["container"]
    if call.caller is None and call.query.get("sig") != sig_of(account, container):
        raise _refused(403, "AuthenticationFailed", "Server failed to authenticate the request.")
    blobs = call.tenant.logs.blobs(account, container)
    if blobs is None:
        raise _refused(404, "ContainerNotFound", "The specified container does not exist.")
    if call.query.get("comp") == "list":
        return _list(call, blobs)
    blob = blobs.get(call.arguments["blob"].removeprefix("/"))
    if blob is None:
        raise _refused(404, "BlobNotFound", "The specified blob does not exist.")
    return _bytes(call, blob)


def _list(call: Call, blobs: Mapping[str, Blob]) -> Answer:
    prefix, marker = call.query.get("prefix", ""), call.query.get("marker", "")
    most = call.page_rows(min(int(call.query.get("maxresults") or MOST_BLOBS), MOST_BLOBS))
    names = sorted(name for name in blobs if name.startswith(prefix) and name >= marker)
    rows = "".join(
        f"<Blob><Name>{escape(name)}</Name><Properties><Last-Modified>{_date(blobs[name].modified)}</Last-Modified>"
        f"<Etag>{escape(blobs[name].etag)}</Etag><Content-Length>{len(blobs[name].data)}</Content-Length>"
        f"<BlobType>AppendBlob</BlobType></Properties></Blob>"
        for name in names[:most]
    )
    following = escape(names[most]) if len(names) > most else ""
    text = (
        f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="{call.arguments["container"]}">'
        f"<Blobs>{rows}</Blobs><NextMarker>{following}</NextMarker></EnumerationResults>"
    )
    return Answer(200, text.encode(), {"Content-Type": "application/xml"})


def _bytes(call: Call, blob: Blob) -> Answer:
    if call.headers.get("if-match", blob.etag) != blob.etag:
        raise _refused(412, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")
    headers = {
        "Content-Type": "application/octet-stream",
        "ETag": blob.etag,
        "Last-Modified": _date(blob.modified),
        "x-ms-blob-type": "AppendBlob",
        "Accept-Ranges": "bytes",
    }
    found = _RANGE.fullmatch(call.headers.get("x-ms-range") or call.headers.get("range", ""))
    if not found:
        return Answer(200, blob.data, headers)
    first, whole = int(found[1]), len(blob.data)
    if first >= whole:
        raise _refused(416, "InvalidRange", "The range specified is invalid for the current size of the resource.")
    last = min(int(found[2] or whole), whole - 1)
    return Answer(206, blob.data[first : last + 1], headers | {"Content-Range": f"bytes {first}-{last}/{whole}"})


def _refused(status: int, code: str, message: str) -> Refusal:
    return Refusal(status, code, message, x_ms_error_code=code)


def _date(instant: datetime) -> str:
    return format_datetime(instant, usegmt=True)
