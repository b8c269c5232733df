"""Files that an answer is written into: looked at before any work is done, so that a slip costs no time.

check_pictures(svg, html)
"""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from remit.model.errors import InputError, UnavailableError


def check_places(*files: Path | None) -> None:
    """Look whether files can stand where they are named.

    Raises:
        UnavailableError: a folder is missing or is none, or a file is a folder; names it as it was written.
    """
    for file in files:
        if file is None:
            continue
        folder = file.parent
        if file.is_dir():
            raise UnavailableError(f"`{file}` is a folder", hint="name a file in it")
        if not folder.exists():
            said = f"there is no folder `{folder}` to write `{file.name}` into"
            raise UnavailableError(said, hint=f"make it with `mkdir -p {quote(str(folder))}`, or name a file elsewhere")
        if not folder.is_dir():
            raise UnavailableError(f"`{folder}` is no folder", hint="name a file in a folder that exists")


def check_pictures(svg: Path | None, html: Path | None) -> None:
    """Look whether pictures can be drawn into files.

    Raises:
        InputError: both files are one.
        UnavailableError: as with `check_places`.
    """
    if svg is not None and svg == html:
        raise InputError("--svg and --html name one file", hint="give each a file of its own")
    check_places(svg, html)
