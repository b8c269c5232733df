"""The rules of tiers, from the file of the package and one of somebody's own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from remit.bootstrap.edges import edge_catalogue
from remit.bootstrap.reviewing import text_of
from remit.graph.tiers import TierRules, read_tier_rules


def tier_rules(overrides: Path | None = None) -> TierRules:
    """Read `graph/tiers.toml`, and before it what somebody says otherwise.

    Raises:
        SettingsError: the file cannot be read, or is not what it should be.
    """
    catalogue = edge_catalogue()
    rules = read_tier_rules(files("remit.graph").joinpath("tiers.toml").read_text("utf-8"), catalogue)
    if overrides is None:
        return rules
    return read_tier_rules(text_of(overrides), catalogue, overrides.name).before(rules)
