"""One page of an answer, cut into its rows without decoding them.

Rules kept here:

- A row is the bytes that stand in the answer, without blanks around them; only line breaks and blanks between tokens go
  where a line break stands inside a row.
- JSON that ends too early is an answer that was cut off; other text that is no JSON, or JSON without a list, is an
  answer that nobody can read.

    >>> cut(b'{"value": [ {"id": "1"} ], "nextLink": "https://x/2"}', Asked("arm/locks")).rows
    [b'{"id": "1"}']
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from remit.adapters.azure_client.answers import Asked
from remit.model.errors import InterruptedAnswerError, PayloadError, UnexpectedAnswerError
from remit.wire.stream import split_elements

Decoded = TypeVar("Decoded")


@dataclass(frozen=True, slots=True)
class CutPage:
    """Rows of a page, and what stands beside them.

    Attributes:
        rows: one JSON object each.
        cursor: continuation, "" on the last page.
        delta: where a later change query goes on from, "" where the answer does not say.
        is_cut_short: Resource Graph left rows out without giving a continuation.
    """

    rows: list[bytes]
    cursor: str = ""
    delta: str = ""
    is_cut_short: bool = False


class _Document(msgspec.Struct):
    value: list[msgspec.Raw] | None = None
    data: list[msgspec.Raw] | None = None
    next_link: str | None = msgspec.field(default=None, name="nextLink")
    odata_next: str | None = msgspec.field(default=None, name="@odata.nextLink")
    delta: str | None = msgspec.field(default=None, name="@odata.deltaLink")
    skip_token: str | None = msgspec.field(default=None, name="$skipToken")
    truncated: str | bool | None = msgspec.field(default=None, name="resultTruncated")


_DOCUMENT = msgspec.json.Decoder(_Document)
_CONTEXT = re.compile(rb'\A\{\s*"@odata\.context"\s*:\s*"(?:[^"\\]|\\.)*"\s*,\s*')
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


def cut(body: bytes, asked: Asked) -> CutPage:
    """Cut a page of a list (`value`) or of a query (`data`).

    Raises:
        InterruptedAnswerError, UnexpectedAnswerError: it is no such page.
    """
    try:
        said = decoded(_DOCUMENT, body, asked)
        raws = said.value if said.value is not None else said.data
        rows = None if raws is None else [bytes(row) for row in raws]
    except UnexpectedAnswerError as error:
        # One text that is none in one row must not cost the whole page: whoever decodes the rows finds it.
        said, rows = _cut_unread(body, error)
    if rows is None:
        raise UnexpectedAnswerError(asked.what, "the answer holds no list")
    cursor = said.next_link or said.odata_next or said.skip_token or ""
    cut_short = str(said.truncated).lower() == "true" and not cursor
    return CutPage([one_line(row) for row in rows], cursor, said.delta or "", cut_short)


def _cut_unread(body: bytes, error: UnexpectedAnswerError) -> tuple[_Document, list[bytes]]:
    for member in ("value", "data") if body.lstrip()[:1] == b"{" else ():
        beside: dict[str, bytes] = {}
        try:
            rows = list(split_elements([body], file="", member=member, beside=beside))
            return _DOCUMENT.decode(b"{%b}" % b",".join(b'"%b":%b' % (k.encode(), v) for k, v in beside.items())), rows
        except (PayloadError, msgspec.MsgspecError, UnicodeDecodeError):
            continue
    raise error


def whole(body: bytes, asked: Asked) -> bytes:
    """Return an answer that is one row.

    Raises:
        InterruptedAnswerError, UnexpectedAnswerError: it is no JSON object.
    """
    decoded(_OBJECT, body, asked)
    return one_line(body.strip())


def without_context(row: bytes) -> bytes:
    """Return an object as its list gives it: Graph puts a context before the fields of one that is asked for alone.

    >>> without_context(b'{"@odata.context":"https://x/$metadata#users/$entity","id": "1"}')
    b'{"id": "1"}'
    """
    return _CONTEXT.sub(b"{", row, count=1)


def decoded(decoder: msgspec.json.Decoder[Decoded], body: bytes, asked: Asked) -> Decoded:
    """Decode an answer.

    Raises:
        InterruptedAnswerError, UnexpectedAnswerError: it is not what the decoder takes.
    """
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise UnexpectedAnswerError(asked.what, "the answer has another shape than documented") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if "truncated" in str(error):
            raise InterruptedAnswerError(asked.what, "the answer was cut off") from error
        raise UnexpectedAnswerError(asked.what, "the answer is no JSON") from error


def one_line(row: bytes) -> bytes:
    """Return a row without line breaks; inside texts JSON has none."""
    if b"\n" not in row and b"\r" not in row:
        return row
    try:
        return msgspec.json.format(row, indent=-1)
    except msgspec.DecodeError:
        return row.replace(b"\r", b" ").replace(b"\n", b" ")
