"""Decoding that lets a wrong shape pass as "not said", for fields that only the graph reads.

A payload that the import accepted has an id and is one JSON object; beyond that nothing is promised. One field of the
wrong kind must not cost the others, so a payload that does not fit as a whole is taken apart field by field.

>>> Tolerant(shapes.Lock).decode(b'{"id": "/x", "properties": 7}')  # doctest: +SKIP
"""

from __future__ import annotations

from functools import cache
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import inspect

Shape = TypeVar("Shape", bound=msgspec.Struct)

_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Tolerant(Generic[Shape]):
    """A decoder of one struct whose fields all have defaults."""

    def __init__(self, shape: type[Shape]) -> None:
        self._decode = msgspec.json.Decoder(shape).decode
        self._shape = shape

    def decode(self, payload: bytes | msgspec.Raw) -> Shape:
        """Return the struct; fields of the wrong shape have their defaults. Cost: of a plain decode where all fits."""
        try:
            return self._decode(payload)
        except _UNREADABLE:
            return self._fitting(payload)

    def _fitting(self, payload: bytes | msgspec.Raw) -> Shape:
        made: Shape = _struct(decode_any(payload), self._shape)
        return made


class _Misfit(Exception):  # noqa: N818 - never leaves this module
    """A value that has no place."""


def _struct(said: object, shape: type[Any]) -> Any:  # noqa: ANN401 - the struct that the caller names
    values = {}
    if isinstance(said, dict):
        for name, spelt, kind in _fields(shape):  # type: ignore[arg-type]  # a class is hashable
            if spelt in said:
                try:
                    values[name] = _value(said[spelt], kind)
                except _Misfit:
                    continue
    return shape(**values)


@cache
def _fields(shape: type[Any]) -> tuple[tuple[str, str, inspect.Type], ...]:
    """Return name, spelling in JSON and type of every field."""
    info = inspect.type_info(shape)
    assert isinstance(info, inspect.StructType)  # noqa: S101 - a struct was asked for
    return tuple((field.name, field.encode_name, field.type) for field in info.fields)


def _value(said: Any, kind: inspect.Type) -> Any:  # noqa: ANN401, C901, PLR0911 - any JSON in, any field out; a case a type
    match kind:
        case inspect.UnionType():
            for one in kind.types:
                try:
                    return _value(said, one)
                except _Misfit:
                    continue
        case inspect.StructType() if isinstance(said, dict):
            return _struct(said, kind.cls)
        case inspect.ListType() | inspect.VarTupleType() if isinstance(said, list):
            return [kept for one in said for kept in _kept(one, kind.item_type)]
        case inspect.DictType() if isinstance(said, dict):
            return {key: kept for key, one in said.items() for kept in _kept(one, kind.value_type)}
        case inspect.StrType() if isinstance(said, str):
            return said
        case inspect.BoolType() if isinstance(said, bool):
            return said
        case inspect.NoneType() if said is None:
            return None
        case inspect.RawType():
            return msgspec.Raw(msgspec.json.encode(said))
        case inspect.AnyType():
            return said
        case _:
            pass
    raise _Misfit


def _kept(said: object, kind: inspect.Type) -> list[Any]:
    try:
        return [_value(said, kind)]
    except _Misfit:
        return []


def decode_any(payload: bytes | msgspec.Raw) -> object:
    """Return what some JSON says; None where it cannot be read."""
    try:
        return msgspec.json.decode(payload)
    except _UNREADABLE:
        return None
