"""Names of Graph's permissions that an export may lack."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from remit.graph.known_permissions import known_permission, known_permissions

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[3].parent / "shared" / "data"))
PERMISSIONS = DATA / "azure" / "graph-permissions.json"


def test_a_known_permission_has_its_name() -> None:
    assert known_permission("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8") == "RoleManagement.ReadWrite.Directory"
    assert known_permission("00000000-0000-0000-0000-000000000000") is None


def test_ids_are_lower_case_and_names_stand_once() -> None:
    known = known_permissions()
    assert [one for one in known if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one)] == []
    assert len(set(known.values())) == len(known)


@pytest.mark.skipif(not PERMISSIONS.is_file(), reason="no test data")
def test_every_known_name_is_that_of_microsoft_graph() -> None:
    said = json.loads(PERMISSIONS.read_text(encoding="utf-8"))
    expected = {role["id"].lower(): role["value"] for role in said["appRoles"]}
    assert {one: expected.get(one) for one in known_permissions()} == dict(known_permissions())
