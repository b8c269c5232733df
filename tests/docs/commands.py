"""The commands that the pages show, and those that exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from cyclopts import App
from tests.docs.tree import ROOT

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
SHELL = {"", "sh", "shell", "console", "bash"}


def lines_of_code(page: Path) -> Iterator[str]:
    """Shell lines of a page, continuations joined; inline code counts as a line of its own."""
    text = page.read_text(encoding="utf-8")
    for language, block in FENCE.findall(text):
        if language in SHELL:
            yield from (line.strip() for line in block.replace("\\\n", " ").splitlines())
    prose = FENCE.sub("", text)
    indented = [line.strip() for line in prose.splitlines() if line.startswith("    ")]
    yield from indented
    for code in INLINE.findall(prose):
        yield " ".join(code.split())


def shown(tool: str, page: Path) -> Iterator[list[str]]:
    """The arguments of every call of a tool on a page."""
    for line in lines_of_code(page):
        for part in re.split(r"\s(?:\||&&|\|\||;)\s", line):
            command = re.sub(r"^(?:\$ |[A-Z_]+=\S+ )*", "", part.strip())
            if command == tool or command.startswith(f"{tool} "):
                plain = re.sub(r"\.\.\.|…", "", re.sub(r"\s#\s.*$", "", command))
                try:
                    words = shlex.split(re.sub(r"\s[<>]\s*\S+", "", plain))
                except ValueError:
                    words = plain.split()
                yield [word.strip("[]") for word in words[1:] if word.strip("[]")]


def targets() -> set[str]:
    """What the Makefile offers by name."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE).group(1).split())


def subcommands(command: App) -> set[str]:
    return {name for name in command if not name.startswith("-")}


def options(command: App) -> set[str]:
    """The names of every option of a command, with those that all commands have."""
    names = {"--help", "-h", "--version", "-V"}
    if command.default_command is not None:
        for argument in command.assemble_argument_collection():
            names.update(argument.names)
    return names
