"""`make test` tests what a user gets: the built wheel, not the source tree."""

from __future__ import annotations

import os
from importlib.metadata import distribution
from pathlib import Path

import pytest
from tests.docs.tree import ROOT, SOURCE

import remit
import remit_sim

installed = pytest.mark.skipif(
    not os.environ.get("REMIT_TEST_WHEEL"), reason="runs on the sources; `make test` runs on the wheel"
)


@installed
@pytest.mark.parametrize("package", [remit, remit_sim])
def test_it_is_imported_from_the_wheel(package) -> None:
    assert not Path(package.__file__).is_relative_to(ROOT / "src")


@installed
@pytest.mark.parametrize("package", [remit, remit_sim])
def test_every_source_file_is_in_the_wheel_unchanged(package) -> None:
    there = Path(package.__file__).parent
    source = ROOT / "src" / package.__name__
    sources = [path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sources
    different = [
        str(path.relative_to(source))
        for path in sources
        if not (there / path.relative_to(source)).is_file()
        or (there / path.relative_to(source)).read_bytes() != path.read_bytes()
    ]
    assert different == []


@installed
def test_the_wheel_holds_the_package_and_its_papers_only() -> None:
    files = {str(file) for file in distribution("remit").files or ()}
    inside = ("remit/", "remit_sim/", "remit-")
    outside = {file for file in files if not file.startswith(inside) and "bin/remit" not in file}
    assert outside == set()
    assert any(file.endswith("licenses/LICENSE") for file in files)
    assert {"remit/py.typed", "remit_sim/py.typed"} <= files


@installed
def test_the_wheel_has_the_version_that_the_command_tells() -> None:
    assert distribution("remit").version == remit.__version__


def test_the_package_is_typed_and_licensed() -> None:
    assert (SOURCE / "py.typed").exists()
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
