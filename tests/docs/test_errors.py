"""`docs/errors.md` knows every error, its exit code and what to do about it."""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import walk_packages

from tests.docs.tree import ROOT

import remit
from remit.cli.paths import POSSIBLE
from remit.cli.running import BROKEN_PIPE, INTERRUPTED
from remit.model.errors import RemitError

PAGE = ROOT / "docs" / "errors.md"
ROW = re.compile(r"^\| `(\w+Error)` \| (\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def family(error: type[RemitError]) -> set[type[RemitError]]:
    """The class and everything derived from it in the code of Remit, wherever that stands."""
    members = {error}
    for child in error.__subclasses__():
        if child.__module__.startswith("remit."):
            members |= family(child)
    return members


for _module in walk_packages(remit.__path__, "remit."):
    if not _module.name.endswith("__main__"):
        import_module(_module.name)


def rows() -> dict[str, int]:
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(found) == len({name for name, *_ in found}), "an error stands twice"
    return {name: int(code) for name, code, *_ in found}


def test_every_error_is_in_the_table_with_its_exit_code() -> None:
    assert rows() == {error.__name__: error.exit_code for error in family(RemitError)}


def test_every_exit_code_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    explained = {int(code) for code in re.findall(r"^\| (\d+) \| [^|]+ \|$", text, re.MULTILINE)}
    assert {0, 1, 3, POSSIBLE, INTERRUPTED, BROKEN_PIPE} | {
        error.exit_code for error in family(RemitError)
    } == explained


def test_every_error_class_says_what_happened() -> None:
    assert [error.__name__ for error in family(RemitError) if not error.__doc__] == []
