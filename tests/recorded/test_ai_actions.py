"""Every action that the rules about AI workloads name is one that Azure has, on the plane that they say."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from remit.bootstrap.ai import ai_rules
from remit.model.question import Plane

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
OPERATIONS = DATA / "azure" / "provider-operations.json"


@pytest.mark.skipif(not OPERATIONS.exists(), reason="REMIT_TEST_DATA is not there")
def test_no_rule_names_an_action_that_is_not_there() -> None:
    said = json.loads(OPERATIONS.read_text("utf-8"))["providers"]
    lists = [(key, name.lower()) for one in said.values() for key, names in one.items() for name in names]
    names = {
        Plane.DATA: {name for key, name in lists if key.startswith("data")},
        Plane.CONTROL: {name for key, name in lists if not key.startswith("data")},
    }
    needs = [need for duty in ai_rules().duties for need in duty.needs]
    needs += [need for sort in ai_rules().sorts for need in sort.key_needs]
    assert [need for need in needs if need.action.lower() not in names[need.plane]] == []
