"""`make test` tests what a user gets: the built wheel, not the source tree."""

from __future__ import annotations

import os
from importlib.metadata import distribution
from pathlib import Path

import pytest
from tests.docs.tree import ROOT, SOURCE

import remit

installed = pytest.mark.skipif(
    not os.environ.get("REMIT_TEST_WHEEL"), reason="runs on the sources; `make test` runs on the wheel"
)


@installed
def test_remit_is_imported_from_the_wheel() -> None:
    assert not Path(remit.__file__).is_relative_to(ROOT / "src")


@installed
def test_every_source_file_is_in_the_wheel_unchanged() -> None:
    package = Path(remit.__file__).parent
    sources = [path for path in SOURCE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sources
    different = [
        str(path.relative_to(SOURCE))
        for path in sources
        if not (package / path.relative_to(SOURCE)).is_file()
        or (package / path.relative_to(SOURCE)).read_bytes() != path.read_bytes()
    ]
    assert different == []


@installed
def test_the_wheel_holds_the_package_and_its_papers_only() -> None:
    files = {str(file) for file in distribution("remit").files or ()}
    outside = {file for file in files if not file.startswith(("remit/", "remit-")) and "bin/remit" not in file}
    assert outside == set()
    assert any(file.endswith("licenses/LICENSE") for file in files)
    assert "remit/py.typed" in files


@installed
def test_the_wheel_has_the_version_that_the_command_tells() -> None:
    assert distribution("remit").version == remit.__version__


def test_the_package_is_typed_and_licensed() -> None:
    assert (SOURCE / "py.typed").exists()
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
