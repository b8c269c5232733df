"""Progress comes or not, as the machine is slow or fast; tests of other things look past it."""

from __future__ import annotations

import re

_STEPS = (
    r"reading|indexing and writing|making the snapshot|drawing|keeping|counting|following|comparing|applying"
    r"|writing edges|[\d,]+ (?:questions answered|rows of)|\w[\w ]*: [\d,]+ records,"
)
_LINE = re.compile(rf"^remit: (?:{_STEPS})(?!\w).*\n", re.MULTILINE)


def without_progress(stderr: str) -> str:
    """Return standard error without the lines that tell how far the work is."""
    return _LINE.sub("", stderr)
