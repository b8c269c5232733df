"""graph/servicePrincipals, graph/applications, federated credentials, and what applications may do in Graph."""

from __future__ import annotations

from collections.abc import Iterator

from remit_sim.generate import directory_rows
from remit_sim.generate.azure_rows import Row
from remit_sim.generate.catalogue import GRAPH_APP_ID, MICROSOFT_TENANT, graph_permissions
from remit_sim.generate.crowd import environment
from remit_sim.generate.dice import Dice, Wheel
from remit_sim.generate.planting.escalation import GITHUB
from remit_sim.generate.planting.tier_zero import GRAPH_NAME, microsoft_graph
from remit_sim.generate.tenant import GeneratedTenant
from remit_sim.generate.words import WORKLOADS

_HARMLESS = (
    "User.Read.All", "User.ReadBasic.All", "Group.Read.All", "GroupMember.Read.All", "Reports.Read.All",
    "Organization.Read.All", "Calendars.Read", "Team.ReadBasic.All", "ServiceHealth.Read.All", "AuditLog.Read.All",
)  # fmt: skip
_SUITES = ("Planner", "Survey", "Signature", "Expenses", "Whiteboard", "Travel", "Backup", "Chat", "Wiki", "Timesheet")
_EVERYBODY = "00000000-0000-0000-0000-000000000000"
_FEDERATED_EVERY = 9
_CREDENTIALS = Wheel([("password", 5), ("certificate", 2), ("", 3)])


def service_principals(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield the service principals of our applications, of others', and of managed identities."""
    crowd, stock = tenant.crowd, tenant.stock
    for number in range(crowd.applications):
        yield directory_rows.service_principal(
            crowd.software_id(number),
            crowd.app_id(number),
            crowd.software_name(number),
            tenant.estate.tenant_id,
            enabled=(number + 24) % 41 != 0,
        )
    for number in range(crowd.foreign):
        owner = MICROSOFT_TENANT if number % 2 else tenant.ids.guid("other-tenant", number % 50)
        yield directory_rows.service_principal(
            crowd.foreign_id(number), tenant.ids.guid("foreign-app", number), _suite(number), owner
        )
    for number, row in enumerate(stock.bearer):
        yield directory_rows.managed_identity(
            stock.managed_id(number), stock.managed_app_id(number), stock.scope(row), own=stock.has_own_identity(number)
        )


def _suite(number: int) -> str:
    return f"{_SUITES[number % len(_SUITES)]} {number:04d}"


def applications(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield applications; what credentials they have are good for more than 90 days."""
    dice, crowd = tenant.dice("graph/applications"), tenant.crowd
    permissions = graph_permissions()
    for number in range(crowd.applications):
        wanted = [{"id": permissions[value], "type": "Role"} for value in _granted(number)]
        key = tenant.ids.guid("credential", number)
        start, end = tenant.calendar.day(-dice.between(10, 600)), tenant.calendar.day(dice.between(91, 700))
        sort = _CREDENTIALS.spin(dice) if number % _FEDERATED_EVERY else ""
        thumbprint = key.replace("-", "").upper()
        yield directory_rows.application(
            crowd.application_id(number),
            crowd.app_id(number),
            crowd.software_name(number),
            tenant.calendar.past(dice, newest=601),
            access=[{"resourceAppId": GRAPH_APP_ID, "resourceAccess": wanted}] if wanted else [],
            passwords=[directory_rows.password(key, "release", start, end)] if sort == "password" else [],
            keys=[directory_rows.certificate(key, thumbprint, "CN=release", start, end)]
            if sort == "certificate"
            else [],
        )


def federated_credentials(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield trusts in exactly one environment of exactly one repository."""
    crowd = tenant.crowd
    for number in range(0, crowd.applications, _FEDERATED_EVERY):
        stage = environment(number) or "main"
        repository = f"repo:{tenant.estate.organisation}/{WORKLOADS[number % len(WORKLOADS)]}-{number}"
        yield directory_rows.federated(
            crowd.application_id(number),
            tenant.ids.guid("federated", number),
            f"release-{stage}",
            GITHUB,
            f"{repository}:ref:refs/heads/main" if stage == "main" else f"{repository}:environment:{stage}",
        )


def app_role_assignments(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield permissions of Graph that lead nowhere, and who may use which of others' applications."""
    dice, crowd = tenant.dice("graph/appRoleAssignments"), tenant.crowd
    graph, permissions = (microsoft_graph(tenant.soil), GRAPH_NAME), graph_permissions()
    for number in range(crowd.applications):
        for value in _granted(number):
            yield directory_rows.app_role_assignment(
                tenant.ids.long("app-role-assignment", f"{number}/{value}"),
                permissions[value],
                tenant.calendar.past(dice, oldest=900),
                (crowd.software_id(number), "ServicePrincipal", crowd.software_name(number)),
                graph,
            )
    for number in range(crowd.foreign):
        yield from _users_of(tenant, dice, number)


def _granted(number: int) -> list[str]:
    """What an application of this number may do in Graph: two of five may do something."""
    if number % 5 > 1:
        return []
    first = number // 5
    return [_HARMLESS[first % len(_HARMLESS)], _HARMLESS[(first + 3) % len(_HARMLESS)]][: 1 + number % 2]


def _users_of(tenant: GeneratedTenant, dice: Dice, number: int) -> Iterator[Row]:
    crowd = tenant.crowd
    groups = {dice.low(crowd.groups) for _ in range(dice.several(2.0))}
    for group in sorted(groups):
        yield directory_rows.app_role_assignment(
            tenant.ids.long("suite-assignment", f"{number}/{group}"),
            _EVERYBODY,
            tenant.calendar.past(dice, oldest=900),
            (crowd.group_id(group), "Group", crowd.group_name(group)),
            (crowd.foreign_id(number), _suite(number)),
        )


def permission_grants(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield delegated permissions: for everybody, or for some users."""
    dice, crowd, graph = tenant.dice("graph/oauth2PermissionGrants"), tenant.crowd, microsoft_graph(tenant.soil)
    for number in range(crowd.foreign):
        for place in range(1 + dice.several(0.8)):
            everybody = place == 0 and dice.chance(0.6)
            yield {
                "clientId": crowd.foreign_id(number),
                "consentType": "AllPrincipals" if everybody else "Principal",
                "id": tenant.ids.long("grant", f"{number}/{place}"),
                "principalId": None if everybody else crowd.user_id(dice.below(crowd.users)),
                "resourceId": graph,
                "scope": dice.pick(("User.Read", "openid profile User.Read", "User.Read Calendars.Read")),
            }
