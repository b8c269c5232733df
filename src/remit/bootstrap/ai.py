"""The rules about AI workloads, from the file of the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from remit.graph.reviews.ai_rules import AiRules, read_ai_rules


@cache
def ai_rules() -> AiRules:
    """Read `graph/reviews/ai.toml`.

    Raises:
        InvariantError: the file says what no rule may say.
    """
    return read_ai_rules(files("remit.graph").joinpath("reviews", "ai.toml").read_text("utf-8"))
