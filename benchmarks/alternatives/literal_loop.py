"""The loop that a careful programmer writes first: walk all assignments, with compiled regular expressions (D2, M3a).

Cheap tests come first: a set look-up for the principal, another for the scope, patterns only then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchmarks.alternatives.plain import PlainBlock, PlainTenant
from benchmarks.questions import Ask


def pattern_expression(pattern: str) -> str:
    """Return the regular expression of one action pattern: `A/*/x` also matches `A/x` (M3a)."""
    inner = "/(?:.*/)?".join(".*".join(map(re.escape, piece.split("*"))) for piece in pattern.split("/*/"))
    return f"(?:{inner})"


def _compile(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    text = "|".join(map(pattern_expression, patterns))
    return re.compile(text, re.IGNORECASE | re.DOTALL) if patterns else None


@dataclass(frozen=True, slots=True)
class CompiledBlock:
    """A permission block whose patterns are regular expressions."""

    granted: tuple[re.Pattern[str] | None, ...]
    taken: tuple[re.Pattern[str] | None, ...]
    conditional: bool

    @classmethod
    def of(cls, block: PlainBlock) -> CompiledBlock:
        """Compile the patterns of each list into one expression."""
        granted = tuple(_compile(block.granted[plane]) for plane in (0, 1))
        taken = tuple(_compile(block.taken[plane]) for plane in (0, 1))
        return cls(granted, taken, block.conditional)

    def covers(self, action: str, plane: int) -> bool:
        """Tell whether the block covers the action: granted and not taken away (M6)."""
        granted, taken = self.granted[plane], self.taken[plane]
        if granted is None or not granted.fullmatch(action):
            return False
        return taken is None or not taken.fullmatch(action)


class LiteralLoop:
    """Answers by walking everything for each question."""

    def __init__(self, tenant: PlainTenant) -> None:
        self._tenant = tenant
        roles = {guid: tuple(map(CompiledBlock.of, blocks)) for guid, blocks in tenant.roles.items()}
        self._assignments = [(one.principal, one.scope, roles[one.role], one.conditional) for one in tenant.assignments]
        self._denies = [(one, tuple(map(CompiledBlock.of, one.blocks))) for one in tenant.denies]

    def decide(self, ask: Ask) -> str | None:
        """Return the outcome, or None when a condition would have to be evaluated to know."""
        mine = self._tenant.groups.get(ask.principal, frozenset((ask.principal,)))
        chain = set(self._tenant.chain(ask.scope))
        here = ask.scope.lower()
        action, plane = ask.action, int(ask.data)
        for deny, blocks in self._denies:
            if deny.scope not in chain or (deny.this_scope_only and deny.scope != here):
                continue
            if deny.principals is not None and mine.isdisjoint(deny.principals):
                continue
            if mine.isdisjoint(deny.spared) and any(block.covers(action, plane) for block in blocks):
                return "denied"
        maybe = False
        for principal, scope, blocks, conditional in self._assignments:
            if principal in mine and scope in chain:
                for block in blocks:
                    if block.covers(action, plane):
                        if not conditional and not block.conditional:
                            return "allowed"
                        maybe = True
        return None if maybe else "not_allowed"

    def decide_all(self, asked: list[Ask]) -> list[str | None]:
        """Answer several questions."""
        return [self.decide(ask) for ask in asked]
