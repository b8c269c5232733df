"""The lists that Resource Manager keeps at scopes: who reads them, what a filter leaves of them, one row by its id.

    >>> LOCKS.kind
    'Microsoft.Authorization/locks'

Without a filter a list gives the rows at, above and below the scope; `atScope()` leaves out those below, and
`atExactScope()` those above, too. `principalId eq` and `assignedTo()` (the principal and its groups) leave the rows of
one principal. Writes of these lists stand in modules of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from remit_sim import places, rbac
from remit_sim.arm import filters, listing
from remit_sim.arm.listing import FEW, MANY, Keep, Reach
from remit_sim.call import Answer, Call, Handler, Refusal
from remit_sim.tenant import Fields, Row

_REACHES = {"atscope": Reach.ABOVE, "atexactscope": Reach.EXACT, "atscopeandbelow": Reach.BELOW}
_SCOPED = frozenset(_REACHES)
_OWN = frozenset({"assignedto", "astarget", "asrequestor", "asapprover"})
_BY_PRINCIPAL = frozenset({"principalid"})


@dataclass(frozen=True, slots=True)
class Extension:
    """One list at scopes.

    Attributes:
        kind: provider and type, as its ids spell it.
        list_name: of the export.
        missing: code and sentence where a row is asked for that is not there.
        size: rows of a page.
        reach: what is given without a filter.
        personal: whether its rows are about one principal.
    """

    kind: str
    list_name: str
    missing: str
    size: int = FEW
    reach: Reach = Reach.AROUND
    personal: bool = False


ROLE_ASSIGNMENTS = Extension(
    "Microsoft.Authorization/roleAssignments", "arm/roleAssignments", "RoleAssignment", MANY, personal=True
)
DENY_ASSIGNMENTS = Extension(
    "Microsoft.Authorization/denyAssignments", "arm/denyAssignments", "DenyAssignment", MANY, personal=True
)
LOCKS = Extension("Microsoft.Authorization/locks", "arm/locks", "Lock")
POLICY_ASSIGNMENTS = Extension("Microsoft.Authorization/policyAssignments", "arm/policyAssignments", "PolicyAssignment")
POLICIES = Extension(
    "Microsoft.Authorization/roleManagementPolicyAssignments",
    "arm/roleManagementPolicyAssignments",
    "RoleManagementPolicyAssignment",
    MANY,
    Reach.EXACT,
)
STACKS = Extension("Microsoft.Resources/deploymentStacks", "arm/deploymentStacks", "DeploymentStack", reach=Reach.EXACT)
DIAGNOSTIC_SETTINGS = Extension(
    "Microsoft.Insights/diagnosticSettings", "arm/diagnosticSettings", "DiagnosticSetting", reach=Reach.EXACT
)
ADMINISTRATORS = Extension(
    "Microsoft.Authorization/classicAdministrators", "arm/classicAdministrators", "ClassicAdministrator"
)
WINDOWS = tuple(
    Extension(f"Microsoft.Authorization/{name}", f"arm/{name}", name[:1].upper() + name[1:-1], MANY, personal=True)
    for name in (
        "roleAssignmentScheduleInstances",
        "roleEligibilityScheduleInstances",
        "roleAssignmentScheduleRequests",
        "roleEligibilityScheduleRequests",
    )
)


def list_of(extension: Extension, shape: Callable[[Call], listing.Shape] | None = None) -> Handler:
    """Return the handler of a list.

    Args:
        extension: the list.
        shape: from a call to what is shown of a row; the row itself if left out.
    """

    def handle(call: Call) -> Answer:
        scope = call.arguments["scope"]
        asked = filters.of(
            call,
            _SCOPED | (_OWN if extension.personal else frozenset()),
            _BY_PRINCIPAL if extension.personal else frozenset(),
        )
        _check(call, extension, asked)
        reach = next((_REACHES[name] for name in asked.functions if name in _REACHES), extension.reach)
        runs, keep = _meant(call, extension, scope, reach, asked)
        table = call.tenant.table(extension.list_name)
        return listing.page(call, table, runs, extension.size, keep=keep, shape=shape(call) if shape else None)

    return handle


def item_of(extension: Extension, shape: Callable[[Call], listing.Shape] | None = None) -> Handler:
    """Return the handler of one row; arguments as for `list_of`."""

    def handle(call: Call) -> Answer:
        row = require(call, extension)
        return Answer(body=shape(call)(row) if shape else row)

    return handle


def id_of(call: Call, extension: Extension) -> str:
    """Return the id of the row that a call names, as Azure would write it."""
    scope = places.plain(call.arguments["scope"])
    return f"{'' if scope == places.ROOT else scope}/providers/{extension.kind}/{call.arguments['name']}"


def require(call: Call, extension: Extension) -> Row:
    """Return the row that a call names.

    Raises:
        Refusal: 404, there is none.
    """
    row = call.tenant.table(extension.list_name).get(id_of(call, extension).lower())
    if row is None:
        raise not_found(extension, call.arguments["name"])
    return row


def not_found(extension: Extension, name: str) -> Refusal:
    """Return what asking for a row that is not there gets."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in extension.missing).strip()
    return Refusal(404, f"{extension.missing}NotFound", f"The {words} '{name}' is not found.")


def _check(call: Call, extension: Extension, asked: filters.Filter) -> None:
    """Refuse who may not read; what is about oneself may be read without a role (`asTarget()`)."""
    if "astarget" not in asked.functions and "asrequestor" not in asked.functions:
        rbac.check(call, f"{extension.kind}/read", call.arguments["scope"])


def _meant(
    call: Call, extension: Extension, scope: str, reach: Reach, asked: filters.Filter
) -> tuple[list[Sequence[int]], Keep | None]:
    """Return the runs of slots to go through and what to keep of them."""
    who = _principals(call, asked)
    if "asrequestor" in asked.functions:
        return listing.sources(call, extension.list_name, scope, reach), listing.both(
            listing.fitting(scope, reach), _requested_by(call)
        )
    if "asapprover" in asked.functions:
        return [], None
    if who is None:
        return listing.sources(call, extension.list_name, scope, reach), listing.fitting(scope, reach)
    if extension is DENY_ASSIGNMENTS:
        return listing.sources(call, extension.list_name, scope, reach), listing.both(
            listing.fitting(scope, reach), _denies(who)
        )
    table = call.tenant.table(extension.list_name)
    runs = [table.slots("principal", rbac.principal_of, one) for one in sorted(who)]
    return runs, listing.reaching(call, scope, reach)


def _principals(call: Call, asked: filters.Filter) -> set[str] | None:
    if "principalid" in asked.values:
        return {asked.values["principalid"].lower()}
    if "astarget" in asked.functions:
        object_id = call.caller.object_id if call.caller else ""
        return {object_id, *rbac.groups_of(call.tenant, object_id)}
    if "assignedto" in asked.functions:
        named = asked.functions["assignedto"].lower()
        return {named, *rbac.groups_of(call.tenant, named)}
    return None


def _requested_by(call: Call) -> Keep:
    object_id = call.caller.object_id if call.caller else ""

    def keep(row: Row) -> bool:
        said: Fields = msgspec.json.decode(row)["properties"]
        return str(said.get("requestorId")).lower() == object_id

    return keep


def _denies(who: set[str]) -> Keep:
    def keep(row: Row) -> bool:
        said: Fields = msgspec.json.decode(row)["properties"]
        return any(str(principal.get("id")).lower() in who for principal in said.get("principals") or ())

    return keep
