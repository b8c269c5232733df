"""The random tenants that the reference and the engine are compared on: repeatable, and what Azure could send."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fuzz.comparing import Disagreement, compare_tenant
from tests.fuzz.reproduction import shrink, write_reproduction
from tests.strategies.choices import seeded
from tests.strategies.questions import question
from tests.strategies.tenants import seeded_tenant, tenant
from tests.strategies.vocabulary import AT

from remit.model.question import parse_action
from remit.model.scope import Scope
from remit.reference.export import Export


def test_a_seed_repeats_its_tenant_and_its_questions():
    for seed in range(20):
        first, second = seeded_tenant(seed), seeded_tenant(seed)
        assert first == second
        assert question(seeded(seed), first) == question(seeded(seed), second)


def test_tenants_are_json_and_their_scopes_are_scopes():
    for seed in range(50):
        made = seeded_tenant(seed)
        assert json.loads(json.dumps(made.export.lists)) == made.export.lists
        for scope in made.scopes:
            Scope.parse(scope)
        parse_action(question(seeded(seed), made).action.strip())


def test_some_tenants_lack_something_and_a_whole_one_does_not():
    lacking = [one for one in map(seeded_tenant, range(60)) if one.export.manifest.get("gaps")]
    assert 10 < len(lacking) < 50
    whole = [tenant(seeded(seed), whole=True).export for seed in range(30)]
    assert not any(export.manifest.get("gaps") for export in whole)
    assert len({len(export.lists) for export in whole}) == 1


def test_shrinking_keeps_only_what_shows():
    export = Export({"arm/locks": [{"id": 1}, {"id": 2}, {"id": 3}], "graph/users": [{"id": 4}]}, {"gaps": [{}, {}]})

    def shows(smaller: Export) -> bool:
        return {"id": smaller.lists["arm/locks"][0]["id"]} == {"id": 1}  # fails on an empty list: shows nothing

    assert shrink(export, shows) == Export({"arm/locks": [{"id": 1}], "graph/users": []}, {"gaps": []})
    assert len(export.lists["arm/locks"]) == 3


def test_a_disagreement_is_written_as_an_export_with_its_question(tmp_path: Path):
    made = seeded_tenant("written")
    asked = question(seeded("written"), made)
    found = Disagreement("written", "decide", asked, AT, "this", "that")
    folder = write_reproduction(found, tmp_path)
    told = json.loads((folder / "question.json").read_text(encoding="utf-8"))
    assert (told["principal"], told["scope"], told["engine"]) == (asked.principal_id, asked.scope.text, "that")
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["format"] == "azure-tenant-export/1"
    assert (folder / "arm" / "roleAssignments.jsonl").exists()


def test_a_comparison_counts_what_it_compared():
    tally = compare_tenant("counted", most=10)
    assert (tally.decisions, tally.batch, tally.lists) == (10, 10, 2)
