"""`remit demo`: collect the bundled sample tenant from a simulated Azure, then ask, each with its command line.

First what is granted; then its logs are read, and it is asked what of that was used; at last, what all of it together
leads to, with the most dangerous path drawn.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from remit.cli.layout import paragraph
from remit.cli.output import console

if TYPE_CHECKING:
    from rich.console import Console

_PROD = "/subscriptions/4223dfac-c856-5913-bed0-74c340f83303"
_SHARED = "/subscriptions/29ac1453-48c4-5c17-a170-8bc31e9b3c7a"
_VAULT = f"{_PROD}/resourceGroups/rg-tracking-prod/providers/Microsoft.KeyVault/vaults/kv-tracking-prod"
_DATABASE = f"{_PROD}/resourceGroups/rg-data-prod/providers/Microsoft.Sql/servers/sql-tracking-prod/databases/orders"
_CONTAINERS = (
    f"{_PROD}/resourceGroups/rg-data-prod/providers/Microsoft.Storage/storageAccounts/sthaldenprod"
    "/blobServices/default/containers"
)
_REGISTRY = f"{_SHARED}/resourceGroups/rg-registry/providers/Microsoft.ContainerRegistry/registries/crhalden"
_FORBIDDEN = f"forbid={_SHARED}/providers/Microsoft.Authorization/denyAssignments"
_READ_BLOB = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to show: what a person would ask, and how to ask it."""

    question: str
    arguments: tuple[str, ...]


ACTS = (
    Act(
        "Who can read the secrets of production?",
        ("who-can", "Microsoft.KeyVault/vaults/secrets/getSecret/action", _VAULT, "--data", "--eligible"),
    ),
    Act(
        "The release pipeline is Contributor everywhere. Can it delete the orders database?",
        ("can", "ci-release", "Microsoft.Sql/servers/databases/delete", _DATABASE),
    ),
    Act(
        "Who can, then?",
        ("who-can", "Microsoft.Sql/servers/databases/delete", _DATABASE, "--eligible"),
    ),
    Act("What else can that pipeline do in production?", ("what-can", "ci-release", "--scope", _PROD)),
    Act(
        "A condition lets developers read some containers. The shipping manifests?",
        ("can", "Jonas Weber", _READ_BLOB, f"{_CONTAINERS}/manifests-2026", "--data"),
    ),
    Act(
        "And the payroll?",
        ("can", "Jonas Weber", _READ_BLOB, f"{_CONTAINERS}/payroll", "--data"),
    ),
    Act(
        "Can whoever is on call restart a machine in production?",
        (
            "can",
            "Lena Fischer",
            "Microsoft.Compute/virtualMachines/restart/action",
            f"{_PROD}/resourceGroups/rg-tracking-prod",
        ),
    ),
    Act(
        "Can the pipeline delete the image registry? Nobody could read the deny assignments there.",
        ("can", "ci-release", "Microsoft.ContainerRegistry/registries/delete", _REGISTRY),
    ),
)
USE_ACTS = (
    Act("What of all that was granted is really used?", ("usage", "--all")),
    Act("The release pipeline, assignment by assignment:", ("usage", "ci-release")),
    Act("What would have to be logged to know more?", ("usage", "gaps")),
    Act("Lena Fischer was on call. What changed about what she may do?", ("history", "Lena Fischer")),
    Act(
        "Could she restart a machine in that night, while her elevation lasted?",
        (
            "can",
            "Lena Fischer",
            "Microsoft.Compute/virtualMachines/restart/action",
            f"{_PROD}/resourceGroups/rg-tracking-prod",
            "--at",
            "2026-10-14T03:00:00Z",
        ),
    ),
)
PATH_ACTS = (
    Act(
        "So far each was asked what it may do itself. Who could come to control the whole tenant by becoming others?",
        ("exposure", "tier0"),
    ),
    Act(
        "What is the least to take away against that, if the emergency account stays as it is?",
        ("cuts", "--keep", "Emergency access 1"),
    ),
    Act(
        "The most dangerous path. Omar Haddad is a guest. He still owns the service principal of the release pipeline, "
        "and a lock keeps him from adding a credential to it. But he may change a web site in development.",
        ("paths", "Omar Haddad", "--max", "1", "--draw"),
    ),
)


def demo() -> int:
    """Show the main answers."""
    from remit.bootstrap.reader import sample_logs, sample_tenant
    from remit.cli.commands import app

    out = console()
    source = sample_tenant()
    with TemporaryDirectory(prefix="remit-demo-") as folder:
        out.print("Halden Freight, an invented company: 11 people, 5 programs, 3 subscriptions.\n")
        _read(out, source, Path(folder))
        logs = Act("Ninety days of logs lie in five files of five forms.", ("logs", "ingest", str(sample_logs())))
        for number, act in enumerate((*ACTS, logs, *USE_ACTS, *PATH_ACTS), start=2):
            _announce(out, number, act.question, act.arguments)
            app([*act.arguments, "--store", folder], exit_on_error=False, print_error=False)
            out.print()
    out.print("To ask more, keep the sample in a store of your own:")
    out.print(f"  remit import {shlex.quote(str(source))}", soft_wrap=True)
    out.print(f"  remit logs ingest {shlex.quote(str(sample_logs()))}", soft_wrap=True)
    out.print("Then draw that path for a document, or as a page to work with:")
    out.print("  remit paths 'Omar Haddad' --max 1 --svg path.svg --html path.html", soft_wrap=True)
    return 0


def _read(out: Console, source: Path, store: Path) -> None:
    """Collect the tenant as one would collect one's own; where the simulator is not to be had, import its export."""
    from remit.bootstrap.reader import import_path
    from remit.bootstrap.simulator import is_installed
    from remit.model.errors import RemitError

    why = "is not installed (pip install 'remit[sim]')"
    if is_installed():
        try:
            _collect(out, source, store)
        except RemitError as error:
            why = f"cannot be used here ({error.message})"
            out.print()
        else:
            return
    _announce(out, 1, f"The simulated Azure {why}, so the export of their tenant is read.", ("import", str(source)))
    import_path(store, source)


def _collect(out: Console, source: Path, store: Path) -> None:
    from remit.bootstrap.simulator import simulated
    from remit.cli.commands import app

    with simulated(source, [_FORBIDDEN]) as environment, _environment_of(environment):
        _announce(out, 1, "A simulated Azure serves their tenant on this machine. What is there to read?", ("collect",))
        app(["collect", "--auth", "secret", "--store", str(store)], exit_on_error=False, print_error=False)
        out.print()


@contextmanager
def _environment_of(more: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _announce(out: Console, number: int, question: str, arguments: tuple[str, ...]) -> None:
    from rich.rule import Rule
    from rich.text import Text

    out.print(Rule(style="dim"))
    paragraph(out, question, first=f"{number}. ", style="bold")
    if not arguments:
        return
    words = [shlex.quote(word) for word in arguments]
    line = "$ remit"
    for word in words:
        if len(line) + len(word) + 3 > out.width and line.strip():
            out.print(Text(f"{line} \\", style="cyan"), soft_wrap=True)
            line = "   "
        line = f"{line} {word}"
    out.print(Text(line, style="cyan"), soft_wrap=True)
    out.print()
