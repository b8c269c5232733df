"""`remit logs normalise`: what records say, without storing anything."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from remit.cli.options import JsonFlag
from remit.cli.output import write_json
from remit.model.errors import InputError

_PATHS = "Files, folders, patterns, or - for standard input."


def normalise(
    *paths: Annotated[str, Parameter(name="PATH", help=_PATHS, allow_leading_hyphen=True)],
    json: JsonFlag = False,
) -> int:
    """Show what records say."""
    from remit.bootstrap.logs import show_paths
    from remit.cli.logs_showing import show_record
    from remit.wire.v1.logs import record_document

    if not paths:
        raise InputError("PATH is missing", hint="see remit logs normalise --help")
    for one in show_paths(paths):
        if json:
            write_json(record_document(one.name, one.line, one.status, one.reason, one.operations))
        else:
            show_record(one)
    return 0
