"""Collect a tenant export with `az rest`: python3 export_with_az.py FOLDER. Needs Python 3.11 and a signed-in `az`.

Every list that Remit reads is asked for page by page and written as it comes, one object a line. What cannot be read
is noted as a gap in the manifest, so that no answer takes it for empty.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ARM = "https://management.azure.com"
GRAPH = "https://graph.microsoft.com/v1.0"
AUTHORIZATION = "providers/Microsoft.Authorization"
LIGHTHOUSE = "providers/Microsoft.ManagedServices"

OF_A_SUBSCRIPTION = (
    ("arm/roleDefinitions", f"{AUTHORIZATION}/roleDefinitions?api-version=2022-04-01"),
    ("arm/roleAssignments", f"{AUTHORIZATION}/roleAssignments?api-version=2022-04-01"),
    ("arm/denyAssignments", f"{AUTHORIZATION}/denyAssignments?api-version=2022-04-01"),
    ("arm/roleAssignmentScheduleInstances", f"{AUTHORIZATION}/roleAssignmentScheduleInstances?api-version=2020-10-01"),
    (
        "arm/roleEligibilityScheduleInstances",
        f"{AUTHORIZATION}/roleEligibilityScheduleInstances?api-version=2020-10-01",
    ),
    ("arm/locks", f"{AUTHORIZATION}/locks?api-version=2016-09-01"),
    ("arm/policyAssignments", f"{AUTHORIZATION}/policyAssignments?api-version=2022-06-01"),
    ("arm/resources", "resources?api-version=2021-04-01"),
    ("arm/resources", "resourcegroups?api-version=2021-04-01"),
    (
        "arm/registrationAssignments",
        f"{LIGHTHOUSE}/registrationAssignments?$expandRegistrationDefinition=true&api-version=2022-10-01",
    ),
)
OF_THE_DIRECTORY = (
    ("graph/users", "users?$select=id,displayName,userPrincipalName,userType,accountEnabled&$top=999"),
    ("graph/groups", "groups?$top=999"),
    ("graph/servicePrincipals", "servicePrincipals?$top=999"),
    ("graph/devices", "devices?$select=id,displayName&$top=999"),
)


class Export:
    """The folder in the making."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.gaps: list[dict[str, str]] = []
        self.seen: set[tuple[str, str]] = set()

    def collect(self, name: str, scope: str, url: str, method: str = "get") -> list[dict[str, Any]]:
        """Read a list to its end and write it; what cannot be read becomes a gap."""
        rows = []
        try:
            for row in pages(url, method):
                rows.append(row)
                self.write(name, row)
        except subprocess.CalledProcessError as error:
            self.gaps.append({"api": name, "scope": scope, "reason": " ".join(error.stderr.split())[:200]})
        self.write(name)
        return rows

    def write(self, name: str, *rows: dict[str, Any]) -> None:
        """Add rows to a list, each once: what stands above a subscription is listed with every one of them."""
        file = self.folder / f"{name}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as lines:
            for row in rows:
                line = json.dumps(row, ensure_ascii=False)
                if (name, line) not in self.seen:
                    self.seen.add((name, line))
                    lines.write(line + "\n")


def az(*arguments: str) -> str:
    """Run the Azure CLI and return what it prints."""
    program = shutil.which("az")
    if program is None:
        sys.exit("az is not installed")
    return subprocess.run(  # noqa: S603 - the user's own az, with arguments of ours
        [program, *arguments], check=True, capture_output=True, encoding="utf-8"
    ).stdout


def pages(url: str, method: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of every page."""
    following: str | None = url
    while following:
        page = json.loads(az("rest", "--method", method, "--url", following, "--output", "json"))
        yield from page["value"]
        following = page.get("nextLink") or page.get("@odata.nextLink")


def main(folder: Path) -> None:
    """Collect everything and write the manifest last."""
    if folder.exists():
        sys.exit(f"{folder} is already there; name a new folder")
    started = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    export = Export(folder)

    entities = export.collect(
        "arm/managementGroups", "/", f"{ARM}/providers/Microsoft.Management/getEntities?api-version=2020-05-01", "post"
    )
    listed = export.collect("arm/subscriptions", "/", f"{ARM}/subscriptions?api-version=2022-12-01")
    # A subscription that only the hierarchy shows cannot be read: asking for it anyway is what notes its gaps.
    subscriptions = {row["id"].lower(): row["id"] for row in [*entities, *listed] if is_subscription(row["id"])}
    for subscription in subscriptions.values():
        for name, rest in OF_A_SUBSCRIPTION:
            export.collect(name, subscription, f"{ARM}{subscription}/{rest}")

    directory = {name: export.collect(name, "/", f"{GRAPH}/{rest}") for name, rest in OF_THE_DIRECTORY}
    groups = [row["id"] for row in directory["graph/groups"]]
    if any(gap["api"] == "graph/groups" for gap in export.gaps):
        # Groups that nobody listed have members that nobody read.
        export.gaps.append({"api": "graph/groupMembers", "scope": "/", "reason": "graph/groups could not be read"})
    export.write("graph/groupMembers")
    for group in groups:
        try:
            for member in pages(f"{GRAPH}/groups/{group}/members?$select=id&$top=999", "get"):
                export.write("graph/groupMembers", {"parentId": group, "member": member})
        except subprocess.CalledProcessError as error:
            reason = " ".join(error.stderr.split())[:200]
            export.gaps.append({"api": "graph/groupMembers", "scope": f"/groups/{group}", "reason": reason})

    manifest = {
        "format": "azure-tenant-export/1",
        "tenantId": az("account", "show", "--query", "tenantId", "--output", "tsv").strip(),
        "collectedAt": started,
        "cloud": az("cloud", "show", "--query", "name", "--output", "tsv").strip(),
        "gaps": export.gaps,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{folder}: {len(subscriptions)} subscriptions, {len(groups)} groups, {len(export.gaps)} gaps\n")


def is_subscription(resource_id: str) -> bool:
    """Tell a subscription's id from that of a management group."""
    return resource_id.lower().startswith("/subscriptions/") and resource_id.count("/") == len("//")


if __name__ == "__main__":
    if len(sys.argv) != len(["program", "FOLDER"]):
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
