"""What a path of logs names: nothing below a folder is left out in silence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from remit.adapters.log_files.finding import find_files
from remit.model.errors import InputError


def names(found: object, folder: Path) -> list[str]:
    return [str(Path(unit.name).relative_to(folder)) for unit in found]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.json", "a [x]/ü *.json", "a [x]/.kept", ".git/c.json", "d/e/f.gz"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"{}\n")
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "round").symlink_to("..")
    return tmp_path


def test_a_folder_is_every_file_below_it_that_is_not_hidden(folder: Path):
    assert names(find_files(str(folder)), folder) == ["a [x]/ü *.json", "b.json", "d/e/f.gz"]


def test_a_folder_that_cannot_be_listed_is_a_unit_that_cannot_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch):
    closed, listed = folder / "d", os.scandir

    def scandir(path: str) -> object:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(closed))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert names(find_files(str(folder)), folder) == ["a [x]/ü *.json", "b.json", "d"]


def test_a_folder_without_a_file_and_a_pattern_that_nothing_fits_are_mistakes(tmp_path: Path):
    with pytest.raises(InputError, match="holds no file"):
        find_files(str(tmp_path))
    with pytest.raises(InputError, match="no file fits"):
        find_files(str(tmp_path / "*.json"))
