"""The PATHs of the commands that read logs."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from remit.model.errors import InputError

LogPath = Annotated[
    str,
    # `-` is standard input; what else begins with a hyphen, `checked` finds out.
    Parameter(
        name="PATH",
        help="Files, folders, patterns, URLs of blob containers or Event Hubs, - for standard input.",
        allow_leading_hyphen=True,
    ),
]


def checked(paths: tuple[str, ...], command: str) -> tuple[str, ...]:
    """Return the paths.

    Raises:
        InputError: there is none, or one is a misspelt option.
    """
    hint = f"see remit logs {command} --help"
    if not paths:
        raise InputError("PATH is missing", hint=hint)
    for path in paths:
        if path.startswith("-") and path != "-":
            raise InputError(f"unknown option: {path}", hint=hint)
    return paths
