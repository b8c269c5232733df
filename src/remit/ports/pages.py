"""A live tenant, read page by page.

A collection is a growing set of parts. A part is one sequence of pages: an endpoint, and what it is asked for. Reading
one page of a part gives rows, maybe a cursor to its next page, and maybe further parts (the members of each group that
the page names). Whoever drives it decides the order, the pace, and what is done about failures.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from remit.model.errors import CollectionError
from remit.model.snapshot import Gap


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One sequence of pages, and where in it one stands.

    Attributes:
        endpoint: key of the endpoint, for example `graph/users` or `arm/denyAssignments/subscription`.
        target: what it is asked for: a scope, an object id; "" for the whole tenant.
        cursor: continuation as Azure gave it; "" for the first page.
    """

    endpoint: str
    target: str = ""
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What reading one page gave.

    Attributes:
        list_name: list of the tenant export that the rows belong to; "" where the endpoint only leads to others.
        rows: one JSON object each, without line breaks, as they will stand in the export.
        cursor: continuation of the same part, "" after its last page.
        opens: parts that this page gives rise to, without cursors. Two pages may open the same part (one scope that
            two rows name): it is one part and is read once.
        gaps: what the page says could not be read.
        supersedes: for an incremental collection, (list, key) of rows of the earlier snapshot that stand no longer,
            whether they are gone or among `rows` of some part; a key that ends in `/` stands for all that begin so, ""
            for the whole list.
        marks: for a later incremental collection, (name, where to go on from).
    """

    list_name: str
    rows: Sequence[bytes] = ()
    cursor: str = ""
    opens: Sequence[Part] = ()
    gaps: Sequence[Gap] = ()
    supersedes: Sequence[tuple[str, str]] = ()
    marks: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a source says before the first page.

    Attributes:
        tenant_id: lower case.
        cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud.
        at: the present by Azure's clock, aware UTC, to the second: the instant of the collection.
        collected: the lists that will be read; a list of the export that is not among them is a gap.
        parts: where to begin.
        gaps: what the credential is known not to read although no page will say so: Resource Graph is silent about it.
    """

    tenant_id: str
    cloud: str
    at: datetime
    collected: Collection[str]
    parts: Sequence[Part] = field(default=())
    gaps: Sequence[Gap] = field(default=())


class PageSource(Protocol):
    """Reads pages of one tenant with one credential. Nothing is retried here."""

    async def begin(self) -> Beginning:
        """Sign in and say what there is to read.

        Called once before the first `read`, also when a collection goes on (its parts are then those of the spool). A
        call after one that raised goes on where that one stopped.

        Raises:
            CredentialError: there is no token.
            InterruptedAnswerError, ThrottledError: worth another try.
        """

    def lane(self, part: Part) -> str:
        """Return which of Azure's budgets a part draws on: `graph`, `arm`, `resourceGraph`, `pim`, ..."""

    def together(self, part: Part) -> int:
        """Return how many parts of its lane can be read in one call (Graph `$batch`: 20); 1 for most."""

    async def read(self, parts: Sequence[Part]) -> Sequence[Page | CollectionError]:
        """Read one page of each part, in one call; one result for each, in order.

        What stands in place of a page: ThrottledError, InterruptedAnswerError, ForbiddenError, MovedOnError,
        VanishedError, UnexpectedAnswerError.

        Raises:
            CredentialError: the credential is refused, also after a fresh token.
        """

    def lost(self, part: Part, why: str) -> Sequence[Gap]:
        """Return what is not seen when a part cannot be read, or not to its end.

        One gap for each list that the part would have given rows of, itself or through the parts that it opens: without
        the groups nobody asks for their members. `why` is the reason of each.
        """

    def spent(self, lane: str) -> float:
        """Return the seconds until Azure gives a lane new calls; 0 while its last answer says that some are left."""

    def calls(self) -> Sequence[tuple[str, int]]:
        """Return (endpoint, HTTP requests made), sorted."""
