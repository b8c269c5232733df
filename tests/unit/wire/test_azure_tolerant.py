"""What only the graph reads may have any shape; then it was not said."""

from __future__ import annotations

import inspect

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.wire.azure import graph_shapes as shapes
from remit.wire.azure.tolerant import Tolerant, decode_any

SHAPES = [
    shape
    for _, shape in inspect.getmembers(shapes, inspect.isclass)
    if issubclass(shape, msgspec.Struct) and shape.__module__ == shapes.__name__
]


def test_a_payload_that_fits_is_decoded_whole() -> None:
    said = Tolerant(shapes.User).decode(b'{"id": "ann", "userType": "Guest", "more": [1]}')
    assert said == shapes.User(id="ann", user_type="Guest")


def test_a_field_of_the_wrong_kind_costs_only_itself() -> None:
    said = Tolerant(shapes.User).decode(b'{"id": "ann", "userType": ["Guest"], "onPremisesSyncEnabled": true}')
    assert said == shapes.User(id="ann", on_premises_sync_enabled=True)


def test_an_element_of_the_wrong_kind_costs_only_itself() -> None:
    said = Tolerant(shapes.Application).decode(
        b'{"id": "a", "passwordCredentials": [7, {"endDateTime": "2027-01-01T00:00:00Z", "usage": 1}, null]}'
    )
    assert said.password_credentials == [shapes.Secret(end_date_time="2027-01-01T00:00:00Z")]


def test_an_entry_of_a_mapping_of_the_wrong_kind_costs_only_itself() -> None:
    said = Tolerant(shapes.GraphResource).decode(
        b'{"id": "/x", "identity": {"principalId": 1, "userAssignedIdentities": {"/a": 7, "/b": {}, "/c": null}}}'
    )
    assert said.identity == shapes.ResourceIdentity(
        user_assigned_identities={"/b": shapes.AttachedIdentity(), "/c": None}
    )


def test_an_object_of_the_wrong_kind_was_not_said_at_all() -> None:
    said = Tolerant(shapes.Application).decode(b'{"id": "a", "servicePrincipalLockConfiguration": "on"}')
    assert said.service_principal_lock_configuration is msgspec.UNSET


def test_null_is_told_from_absent_where_it_matters() -> None:
    said = Tolerant(shapes.Application).decode(b'{"id": "a", "servicePrincipalLockConfiguration": null}')
    assert said.service_principal_lock_configuration is None


def test_raw_fields_survive_the_misfit_of_another() -> None:
    said = Tolerant(shapes.GraphResource).decode(b'{"id": "/x", "kind": 3, "tags": {"env": "prod"}}')
    assert decode_any(said.tags) == {"env": "prod"}
    assert said.kind is None


@pytest.mark.parametrize("payload", [b"", b"[]", b"7", b'{"id": "a"', b"\xff", b"[" * 100_000])
def test_what_is_no_object_says_nothing(payload: bytes) -> None:
    assert Tolerant(shapes.User).decode(payload) == shapes.User()


NAMES = st.sampled_from(sorted({field.encode_name for shape in SHAPES for field in msgspec.structs.fields(shape)}))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "2026-01-01", "/"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(SHAPES), VALUES)
def test_any_json_gives_a_struct_of_the_declared_types(shape: type[msgspec.Struct], said: object) -> None:
    made = Tolerant(shape).decode(msgspec.json.encode(said))
    again = msgspec.json.decode(msgspec.json.encode(made), type=shape)
    assert msgspec.json.encode(again) == msgspec.json.encode(made)


@given(st.sampled_from(SHAPES), st.dictionaries(NAMES, VALUES, max_size=6))
def test_what_decodes_strictly_decodes_the_same_way_field_by_field(shape: type[msgspec.Struct], said: object) -> None:
    payload = msgspec.json.encode(said)
    try:
        whole = msgspec.json.decode(payload, type=shape)
    except msgspec.ValidationError:
        return
    assert msgspec.json.encode(Tolerant(shape)._fitting(payload)) == msgspec.json.encode(whole)
