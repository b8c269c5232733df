"""Who can come by a subject: what makes a federated credential wider than one workload.

A weakness says what an export can show. Whether branches and environments are protected, and whether a repository still
exists, only the forge knows: the first is never claimed, the second unknown unless a list of repositories is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from remit.graph.federation.expressions import SUBJECT, Demands
from remit.graph.federation.subjects import Subject, SubjectKind
from remit.graph.federation.wildcards import common, is_literal, literal_start, matches

EXCHANGE_AUDIENCES = (
    "api://AzureADTokenExchange",
    "api://AzureADTokenExchangeUSGov",
    "api://AzureADTokenExchangeChina",
)


class Width(StrEnum):
    """Who can come by it."""

    ANYBODY = "anybody"
    """Whoever has an account there, or can register a name."""
    ORGANISATION = "organisation"
    """Whoever can write in any repository, project or workspace of an organisation."""
    CONTAINER = "container"
    """Whoever can write in that repository, project or namespace, reviewed or not."""
    REPLAY = "replay"
    """Whoever holds a token that was made for another service."""
    UNKNOWN = "unknown"


class Weakness(Struct, frozen=True, gc=False):
    """One reason why more than one workload can come by a subject.

    Attributes:
        kind: stable word, such as `pullRequest`.
        width: who can come by it.
        detail: one sentence.
        certain: False where it may be so and nothing here can tell.
    """

    kind: str
    width: Width
    detail: str
    certain: bool = True


class Repositories(Struct, frozen=True, gc=False):
    """Repositories that exist, `owner/name` in lower case; an owner of whom one is named is taken as named in full."""

    names: frozenset[str]

    @classmethod
    def of(cls, lines: Iterable[str]) -> Repositories:
        """Read one name a line; what stands behind `#`, and blank lines, are passed over."""
        said = (line.partition("#")[0].strip().lower() for line in lines)
        return cls(frozenset(name.removesuffix(".git") for name in said if "/" in name))

    def has(self, name: str) -> bool | None:
        """Tell whether a repository exists; None where nothing is said of its owner."""
        wanted = name.lower()
        if wanted in self.names:
            return True
        owner = wanted.partition("/")[0] + "/"
        return False if any(one.startswith(owner) for one in self.names) else None


NOTHING_KNOWN = Repositories(frozenset())
"""Of no repository it is known whether it exists."""

_CONTEXTS: Mapping[str, tuple[str, str]] = {
    "wildcardBranch": ("ref:refs/heads/*", "whoever can push a branch there can sign in"),
    "wildcardTag": ("ref:refs/tags/*", "whoever can push a tag there can sign in"),
    "wildcardEnvironment": ("environment:*", "a workflow that names any environment of its own signs in"),
}
_PULL_REQUEST = "pull_request"


def weaknesses(
    subject: Subject, demands: Demands, audiences: tuple[str, ...], repositories: Repositories = NOTHING_KNOWN
) -> tuple[Weakness, ...]:
    """Return why more than one workload can come by what a credential demands; () where nothing says so.

    Args:
        subject: what it is about.
        demands: what it demands.
        audiences: as the credential says them.
        repositories: what is known to exist.
    """
    found = []
    if demands.unread:
        found.append(Weakness("unread", Width.UNKNOWN, demands.unread, certain=False))
    elif subject.kind is SubjectKind.GITHUB:
        found += _github(subject, demands, repositories)
    elif subject.kind in (SubjectKind.GITLAB, SubjectKind.TERRAFORM):
        found += _other_forges(subject, demands)
    elif subject.kind is SubjectKind.SERVICE_ACCOUNT and subject.context == "default":
        detail = f"every pod of the namespace {subject.container} that names no service account runs as this one"
        found.append(Weakness("defaultServiceAccount", Width.CONTAINER, detail))
    return (*found, *_audiences(audiences))


def _github(subject: Subject, demands: Demands, repositories: Repositories) -> list[Weakness]:
    patterns = [one.pattern for one in demands.of(SUBJECT)]
    workflow = [one.pattern for one in demands.of("job_workflow_ref")]
    narrowed = f", in a workflow that matches {' and '.join(workflow)}" if workflow else ""
    pattern = demands.subject_pattern
    if common([pattern, "repo:*"]) is None:
        detail = "the organisation chose other claims for its subjects; who can come by this one cannot be told here"
        return [Weakness("customSubject", Width.UNKNOWN, detail, certain=False)]
    start = literal_start(pattern)
    if not demands.subject:
        if "/" not in start.removeprefix("repo:"):
            begins = start.removeprefix("repo:")
            whose = f"any owner whose name begins with {begins}" if begins else "any owner"
            detail = f"repositories of {whose} satisfy it{narrowed}"
            return [Weakness("anyOwner", Width.ANYBODY, detail, certain=not workflow)]
        if not subject.container:
            detail = f"several repositories of {start.removeprefix('repo:').partition('/')[0]} satisfy it{narrowed}"
            return [Weakness("anyRepository", Width.ORGANISATION, detail)]
    found = _contexts(subject, patterns, narrowed)
    if subject.container and not subject.immutable:
        exists = repositories.has(subject.container)
        if exists is False:
            detail = f"{subject.container} is not among the repositories given: whoever registers the name signs in"
            found.append(Weakness("removedRepository", Width.ANYBODY, detail))
        elif exists is None:
            detail = f"whether {subject.container} still exists cannot be seen here; its name could be registered anew"
            found.append(Weakness("repositoryNotSeen", Width.UNKNOWN, detail, certain=False))
    return found


def _contexts(subject: Subject, patterns: list[str], narrowed: str) -> list[Weakness]:
    """Return what of one repository satisfies it: pull requests, any branch, any tag, any environment."""
    found = []
    if subject.context == _PULL_REQUEST or _meets(patterns, subject, _PULL_REQUEST):
        detail = (
            f"any pull request of {subject.container or 'the repository'} satisfies it, before any review{narrowed}"
        )
        found.append(Weakness("pullRequest", Width.CONTAINER, detail))
    if is_literal(subject.context):
        return found
    for kind, (context, who) in _CONTEXTS.items():
        if _meets(patterns, subject, context):
            detail = f"more than one {kind.removeprefix('wildcard').lower()} satisfies it{narrowed}: {who}"
            found.append(Weakness(kind, Width.CONTAINER, detail))
    return found


def _meets(patterns: list[str], subject: Subject, context: str) -> bool:
    """Tell whether a context of the repository can satisfy every pattern of the subject."""
    if not patterns or not subject.container:
        return False
    before = patterns[0].partition(":")[2].partition(":")[0]
    return common([*patterns, f"repo:{before}:{context}"]) is not None


def _other_forges(subject: Subject, demands: Demands) -> list[Weakness]:
    text = demands.subject_pattern
    found = []
    if not is_literal(text):
        field = "organization:" if subject.kind is SubjectKind.TERRAFORM else "project_path:"
        start = literal_start(text).removeprefix(field)
        ends = ":" if subject.kind is SubjectKind.TERRAFORM else "/"
        if ends not in start:
            found.append(Weakness("anyOwner", Width.ANYBODY, "subjects of any owner satisfy it"))
        elif not subject.container:
            owner = start.partition(ends)[0]
            found.append(Weakness("anyRepository", Width.ORGANISATION, f"several projects of {owner} satisfy it"))
        else:
            found.append(
                Weakness("wildcardBranch", Width.CONTAINER, f"more than one of {subject.container} satisfies it")
            )
    if subject.kind is SubjectKind.TERRAFORM and subject.container and matches(subject.context, "run_phase:plan"):
        detail = f"plans of {subject.container} satisfy it, also those of a proposal that nobody has approved"
        found.append(Weakness("planPhase", Width.CONTAINER, detail))
    return found


def _audiences(audiences: tuple[str, ...]) -> list[Weakness]:
    if not audiences:
        return [Weakness("noAudience", Width.UNKNOWN, "the audience was not read", certain=False)]
    others = [one for one in audiences if one not in EXCHANGE_AUDIENCES]
    return [
        Weakness("otherAudience", Width.REPLAY, f"tokens made for {one} are accepted, wherever they were handed in")
        for one in others
    ]
