"""How the texts of options are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit.cli.options import Which, read_at, read_attributes, read_plane
from remit.model.errors import InputError, InstantSyntaxError
from remit.model.question import Plane

KEY = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("logs", "logs"),
        ("", ""),
        ("12", 12),
        ('"12"', "12"),
        ("true", True),
        ("True", "True"),
        ('["a","b"]', ("a", "b")),
        ("NaN", "NaN"),
        ("null", "null"),
        ("a=b", "a=b"),
        ("[not json", "[not json"),
    ],
)
def test_a_value_is_json_where_it_reads_as_such_and_text_otherwise(value, expected) -> None:
    found = read_attributes([f"{KEY}={value}"])
    assert found == {KEY: expected}
    assert type(found[KEY]) is type(expected)


def test_a_tag_key_may_hold_the_sign_that_parts_key_and_value() -> None:
    key = "@Resource[a/blobs/tags:a=b<$key_case_sensitive$>]"
    assert read_attributes([f"{key}=1=2"]) == {key: "1=2"}


@pytest.mark.parametrize("pair", ["logs", KEY, "name=logs", f'{KEY}={{"a":1}}', "[=1"])
def test_what_is_no_attribute_is_wrong_usage(pair) -> None:
    with pytest.raises(InputError):
        read_attributes([pair])


def test_data_chooses_the_plane_and_at_the_instant() -> None:
    assert (read_plane(data=True), read_plane(data=False)) == (Plane.DATA, Plane.CONTROL)
    assert read_at(None) is None
    with pytest.raises(InstantSyntaxError):
        read_at("soon")


def test_a_tenant_and_a_snapshot_exclude_each_other() -> None:
    with pytest.raises(InputError, match="exclude each other"):
        Which(tenant=Path("a"), snapshot="b").open()


def test_an_attribute_given_twice_is_an_error() -> None:
    with pytest.raises(InputError, match="it stands twice"):
        read_attributes([f"{KEY}=logs", f"{KEY.upper().replace('RESOURCE', 'Resource')}=data"])
