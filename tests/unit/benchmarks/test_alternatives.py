"""What Remit is measured against gives the right answers, wherever its model can say them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from benchmarks.alternatives.literal_loop import LiteralLoop, pattern_expression
from benchmarks.alternatives.plain import PlainTenant, read_plain
from benchmarks.plan import Tenant, build_plan
from benchmarks.questions import Ask, questions, read_questions, write_questions
from benchmarks.sizes import SIZES
from benchmarks.tenant import write_tenant

from remit.model.question import Plane, Question
from remit.model.scope import Scope
from remit.reference.decide import Reference
from remit.reference.export import Export


@pytest.fixture(scope="module")
def tenant() -> Tenant:
    return build_plan(SIZES["XS"], seed=11)


@pytest.fixture(scope="module")
def folder(tenant: Tenant, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("alternatives") / "export"
    write_tenant(tenant, path)
    return path


@pytest.fixture(scope="module")
def plain(folder: Path) -> PlainTenant:
    return read_plain(folder)


@pytest.fixture(scope="module")
def asked(tenant: Tenant, plain: PlainTenant) -> list[Ask]:
    return [ask for ask in questions(tenant, 400) if ask.principal in plain.groups]


@pytest.fixture(scope="module")
def answers(plain: PlainTenant, asked: list[Ask]) -> list[str | None]:
    return LiteralLoop(plain).decide_all(asked)


def test_the_literal_loop_says_what_the_reference_says(
    folder: Path, asked: list[Ask], answers: list[str | None]
) -> None:
    lists = {
        str(path.relative_to(folder).with_suffix("")): list(map(json.loads, path.read_text("utf-8").splitlines()))
        for path in folder.rglob("*.jsonl")
    }
    reference = Reference(Export(lists, json.loads((folder / "manifest.json").read_text(encoding="utf-8"))))
    compared = [(ask, answer) for ask, answer in zip(asked, answers, strict=True) if answer is not None]
    assert {"allowed", "not_allowed", "denied"} == {answer for _, answer in compared}
    for ask, answer in compared:
        plane = Plane.DATA if ask.data else Plane.CONTROL
        question = Question(ask.principal, ask.action, plane, Scope.parse(ask.scope))
        assert reference.decide(question).outcome.value == answer, ask


def test_few_questions_are_beyond_the_literal_loop(answers: list[str | None]) -> None:
    assert 0 < answers.count(None) < len(answers) / 10


def test_casbin_says_what_the_literal_loop_says(
    plain: PlainTenant, asked: list[Ask], answers: list[str | None]
) -> None:
    pytest.importorskip("casbin")
    from benchmarks.alternatives.casbin_rbac import CasbinByScope, CasbinPlain  # noqa: PLC0415 - not always installed

    assert disagreements(asked, answers, CasbinByScope(plain).decide_all(asked)) == []
    assert disagreements(asked, answers, CasbinPlain(plain).decide_all(asked)) == []


def test_cedar_says_what_the_literal_loop_says(plain: PlainTenant, asked: list[Ask], answers: list[str | None]) -> None:
    pytest.importorskip("cedarpy")
    from benchmarks.alternatives.cedar_policies import CedarPolicies  # noqa: PLC0415 - not always installed

    said = CedarPolicies(plain).decide_all(asked)
    assert said.count(None) < len(said) / 20
    assert disagreements(asked, answers, said) == []


def disagreements(asked: list[Ask], left: list[str | None], right: list[str | None]) -> list[object]:
    return [
        (ask, one, other)
        for ask, one, other in zip(asked, left, right, strict=True)
        if one is not None and other is not None and one != other
    ]


def test_questions_read_back_as_they_were_written(tenant: Tenant, tmp_path: Path) -> None:
    write_questions(tenant, 50, tmp_path / "questions.jsonl")
    assert read_questions(tmp_path / "questions.jsonl") == questions(tenant, 50)


@pytest.mark.parametrize(
    ("pattern", "action", "matches"),
    [
        ("A/*/x", "A/x", True),
        ("A/*/x", "A/b/c/x", True),
        ("A/*/x", "A/bx", False),
        ("*/read", "A/b/read", True),
        ("*/read", "read", False),
        ("A/b/*", "A/bc/read", False),
        ("A.b/c", "AXb/c", False),
    ],
)
def test_a_pattern_becomes_the_expression_of_its_clause(pattern: str, action: str, matches: bool) -> None:
    assert bool(re.fullmatch(pattern_expression(pattern), action)) is matches
