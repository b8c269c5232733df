"""The picture that the README shows, made from the sample tenant. Write it anew: `python -m tests.docs.pictures`."""

from __future__ import annotations

from pathlib import Path

from tests.docs.tree import ROOT
from tests.fakes.cutting import lists_of, opened

from remit.app.graphing.asking import find_paths
from remit.app.graphing.naming import Naming
from remit.bootstrap.reader import sample_tenant
from remit.cli.graph_pictures import draw_paths

PICTURE = ROOT / "docs" / "pictures" / "sample-path.svg"


def write_picture(file: Path) -> None:
    """Draw the path that the demonstration ends with."""
    escalation = opened(*lists_of(sample_tenant()))
    naming = Naming(escalation)
    answer = find_paths(escalation, naming.find("Omar Haddad"), naming.find("tier0"), most=1)
    draw_paths(escalation, answer, file, None)


if __name__ == "__main__":
    write_picture(PICTURE)
