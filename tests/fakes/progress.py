"""Progress comes or not, as the machine is slow or fast; tests of other things look past it."""

from __future__ import annotations

import re

_STEPS = r"reading|indexing and writing|drawing|keeping|counting|following|comparing|applying|[\d,]+ questions answered"
_LINE = re.compile(rf"^remit: (?:{_STEPS})\b.*\n", re.MULTILINE)


def without_progress(stderr: str) -> str:
    """Return standard error without the lines that tell how far the work is."""
    return _LINE.sub("", stderr)
