"""Builds what the reviews work with: the graph of a tenant, the files that people name, and what was observed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from remit.bootstrap.reader import open_store
from remit.model.errors import SettingsError

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation
    from remit.app.graphing.reviewing import Review
    from remit.graph.federation.openness import Repositories

_DELEGATIONS = "arm/registrationAssignments"
_REPOSITORY = re.compile(r"[^\s/]+(?:/[^\s/]+)+")


def open_review(
    folder: Path,
    escalation: Escalation,
    *,
    environments: Path | None = None,
    repositories: Path | None = None,
    with_usage: bool = False,
) -> Review:
    """Open a review of a graph.

    Args:
        folder: of the store that holds the snapshot.
        escalation: the graph.
        environments: file with the rules of environments, None for those that come with Remit.
        repositories: file with the repositories that exist, one `owner/name` a line.
        with_usage: also look at what was observed.

    Raises:
        SettingsError: a file cannot be read, or is not what it should be.
        StoreError: the store cannot be used.
    """
    from remit.app.graphing.intake.tags import TELLING
    from remit.app.graphing.reviewing import Review
    from remit.bootstrap.logs import read_usage
    from remit.graph.federation.openness import NOTHING_KNOWN
    from remit.graph.reviews.environments import DEFAULT_RULES, read_rules
    from remit.wire.azure.delegations import read_delegation

    rules = DEFAULT_RULES
    if environments is not None:
        rules = read_rules(text_of(environments), environments.name)
        strange = sorted({*rules.tags, *rules.workload_tags} - TELLING)
        if strange:
            raise SettingsError(
                f"{environments.name}: the tag `{strange[0]}` is not kept with a snapshot's graph",
                hint="docs/isolation.md lists the tags that are",
            )
    known = NOTHING_KNOWN if repositories is None else _repositories(repositories)
    payloads = open_store(folder).payloads(escalation.tenant.snapshot_id, _DELEGATIONS)
    delegations = [found for payload in payloads if (found := read_delegation(payload)) is not None]
    return Review(escalation, rules, known, delegations, read_usage(folder) if with_usage else None)


def _repositories(path: Path) -> Repositories:
    """Read which repositories exist; a line that names none is told, or every repository might seem to be gone."""
    from remit.graph.federation.openness import Repositories

    lines = text_of(path).splitlines()
    for number, line in enumerate(lines, start=1):
        said = line.partition("#")[0].strip()
        if said and not _REPOSITORY.fullmatch(said):
            raise SettingsError(
                f"{path.name}:{number}: `{said[:60]}` is no repository", hint="write owner/name on each line"
            )
    return Repositories.of(lines)


def text_of(path: Path) -> str:
    """Return the text of a file that somebody named.

    Raises:
        SettingsError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "is not UTF-8"
        raise SettingsError(
            f"{path}: {why.lower() if why[:1].isupper() else why}", hint="name a file of text"
        ) from error
