"""`remit logs normalise`: what records say, without storing anything."""

from __future__ import annotations

from remit.cli.logs_paths import LogPath, checked
from remit.cli.options import JsonFlag
from remit.cli.output import write_json


def normalise(
    *paths: LogPath,
    json: JsonFlag = False,
) -> int:
    """Show what records say."""
    from remit.bootstrap.logs import show_paths
    from remit.cli.logs_showing import show_record
    from remit.wire.v1.logs import record_document

    for one in show_paths(checked(paths, "normalise")):
        if json:
            write_json(record_document(one.name, one.line, one.status, one.reason, one.operations))
        else:
            show_record(one)
    return 0
