"""Text and tables in the width there is, without blanks at the ends of lines; ids are never cut."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def paragraph(out: Console, text: str, *, indent: int = 0, first: str = "", style: str = "") -> None:
    """Write a paragraph.

    Args:
        out: where to.
        text: one or more sentences.
        indent: blanks before every line.
        first: what stands before the first line; the others are set in by as much.
        style: of the text.
    """
    from rich.text import Text

    lines = textwrap.wrap(
        text,
        width=max(out.width - 1, 40),
        initial_indent=" " * indent + first,
        subsequent_indent=" " * (indent + len(first)),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        # A long id is left to the terminal to fold: then it can still be copied whole.
        out.print(Text(line, style=style), soft_wrap=True)


def fields(out: Console, pairs: list[tuple[str, str]], *, indent: int = 2) -> None:
    """Write names and values in two columns; values are folded unless an id is in them."""
    from rich.text import Text

    width = max(len(name) for name, _ in pairs) + 2
    for name, value in pairs:
        room = max(out.width - 1 - indent - width, 20)
        lines = textwrap.wrap(value, room, break_on_hyphens=False) if "/" not in value else []
        for number, line in enumerate(lines or [value]):
            head = (name if not number else "").ljust(width)
            out.print(Text.assemble(" " * indent, (head, "dim"), line), soft_wrap=True)


def plain_table(*columns: tuple[str, int], right: tuple[str, ...] = ()) -> Table:
    """Return a table without lines.

    Args:
        columns: name, and 0 for one as wide as its longest cell, 1 for one that may be folded.
        right: columns of figures.
    """
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False)
    for name, may_fold in columns:
        table.add_column(
            name,
            overflow="fold",
            no_wrap=not may_fold,
            header_style="dim",
            justify="right" if name in right else "left",
        )
    return table


def show_table(out: Console, table: Table, *, indent: int = 2) -> None:
    """Write a table."""
    from rich.padding import Padding

    padded = Padding(table, (0, 0, 0, indent))
    if out.is_terminal:
        out.print(padded)
        return
    with out.capture() as captured:
        out.print(padded)
    for line in captured.get().splitlines():
        out.print(line.rstrip(), soft_wrap=True)
