"""The declared kinds of edges, from the files of the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from remit.graph.kinds import EdgeCatalogue, read_catalogue


@cache
def edge_catalogue() -> EdgeCatalogue:
    """Read `graph/edges/*.toml`.

    Raises:
        InvariantError: a file says what no declaration may say.
    """
    folder = files("remit.graph").joinpath("edges")
    texts = {
        entry.name.removesuffix(".toml"): entry.read_text("utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }
    return read_catalogue(texts)
