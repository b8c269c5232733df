"""What one row of the table of endpoints says: the call, what it needs, what its rows are, where they lead.

>>> Endpoint(key="graph/users", list_name="graph/users", api="graph", place="/v1.0/users?$top=999",
...          needs=(Need("User.Read.All", "users"),), lane="graph").over.value
'tenant'
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique
from urllib.parse import quote

ARM, GRAPH = "arm", "graph"

# Azure's budgets. What is read in batches has lanes of its own, so that twenty of one lane go into one call.
LANE_ARM, LANE_PIM, LANE_RESOURCE_GRAPH = "arm", "pim", "resourceGraph"
LANE_GRAPH, LANE_GRAPH_ITEMS, LANE_PIM_GROUPS = "graph", "graphItems", "pimGroups"
BATCH = 20
_PLAIN = "/:@!$&'()*+,;=-._~"


@unique
class Over(Enum):
    """What a call is made for: once, or for each of something."""

    TENANT = "tenant"
    TOP_MANAGEMENT_GROUP = "top management group"
    MANAGEMENT_GROUP = "management group"
    SUBSCRIPTION = "subscription"
    RESOURCE_GROUP = "resource group"
    ELIGIBLE_SCOPE = "scope below a subscription that an eligible assignment names"
    IDENTITY = "user-assigned identity"
    LOGGED_RESOURCE = "resource, or service of a storage account, whose data plane has a log"
    REGISTRATION = "Lighthouse registration"
    GROUP = "group with 20 members or owners or more"
    PIM_GROUP = "group that PIM can hold"
    APPLICATION = "application"
    BIG_APPLICATION = "application with 20 owners or more"
    SERVICE_PRINCIPAL = "service principal with 20 owners or app role assignments or more"
    ADMINISTRATIVE_UNIT = "administrative unit"
    CHANGED = "what has changed since an earlier collection"


@unique
class Keep(Enum):
    """Which rows of an answer are kept: a list at one scope repeats what is inherited."""

    ALL = "all"
    AT = "those at the scope"
    WITHIN = "those at or below the scope"
    ROOT = "those at `/`"
    BELOW_ROOT = "those not at `/`"


@unique
class Shape(Enum):
    """How a row of the export is made from what is answered."""

    PLAIN = "as answered"
    ONE = "the answer is the row"
    COLUMNS = "without columns that are null"
    GROUPS = "without columns that are null, of the type of resource groups"
    ENTITY = "as the list of entities writes it"
    LEADS = "none; it leads to others"
    EXPANDED_PAIRS = "a pair for each object that is expanded"
    EXPANDED_ROWS = "each object that is expanded"
    PAIRS = "a pair for each row"
    SERVICE_PRINCIPAL_PAIRS = "a pair for each row, all of them service principals"
    OTHER_PAIRS = "a pair for each row that is no service principal"
    CHILD = "with the id of its parent"
    OBJECT = "the answer is the row, without its context"
    DELTA = "none; it names objects that have changed"
    CHANGES = "none; it names resources that have changed"


@dataclass(frozen=True, slots=True)
class Need:
    """A permission and what is lost without it.

    Attributes:
        permission: ARM action or Graph application permission.
        lost: one sentence, what is not seen.
        included_in: a wider permission that other lists need and that is enough for this, too; "" for none.
    """

    permission: str
    lost: str
    included_in: str = ""

    @property
    def words(self) -> str:
        """Return what somebody who lacks it is told."""
        return f"{self.permission} or {self.included_in}" if self.included_in else self.permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One call.

    Attributes:
        key: its name; begins with the list that it is read for.
        list_name: list of the tenant export that its rows go to, "" where there are none.
        api: `arm` or `graph`.
        place: path and query; `{target}` stands for what it is made for. For a query, where it is posted.
        needs: permissions; the first is the one that a 403 names.
        lane: which of Azure's budgets it draws on.
        over: what it is made for.
        api_version: pinned version, "" for Graph (its version stands in the path).
        query: the query to Resource Graph, "" for a GET.
        page_size: most rows of one answer.
        select: fields that are asked for, in order; () where the API gives all.
        used: those of them that answers rest on; the others are kept in the snapshot.
        relation: the relation that is expanded or listed.
        keep: which rows are kept.
        shape: how they are written.
        opens: keys of the endpoints that its rows lead to.
        lists_lost: lists that say less when this call fails although its rows lead to no call for them.
        probe: it is asked before anything is read, and is no part of the reading.
        later: it is made only by a collection that adds to an earlier one.
    """

    key: str
    list_name: str
    api: str
    place: str
    needs: tuple[Need, ...]
    lane: str
    over: Over = Over.TENANT
    api_version: str = ""
    query: str = ""
    page_size: int = 0
    select: tuple[str, ...] = ()
    used: frozenset[str] = frozenset()
    relation: str = ""
    keep: Keep = Keep.ALL
    shape: Shape = Shape.PLAIN
    opens: tuple[str, ...] = ()
    lists_lost: tuple[str, ...] = ()
    probe: bool = False
    later: bool = False

    @property
    def method(self) -> str:
        """Return the HTTP method."""
        return "POST" if self.query else "GET"

    @property
    def is_batched(self) -> bool:
        """Return whether several parts are read in one call."""
        return self.lane in {LANE_GRAPH_ITEMS, LANE_PIM_GROUPS}

    @property
    def kept(self) -> tuple[str, ...]:
        """Return the fields that are asked for and only kept."""
        return tuple(name for name in self.select if name not in self.used)

    def address(self, target: str) -> str:
        """Return path and query of the first page for a target."""
        # Names of resources may hold what means something in an address.
        place = self.place.replace("{target}", quote(target, safe=_PLAIN)).replace(" ", "%20")
        if not self.api_version:
            return place
        return f"{place}{'&' if '?' in place else '?'}api-version={self.api_version}"
