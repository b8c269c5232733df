"""The script of the how-to makes an export that holds what was read, and gaps for what was not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.tree import ROOT

SCRIPT = ROOT / "docs" / "how-to" / "export_with_az.py"
TENANT, ONE, TWO = (f"{digit * 8}-0000-4000-8000-{digit * 12}" for digit in "abc")
ASSIGNMENT = {"id": f"/subscriptions/{ONE}/providers/Microsoft.Authorization/roleAssignments/{ONE}"}

# A stand-in for az: answers from a table of (end of the URL without its question mark, answer), fails on the rest.
AZ = """#!{python}
import json, sys
table = json.load(open({table!r}, encoding="utf-8"))
if sys.argv[1] != "rest":
    print({{"account": table["tenant"], "cloud": "AzureCloud"}}[sys.argv[1]])
    sys.exit()
url = sys.argv[sys.argv.index("--url") + 1]
page = table["pages"].get(url.partition("?api-version")[0].partition("?$")[0])
if page is None:
    sys.exit("ERROR: Forbidden(" + url.partition("?")[0] + ")")
json.dump(page, sys.stdout)
"""


@pytest.fixture
def collect(tmp_path: Path):
    def run(pages: dict[str, object]) -> Path:
        table = tmp_path / "table.json"
        table.write_text(json.dumps({"tenant": TENANT, "pages": pages}), encoding="utf-8")
        program = tmp_path / "bin" / "az"
        program.parent.mkdir()
        program.write_text(AZ.format(python=sys.executable, table=str(table)), encoding="utf-8")
        program.chmod(0o755)
        environment = os.environ | {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
        command = [sys.executable, SCRIPT, tmp_path / "export"]
        subprocess.run(command, check=True, env=environment, capture_output=True)  # noqa: S603 - our own script
        return tmp_path / "export"

    return run


def rows(export: Path, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (export / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def gaps(export: Path) -> set[tuple[str, str]]:
    manifest = json.loads((export / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["tenantId"] == TENANT
    return {(gap["api"], gap["scope"]) for gap in manifest["gaps"]}


ARM = "https://management.azure.com"
GRAPH = "https://graph.microsoft.com/v1.0"
HIERARCHY = {
    f"{ARM}/providers/Microsoft.Management/getEntities": {
        "value": [
            {"id": f"/providers/Microsoft.Management/managementGroups/{TENANT}", "name": TENANT},
            {"id": f"/subscriptions/{ONE}", "name": ONE},
            {"id": f"/subscriptions/{TWO}", "name": TWO},
        ]
    },
    f"{ARM}/subscriptions": {"value": [{"id": f"/subscriptions/{ONE}"}]},
}


def test_pages_are_followed_and_rows_that_come_twice_are_written_once(collect) -> None:
    first = f"{ARM}/subscriptions/{ONE}/providers/Microsoft.Authorization/roleAssignments"
    export = collect(
        HIERARCHY
        | {
            first: {"value": [ASSIGNMENT], "nextLink": f"{ARM}/second"},
            f"{ARM}/second": {"value": [ASSIGNMENT, {"id": "/other"}]},
        }
    )
    assert rows(export, "arm/roleAssignments") == [ASSIGNMENT, {"id": "/other"}]
    assert ("arm/roleAssignments", f"/subscriptions/{ONE}") not in gaps(export)


def test_a_subscription_that_only_the_hierarchy_shows_is_a_gap(collect) -> None:
    found = gaps(collect(HIERARCHY))
    assert ("arm/roleAssignments", f"/subscriptions/{TWO}") in found
    assert ("arm/denyAssignments", f"/subscriptions/{TWO}") in found


def test_members_of_groups_that_could_not_be_listed_are_a_gap(collect) -> None:
    assert ("graph/groupMembers", "/") in gaps(collect(HIERARCHY))


def test_members_are_written_as_pairs_and_an_unreadable_group_is_a_gap(collect) -> None:
    member = {"@odata.type": "#microsoft.graph.user", "id": TWO}
    export = collect(
        HIERARCHY
        | {
            f"{GRAPH}/groups": {"value": [{"id": ONE}, {"id": TWO}]},
            f"{GRAPH}/groups/{ONE}/members": {"value": [member]},
        }
    )
    assert rows(export, "graph/groupMembers") == [{"parentId": ONE, "member": member}]
    assert ("graph/groupMembers", "/") not in gaps(export)
    assert ("graph/groupMembers", f"/groups/{TWO}") in gaps(export)
