"""The starter roles, and the file of the store that keeps what was imported."""

import pytest

from remit.adapters.catalogue import FolderCatalogue, starter_roles
from remit.model.errors import UnavailableError
from remit.model.role import PermissionBlock, RoleDefinition, RoleSource
from remit.ports.catalogue import STARTER

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CUSTOM = "00000000-0000-0000-0000-00000000c001"


def role(key, name="Imported", condition=None):
    blocks = (PermissionBlock(actions=("*/read",), condition=condition),)
    return RoleDefinition(key, name, False, blocks, RoleSource.CATALOGUE, ("/",))


def test_the_starter_holds_about_a_hundred_roles_in_order():
    roles = starter_roles()
    assert 100 <= len(roles) <= 130
    assert list(roles) == sorted(roles)
    assert all(key == found.key == key.lower() for key, found in roles.items())
    assert {found.source for found in roles.values()} == {RoleSource.CATALOGUE}
    assert not any(found.is_custom or found.invalid for found in roles.values())


def test_every_starter_role_has_a_name_and_grants_something():
    for found in starter_roles().values():
        assert found.name
        assert found.blocks
        assert any(block.actions or block.data_actions for block in found.blocks)
    names = [found.name for found in starter_roles().values()]
    assert len(names) == len(set(names))


def test_the_starter_holds_what_owner_and_contributor_are():
    assert starter_roles()[OWNER].blocks == (PermissionBlock(actions=("*",)),)
    contributor = starter_roles()["b24988ac-6180-42a0-ab88-20f7382dd24c"]
    assert "Microsoft.Authorization/*/Write" in contributor.blocks[0].not_actions


def test_conditions_in_role_definitions_are_kept():
    blocks = starter_roles()["8b54135c-b56d-4d72-a534-26097cfdc8d8"].blocks
    assert "Microsoft.Authorization/roleAssignments/write" in blocks[0].condition
    assert blocks[0].condition_version == "2.0"


def test_an_empty_store_holds_the_starter_alone(tmp_path):
    catalogue = FolderCatalogue(tmp_path / "catalogue")
    assert catalogue.roles() == starter_roles()
    assert catalogue.providers() == {}
    assert set(catalogue.origins().values()) == {STARTER}
    assert not (tmp_path / "catalogue").exists()


def test_what_is_kept_reads_back_over_the_starter(tmp_path):
    catalogue = FolderCatalogue(tmp_path / "catalogue")
    catalogue.keep("roles.json", [role(READER), role(CUSTOM, condition="@x")], {})
    catalogue.keep("ops.json", [], {"/providers/a": b'{"id":"/providers/A"}'})
    again = FolderCatalogue(tmp_path / "catalogue")
    assert again.roles()[READER] == role(READER)
    assert again.roles()[CUSTOM].blocks[0].condition == "@x"
    assert again.roles()[OWNER] == starter_roles()[OWNER]
    assert list(again.roles()) == sorted(again.roles())
    assert again.providers() == {"/providers/a": b'{"id":"/providers/A"}'}
    assert again.origins()[READER] == "roles.json"
    assert again.origins()["/providers/a"] == "ops.json"
    assert again.origins()[OWNER] == STARTER


def test_a_later_import_stands_in_place_of_an_earlier_one(tmp_path):
    catalogue = FolderCatalogue(tmp_path)
    catalogue.keep("one.json", [role(CUSTOM, "Before")], {"/p": b"1"})
    catalogue.keep("two.json", [role(CUSTOM, "After")], {"/p": b"2"})
    assert catalogue.roles()[CUSTOM].name == "After"
    assert catalogue.providers() == {"/p": b"2"}
    assert catalogue.origins()[CUSTOM] == "two.json"


def test_the_same_content_gives_the_same_file_and_leaves_nothing_beside_it(tmp_path):
    one, two = FolderCatalogue(tmp_path / "one"), FolderCatalogue(tmp_path / "two")
    one.keep("f", [role(CUSTOM), role(READER)], {"/b": b"1", "/a": b"2"})
    two.keep("f", [role(READER)], {"/a": b"2"})
    two.keep("f", [role(CUSTOM)], {"/b": b"1"})
    assert (tmp_path / "one" / "imported.jsonl").read_bytes() == (tmp_path / "two" / "imported.jsonl").read_bytes()
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["imported.jsonl"]


def test_a_damaged_file_is_a_store_error_with_advice(tmp_path):
    (tmp_path / "imported.jsonl").write_bytes(b'{"file": "x"')
    with pytest.raises(UnavailableError, match=r"the catalogue `imported\.jsonl` is damaged") as caught:
        FolderCatalogue(tmp_path).roles()
    assert caught.value.hint()


def test_a_folder_that_cannot_be_written_is_a_store_error_and_changes_nothing(tmp_path):
    catalogue = FolderCatalogue(tmp_path / "file" / "catalogue")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UnavailableError, match="the catalogue of the store cannot be"):
        catalogue.keep("f", [role(CUSTOM)], {})
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_failed_replacement_leaves_the_file_and_no_other(tmp_path, monkeypatch):
    catalogue = FolderCatalogue(tmp_path)
    catalogue.keep("f", [role(CUSTOM, "Before")], {})

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("remit.adapters.catalogue.folder.os.fsync", full)
    with pytest.raises(UnavailableError, match="cannot be written: No space left on device"):
        catalogue.keep("f", [role(CUSTOM, "After")], {})
    assert catalogue.roles()[CUSTOM].name == "Before"
    assert [path.name for path in tmp_path.iterdir()] == ["imported.jsonl"]
