"""What people and programs see: every command on the sample tenant, word for word.

A file holds the command line, standard output, standard error and the exit code. Output is 80 columns wide and without
colour, as it is wherever there is no terminal.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.progress import without_progress

from remit.bootstrap.reader import sample_logs, sample_tenant
from remit.cli.running import run

PROD = "/subscriptions/4223dfac-c856-5913-bed0-74c340f83303"
SHARED = "/subscriptions/29ac1453-48c4-5c17-a170-8bc31e9b3c7a"
DEV = "/subscriptions/4aa7961c-eb4b-5eb4-ab21-c161702f23f9"
APP, DATA = f"{PROD}/resourceGroups/rg-tracking-prod", f"{PROD}/resourceGroups/rg-data-prod"
VAULT = f"{APP}/providers/Microsoft.KeyVault/vaults/kv-tracking-prod"
OLD_VAULT = f"{DEV}/resourceGroups/rg-tracking-dev/providers/Microsoft.KeyVault/vaults/kv-tracking-dev"
DATABASE = f"{DATA}/providers/Microsoft.Sql/servers/sql-tracking-prod/databases/orders"
STORAGE = f"{DATA}/providers/Microsoft.Storage/storageAccounts/sthaldenprod"
CLUSTER = f"{APP}/providers/Microsoft.ContainerService/managedClusters/aks-tracking-prod"
REGISTRY = f"{SHARED}/resourceGroups/rg-registry/providers/Microsoft.ContainerRegistry/registries/crhalden"
READ_SECRET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"  # noqa: S105 - the name of an operation
READ_BLOB = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
DELETE = "Microsoft.Sql/servers/databases/delete"
ASSIGN = "Microsoft.Authorization/roleAssignments/write"
CONTAINER = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]"
ROLE_ASKED = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"
TYPE_ASKED = "@Request[Microsoft.Authorization/roleAssignments:PrincipalType]"
OWN = ("--tenant-id", "53546da3-ace1-5d7f-bdb1-10a471605ef8")
FEW = (*OWN, "--lists", "arm/locks,graph/users")
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    name: str
    arguments: tuple[str, ...]
    code: int = 0


CASES = [
    Case("help", ("--help",)),
    Case("help-import", ("import", "--help")),
    Case("help-can", ("can", "--help")),
    Case("help-who-can", ("who-can", "--help")),
    Case("help-what-can", ("what-can", "--help")),
    Case("help-ask", ("ask", "--help")),
    Case("help-snapshots", ("snapshots", "--help")),
    Case("help-demo", ("demo", "--help")),
    Case("help-catalog", ("catalog", "--help")),
    Case("help-catalog-import", ("catalog", "import", "--help")),
    Case("help-catalog-show", ("catalog", "show", "--help")),
    Case("help-catalog-role", ("catalog", "role", "--help")),
    Case("help-setup", ("setup", "--help")),
    Case("help-setup-azure", ("setup", "azure", "--help")),
    Case("help-doctor", ("doctor", "--help")),
    Case("help-doctor-azure", ("doctor", "azure", "--help")),
    Case("can-allowed-nested-groups", ("can", "Lena Fischer", READ_SECRET, VAULT, "--data")),
    Case(
        "can-allowed-explain", ("can", "lena.fischer@haldenfreight.example", READ_SECRET, VAULT, "--data", "--explain")
    ),
    Case("can-allowed-json", ("can", "Lena Fischer", READ_SECRET, VAULT, "--data", "--json")),
    Case("can-denied", ("can", "ci-release", DELETE, DATABASE), 1),
    Case("can-denied-explain", ("can", "ci-release", DELETE, DATABASE, "--explain"), 1),
    Case("can-denied-json", ("can", "ci-release", DELETE, DATABASE, "--json"), 1),
    Case("can-unknown-gap", ("can", "ci-release", "Microsoft.ContainerRegistry/registries/delete", REGISTRY), 3),
    Case("can-unknown-attribute", ("can", "Jonas Weber", READ_BLOB, STORAGE, "--data"), 3),
    Case(
        "can-attribute-given",
        ("can", "Jonas Weber", READ_BLOB, STORAGE, "--data", "--attr", f"{CONTAINER}=manifests-2026"),
    ),
    Case("can-attribute-absent", ("can", "Jonas Weber", READ_BLOB, STORAGE, "--data", "--attr-complete"), 1),
    Case(
        "can-condition-false-explain",
        ("can", "Jonas Weber", READ_BLOB, f"{STORAGE}/blobServices/default/containers/payroll", "--data", "--explain"),
        1,
    ),
    Case(
        "can-delegate",
        (
            *("can", "Maya Okonkwo", ASSIGN, f"{DEV}/resourceGroups/rg-tracking-dev"),
            *("--attr", f"{ROLE_ASKED}=acdd72a7-3385-48ef-bd42-f606fba81ae7"),
            *("--attr", f"{TYPE_ASKED}=ServicePrincipal"),
        ),
    ),
    Case("can-eligible", ("can", "Lena Fischer", "Microsoft.Compute/virtualMachines/restart/action", APP), 1),
    Case("can-activated", ("can", "Priya Raman", "Microsoft.Sql/servers/databases/write", DATABASE)),
    Case(
        "can-activated-over",
        ("can", "Priya Raman", "Microsoft.Sql/servers/databases/write", DATABASE, "--at", "2026-11-02T16:00:00Z"),
        1,
    ),
    Case(
        "can-vault-with-access-policies",
        ("can", "ci-release", READ_SECRET, OLD_VAULT, "--data", "--explain"),
        1,
    ),
    Case("can-not-allowed", ("can", "Ines Duarte", "Microsoft.Compute/virtualMachines/delete", APP), 1),
    Case(
        "can-cluster",
        (
            "can",
            "Maya Okonkwo",
            "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
            CLUSTER,
        ),
    ),
    Case("can-unlisted-id", ("can", "00000000-0000-4000-8000-000000000001", DELETE, DATABASE), 1),
    Case(
        "can-disabled-account",
        ("can", "Sam Becker", "Microsoft.Web/sites/read", f"{DEV}/resourceGroups/rg-tracking-dev"),
    ),
    Case("who-can", ("who-can", READ_SECRET, VAULT, "--data")),
    Case("who-can-eligible", ("who-can", DELETE, DATABASE, "--eligible")),
    Case("who-can-unknown", ("who-can", "Microsoft.ContainerRegistry/registries/delete", REGISTRY)),
    Case("who-can-json", ("who-can", DELETE, DATABASE, "--eligible", "--json")),
    Case("what-can", ("what-can", "ci-release")),
    Case("what-can-scope", ("what-can", "Priya Raman", "--scope", PROD)),
    Case("what-can-conditions", ("what-can", "cargo-assistant")),
    Case("what-can-nothing", ("what-can", "00000000-0000-4000-8000-000000000001")),
    Case(
        "what-can-tenant-not-told",
        (
            "what-can",
            "33333333-3333-4333-8333-333333333333",
            "--tenant",
            "AZ",
            "--store",
            "OTHER",
            "--at",
            "2026-11-02",
        ),
    ),
    Case("what-can-json", ("what-can", "Priya Raman", "--scope", DATA, "--json")),
    Case("ask", ("ask", "QUESTIONS")),
    Case("ask-bad-line", ("ask", "BAD"), 65),
    Case("ask-bad-line-json", ("ask", "BAD", "--json"), 65),
    Case("ask-nobody", ("ask", "NOBODY"), 65),
    Case("import", ("import", "SAMPLE")),
    Case("import-json", ("import", "SAMPLE", "--json")),
    Case("import-az", ("import", "AZ", "--store", "OTHER")),
    Case("import-hound", ("import", "HOUND", "--store", "OTHER")),
    Case("snapshots", ("snapshots",)),
    Case("snapshots-json", ("snapshots", "--json")),
    Case("catalog-role", ("catalog", "role", "contributor")),
    Case("catalog-role-json", ("catalog", "role", "acdd72a7-3385-48ef-bd42-f606fba81ae7", "--json")),
    Case("catalog-role-unknown", ("catalog", "role", "Wizard"), 64),
    Case("setup", ("setup", "azure", *OWN)),
    Case("setup-few", ("setup", "azure", *FEW, "--scope", "halden-prod", "--credential", "secret")),
    Case(
        "setup-all-types",
        ("setup", "azure", *OWN, "--lists", "arm/resources", "--resource-types", "all", "--cloud", "AzureUSGovernment"),
    ),
    Case(
        "setup-federated",
        (
            *("setup", "azure", *FEW, "--credential", "federated"),
            *("--federated-issuer", "https://token.actions.githubusercontent.com"),
            *("--federated-subject", "repo:halden/remit:ref:refs/heads/main"),
        ),
    ),
    Case(
        "setup-managed-identity",
        (
            *("setup", "azure", *FEW, "--identity", "managed-identity", "--location", "westeurope"),
            *("--subscription", PROD.rpartition("/")[2], "--resource-group", "rg-tracking-prod"),
        ),
    ),
    Case("setup-json", ("setup", "azure", *FEW, "--json")),
    Case("error-setup-name", ("setup", "azure", "--name", "../x"), 64),
    Case("error-setup-list", ("setup", "azure", "--lists", "arm/lock"), 64),
    Case("error-setup-federated", ("setup", "azure", "--credential", "federated"), 64),
    Case("error-setup-managed-identity", ("setup", "azure", "--identity", "managed-identity", "--json"), 64),
    Case("error-setup-both", ("setup", "azure", "--apply", "--remove"), 64),
    Case("error-ambiguous", ("can", "alex kim", DELETE, DATABASE), 64),
    Case("error-ambiguous-json", ("can", "alex kim", DELETE, DATABASE, "--json"), 64),
    Case("error-nobody", ("can", "Nobody Here", DELETE, DATABASE), 64),
    Case("error-scope", ("can", "ci-release", DELETE, "subscriptions/1"), 64),
    Case("error-action", ("who-can", "Microsoft.Sql/*", "/"), 64),
    Case("error-time", ("can", "ci-release", DELETE, DATABASE, "--at", "yesterday"), 64),
    Case("error-attribute", ("can", "ci-release", DELETE, DATABASE, "--attr", "logs"), 64),
    Case("error-option", ("can", "ci-release", DELETE, DATABASE, "--loudly"), 64),
    Case("error-argument", ("can", "ci-release", DELETE), 64),
    Case("error-argument-too-many", ("can", "ci-release", DELETE, DATABASE, "and", "more"), 64),
    Case("error-option-without-value", ("can", "ci-release", DELETE, DATABASE, "--at"), 64),
    Case("error-command", ("whocan", DELETE, DATABASE), 64),
    Case("error-snapshot", ("what-can", "ci-release", "--snapshot", "abcdef"), 64),
    Case("error-snapshot-json", ("what-can", "ci-release", "--snapshot", "abcdef", "--json"), 64),
    Case("error-tenant", ("what-can", "ci-release", "--tenant", "nowhere"), 65),
    Case("error-import", ("import", "nowhere", "--json"), 65),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("golden") / "store"
    assert run(["import", str(sample_tenant()), "--store", str(folder), "--json"]) == 0
    return folder


def plain(text: str) -> str:
    """Take away what differs from day to day: ids of snapshots, times of imports."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "SNAPSHOT-ID", text)
    text = re.sub(r"^(Snapshot )?[0-9a-f]{12}(?=  |$)", r"\1SNAPSHOT-ID ", text, flags=re.MULTILINE)
    text = re.sub(r"^(  from +snapshot )[0-9a-f]{12}\b", r"\1SNAPSHOT-ID", text, flags=re.MULTILINE)
    text = re.sub(r'"importedAt":"[^"]*"', '"importedAt":"TIME"', text)
    return re.sub(r"(2026-11-02 09:00  )\d{4}-\d\d-\d\d \d\d:\d\d", r"\1IMPORTED-AT     ", text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_command_writes_what_it_wrote(case, store, golden, capfd, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(HERE)
    files = {name.upper(): f"{name}.jsonl" for name in ("questions", "bad", "nobody")}
    files |= {
        "SAMPLE": str(sample_tenant()),
        "AZ": "az.json",
        "HOUND": "hound.json",
        "OTHER": str(store.parent / "other"),
    }
    arguments = [files.get(word, word) for word in case.arguments]
    needs_store = (
        "--store" not in arguments
        and not {"--help", "doctor"} & set(arguments)
        and case.name not in {"error-command", "error-option-without-value"}
    )
    code = run([*arguments, *(["--store", str(store)] if needs_store else [])])
    out, err = capfd.readouterr()
    shown = shlex.join(["remit", *case.arguments])
    golden(
        f"cli/{case.name}.txt", f"$ {shown}\n{plain(out)}--- stderr\n{plain(without_progress(err))}--- exit {code}\n"
    )
    assert code == case.code
    if not out.startswith("{"):
        assert [line for line in out.splitlines() if len(line) > 80 and not holds_an_id(line)] == []


def holds_an_id(line: str) -> bool:
    """Ids and names of operations are never cut, so a line with one may be wider than the rest."""
    return max(map(len, line.split())) > 40


def test_the_demo_shows_what_it_showed(golden, capfd, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["demo"]) == 0
    out, err = capfd.readouterr()
    # Where the package lies decides whether the path of the logs fits on the line.
    out = out.replace(str(sample_logs()), "SAMPLE-LOGS").replace(" \\\n    SAMPLE-LOGS", " SAMPLE-LOGS")
    golden("cli/demo.txt", plain(out.replace(str(sample_tenant()), "SAMPLE")))
    assert without_progress(err) == ""


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {path.stem for path in (HERE / "cli").glob("*.txt")} == {case.name for case in CASES} | {"demo"}
