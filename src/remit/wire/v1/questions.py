"""The lines that `remit ask` reads: one JSON object each, checked to the last field.

A field that looks like a misspelt one is an error, not a shrug: a misspelt `attributesComplete` would change answers.
Other fields are left alone, so that lines can carry notes of whoever wrote them.

>>> ask = decode_question(b'{"id":"1","principal":"ab","action":"A/read","scope":"/"}')
>>> ask.name, ask.principal, ask.plane.word
('1', 'ab', 'control')
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

from remit.engine.condition_tree import attribute_key
from remit.model.errors import InputError, QuestionError
from remit.model.interval import parse_instant
from remit.model.question import AttributeValue, Plane, parse_action
from remit.model.scope import Scope

_PLACE = re.compile(r"(?s)(.*?)(?: - at `(?:key in )?\$\.?(.*)`)?")
_ATTRIBUTE = re.compile(r"(?is)@(resource|request|principal|environment)\[.+\]")
_NAMED = re.compile(r"Object (missing required|contains unknown) field `(.*)`")
_WORDS = (
    (" | null`", "`"),
    ("`str`", "text"),
    ("`bool`", "true or false"),
    ("`int`", "a number"),
    ("`float`", "a number"),
    ("`array`", "a list"),
    ("`object`", "an object"),
    ("`null`", "null"),
    ("invalid enum value", "neither `control` nor `data`:"),
)

_Read = TypeVar("_Read")


class QuestionDocument(Struct, frozen=True, rename="camel"):
    """One line that `remit ask` reads; null says as much as leaving a field out."""

    id: str
    principal: str
    action: str
    scope: str
    plane: Literal["control", "data"] | None = None
    at: str | None = None
    attributes: dict[str, Any] | None = None
    attributes_complete: bool | None = None
    sub_operation: str | None = None


class _Strict(QuestionDocument, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The same without room for other fields: nearly every line, and told from the rest at no cost."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as a line asks it; `principal` is still whatever the asker wrote."""

    name: str
    principal: str
    action: str
    plane: Plane
    scope: Scope
    at: datetime | None
    attributes: Mapping[str, AttributeValue]
    attributes_complete: bool
    sub_operation: str | None


_DECODER = msgspec.json.Decoder(QuestionDocument)
_STRICT = msgspec.json.Decoder(_Strict)
_FIELDS = {field.encode_name.lower(): field.encode_name for field in msgspec.structs.fields(QuestionDocument)}
_ALIKE = 0.75
"""From this likeness on (0 to 1) a field is taken for a misspelt one."""


def decode_question(line: bytes) -> AskedQuestion:
    """Read one line.

    Raises:
        QuestionError: it is no JSON object, a field is missing, misspelt or of the wrong shape.
    """
    try:
        document = _document(line)
    except msgspec.ValidationError as error:
        field, why = _explained(str(error))
        raise QuestionError(field, why) from error
    except UnicodeDecodeError as error:
        raise QuestionError("", "not UTF-8") from error
    except (msgspec.DecodeError, RecursionError) as error:
        words = (
            str(error).replace("JSON is malformed", "not JSON").replace("Input data was truncated", "not JSON: cut off")
        )
        raise QuestionError("", _plain(words)) from error
    return AskedQuestion(
        document.id,
        _filled(document.principal, "principal"),
        _read("action", parse_action, document.action),
        Plane.DATA if document.plane == "data" else Plane.CONTROL,
        _read("scope", Scope.parse, document.scope),
        None if document.at is None else _read("at", parse_instant, document.at),
        attributes_of((document.attributes or {}).items()),
        document.attributes_complete or False,
        document.sub_operation,
    )


def _document(line: bytes) -> QuestionDocument:
    """Decode a line, and look at fields that are none of a question's only where there are any."""
    try:
        return _STRICT.decode(line)
    except msgspec.ValidationError:
        document = _DECODER.decode(line)
    for name in msgspec.json.decode(line, type=dict[str, msgspec.Raw]):
        if name not in _FIELDS.values():
            meant = get_close_matches(name.lower().replace("_", "").replace("-", ""), _FIELDS, n=1, cutoff=_ALIKE)
            if meant:
                raise QuestionError(name, f"no such field; is `{_FIELDS[meant[0]]}` meant?")
    return document


def attributes_of(pairs: Iterable[tuple[str, object]]) -> dict[str, AttributeValue]:
    """Return attributes as the engine takes them.

    Raises:
        QuestionError: an attribute stands twice, be it in other letter case (V13), or is none.
    """
    found: dict[str, AttributeValue] = {}
    seen: set[str] = set()
    for name, value in pairs:
        found[name] = attribute_value(name, value)
        key = attribute_key(name)
        if key in seen:
            raise QuestionError(f"attributes.{name}", "it stands twice", hint="several values of one are a list")
        seen.add(key)
    return found


def attribute_value(key: str, value: object) -> AttributeValue:
    """Return an attribute as the engine takes it: a text, number, truth value, or a list of them.

    Raises:
        QuestionError: the key is no `@Source[name]`, or the value is null, an object or a list of lists.
    """
    if not _ATTRIBUTE.fullmatch(key):
        # A source that nobody knows would never be looked up: the caller's attribute would count as not given.
        raise QuestionError(
            f"attributes.{key}",
            "not an attribute",
            hint="an attribute is written @Resource[...], @Request[...], @Principal[...] or @Environment[...]",
        )
    if isinstance(value, list):
        for one in value:
            if not isinstance(one, str | int | float | bool):
                raise QuestionError(f"attributes.{key}", "a list holds texts, numbers or truth values")
        return tuple(value)
    if isinstance(value, str | int | float | bool):
        return value
    raise QuestionError(
        f"attributes.{key}",
        "expected a text, number, truth value or list",
        hint="leave out an attribute that is not known; set attributesComplete when the call carries no others",
    )


def _read(field: str, reader: Callable[[str], _Read], text: str) -> _Read:
    try:
        return reader(text)
    except InputError as error:
        raise QuestionError(field, error.message, hint=error.hint()) from error


def _filled(text: str, field: str) -> str:
    if not text.strip():
        raise QuestionError(field, "it is empty")
    return text


def _explained(message: str) -> tuple[str, str]:
    """Turn the decoder's words into (field, why) in ours."""
    found = _PLACE.fullmatch(message)
    text, place = (found.group(1), found.group(2) or "") if found else (message, "")
    named = _NAMED.fullmatch(text)
    if named:
        missing, field = named.groups()
        place = f"{place}.{field}" if place else field
        return place, "it is missing" if missing.startswith("missing") else "no such field"
    words = text[:1].lower() + text[1:]
    for theirs, ours in _WORDS:
        words = words.replace(theirs, ours)
    return place, _plain(words)


def _plain(words: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in words[:300])
