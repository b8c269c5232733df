"""The same questions asked of Remit and of what it is measured against, in one process, one after the other.

Each rival answers for a limited time, in pieces, and its answers are compared with Remit's wherever its model can say
them (see `alternatives`). A single disagreement fails the row.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.alternatives.casbin_rbac import CasbinByScope, CasbinPlain
from benchmarks.alternatives.cedar_policies import CedarPolicies
from benchmarks.alternatives.literal_loop import LiteralLoop
from benchmarks.alternatives.plain import read_plain
from benchmarks.asking import open_tenant, to_question
from benchmarks.places import Work
from benchmarks.questions import Ask
from remit.engine.batch import OUTCOMES, encode, outcome_codes
from remit.reference.decide import Reference
from remit.reference.export import Export

LIMIT_S = 10.0
_Answers = list[str | None]


class DisagreementError(Exception):
    """A rival answered otherwise than Remit where both could answer: the comparison is worth nothing."""


def compare(work: Work, size: str) -> Mapping[str, float]:
    """Return questions per second of everybody, and the ratios."""
    plain = read_plain(work.export(size))
    asked = [ask for ask in work.questions(size) if ask.principal in plain.groups]
    tenant = open_tenant(work, size)
    questions = [to_question(ask) for ask in asked]
    coded = encode(tenant.index, questions)
    outcome_codes(tenant.index, coded, at=tenant.at, compiled=True)
    began = time.perf_counter()
    codes = outcome_codes(tenant.index, coded, at=tenant.at, compiled=True)
    figures = {"remit_batch_per_s": len(asked) / (time.perf_counter() - began), "questions": float(len(asked))}
    truth = [OUTCOMES[code].value for code in codes.tolist()]

    def can(part: Sequence[Ask]) -> _Answers:
        return [tenant.can(to_question(ask)).outcome.value for ask in part]

    can(asked[:1_000])
    figures["remit_can_per_s"] = _race("remit_can", can, asked, truth, truth, figures)
    loop = LiteralLoop(plain)
    beyond = loop.decide_all(asked[: 2 * int(LIMIT_S * 20_000)])
    sayable = [None if own is None else right for own, right in zip(beyond, truth, strict=False)]
    rivals: dict[str, Callable[[Sequence[Ask]], _Answers]] = {"literal_loop": lambda part: loop.decide_all(list(part))}
    for name, kind in (("casbin_by_scope", CasbinByScope), ("casbin_plain", CasbinPlain), ("cedar", CedarPolicies)):
        began = time.perf_counter()
        rival = kind(plain)
        figures[f"{name}_setup_s"] = time.perf_counter() - began
        rivals[name] = lambda part, rival=rival: rival.decide_all(list(part))  # type: ignore[misc] # bound at once
    for name, answer in rivals.items():
        figures[f"{name}_per_s"] = _race(name, answer, asked, truth, sayable, figures)
    reference = Reference(_raw(work.export(size)))
    figures["reference_per_s"] = _race(
        "reference",
        lambda part: [reference.decide(to_question(ask)).outcome.value for ask in part],
        asked,
        truth,
        truth,
        figures,
    )
    best = max(figures["literal_loop_per_s"], figures["casbin_by_scope_per_s"], figures["casbin_plain_per_s"])
    figures["ratio_batch"] = figures["remit_batch_per_s"] / best
    figures["ratio_can"] = figures["remit_can_per_s"] / best
    return figures


def _race(  # noqa: PLR0917 - one call for each rival, all alike
    name: str,
    answer: Callable[[Sequence[Ask]], _Answers],
    asked: Sequence[Ask],
    truth: Sequence[str],
    sayable: Sequence[str | None],
    figures: dict[str, float],
) -> float:
    """Let one answer for `LIMIT_S` at most; compare; return its questions per second."""
    place, spent, compared = 0, 0.0, 0
    while place < len(asked) and spent < LIMIT_S:
        part = asked[place : place + 50]
        began = time.perf_counter()
        said = answer(part)
        spent += time.perf_counter() - began
        for ask, own, right in zip(part, said, sayable[place : place + 50], strict=False):
            if own is not None and right is not None:
                compared += 1
                if own != right:
                    raise DisagreementError(f"{name} says {own}, Remit {right}: {ask}")
        place += len(part)
    if not compared or len(set(truth[:place])) == 1:
        raise DisagreementError(f"{name}: nothing was compared")
    figures[f"{name}_asked"], figures[f"{name}_compared"] = place, compared
    return place / spent


def _raw(folder: Path) -> Export:
    lists = {
        str(path.relative_to(folder).with_suffix("")): [json.loads(line) for line in path.read_bytes().splitlines()]
        for path in sorted(folder.rglob("*.jsonl"))
    }
    return Export(lists, json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
