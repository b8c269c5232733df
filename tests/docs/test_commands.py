"""Every command that a page shows exists, with the options that it shows; and every command has its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.commands import options, shown, subcommands, targets
from tests.docs.tree import ROOT, documents

from remit.cli.commands import app

PAGES = [page for page in documents() if page.name != "CHANGELOG.md"]


def fault(words: list[str]) -> str | None:
    """What is wrong with one shown command, or None."""
    command = app
    for position, word in enumerate(words):
        if word.startswith("-") or not subcommands(command):
            break
        if word not in subcommands(command) and command.default_command is not None:
            break  # `remit usage PRINCIPAL`: what follows is an argument
        if word not in subcommands(command):
            return f"no command `{' '.join(words[: position + 1])}`"
        command = command[word]
    written = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    inner = {option for name in subcommands(command) for option in options(command[name])}
    unknown = written - options(command) - inner
    return f"`remit {' '.join(words)}`: no option {', '.join(sorted(unknown))}" if unknown else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_remit_command_on_the_page_exists(page: Path) -> None:
    assert [found for words in shown("remit", page) if (found := fault(words))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_on_the_page_exists(page: Path) -> None:
    named = {word for words in shown("make", page) for word in words if re.fullmatch(r"[a-z][a-z-]*", word)}
    assert named - targets() == set()


def test_the_readme_shows_every_command_and_every_target() -> None:
    readme = ROOT / "README.md"
    assert subcommands(app) - {words[0] for words in shown("remit", readme) if words} == set()
    assert (
        targets() - {"help", "bench-large", "lock"} - {word for words in shown("make", readme) for word in words}
        == set()
    )


def test_the_page_of_the_command_line_knows_every_command_and_every_option() -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    missing = []
    for name in subcommands(app):
        inner = [app[name][inner] for inner in subcommands(app[name])] or [app[name]]
        missing += [f"remit {name}"] if f"remit {name}" not in text else []
        wanted = {option for command in inner for option in options(command) if option.startswith("--")}
        missing += [f"remit {name} {option}" for option in sorted(wanted) if option not in text]
    assert missing == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (["can", "anna", "Microsoft.Sql/servers/read", "/"], False),
        (["snapshots", "--json"], False),
        (["catalog", "import", "FILE"], False),
        (["cannot", "anna"], True),
        (["catalog", "forget"], True),
        (["snapshots", "--loudly"], True),
    ],
)
def test_the_reading_of_commands_itself_tells_good_from_bad(line, wrong) -> None:
    assert (fault(line) is not None) == wrong
