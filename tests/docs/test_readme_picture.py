"""The README's picture is the one that Remit draws today, and the README shows it with what it says."""

from __future__ import annotations

from tests.docs.pictures import PICTURE, write_picture
from tests.docs.tree import ROOT


def test_the_picture_is_what_is_drawn_today(tmp_path) -> None:
    write_picture(tmp_path / "path.svg")
    assert PICTURE.read_text("utf-8") == (tmp_path / "path.svg").read_text("utf-8"), "run python -m tests.docs.pictures"


def test_the_readme_shows_it() -> None:
    assert f"]({PICTURE.relative_to(ROOT)})" in (ROOT / "README.md").read_text("utf-8")
