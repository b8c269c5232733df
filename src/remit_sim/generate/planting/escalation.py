"""Paths through Azure from a small grant to a privileged role: code on a host, an identity to attach, a loose trust.

Each stands in a resource group of its own, so that no other grant opens it too.
"""

from __future__ import annotations

from remit_sim.generate.catalogue import ACCESS_ADMINISTRATOR, OWNER, RBAC_ADMINISTRATOR
from remit_sim.generate.directory_rows import EXCHANGE, federated
from remit_sim.generate.estate import GOALS
from remit_sim.generate.kinds import AUTOMATION, IDENTITY, MACHINE, SITE
from remit_sim.generate.labels import EscalationPath, Step, Use
from remit_sim.generate.soil import Identity, Room, Soil

GRANT = "Microsoft.Authorization/roleAssignments/write"
GITHUB = "https://token.actions.githubusercontent.com"


def goal(room: Room) -> Use:
    """Return what every path here ends with: to give roles away in the subscription."""
    return Use(GRANT, "control", room.subscription.scope)


def machine_contributor(soil: Soil, number: int) -> None:
    """Virtual Machine Contributor on a machine whose identity administers access."""
    room = soil.room(GOALS, number)
    machine = soil.resource(room, MACHINE, own=True)
    _through_host(
        soil,
        room,
        machine,
        kind="machineContributor",
        roles=("Virtual Machine Contributor", ACCESS_ADMINISTRATOR),
        edge="VM-01",
        action="Microsoft.Compute/virtualMachines/runCommand/action",
    )


def automation_contributor(soil: Soil, number: int) -> None:
    """Automation Contributor on an account whose identity owns the subscription."""
    room = soil.room(GOALS, number)
    account = soil.resource(room, AUTOMATION, own=True)
    _through_host(
        soil,
        room,
        account,
        kind="automationContributor",
        roles=("Automation Contributor", OWNER),
        edge="AA-01",
        action="Microsoft.Automation/automationAccounts/runbooks/publish/action",
    )


def _through_host(
    soil: Soil, room: Room, host: Identity, *, kind: str, roles: tuple[str, str], edge: str, action: str
) -> None:
    user = soil.user()
    small = soil.grant(user, "User", roles[0], host.resource)
    large = soil.grant(host.principal_id, "ServicePrincipal", roles[1], room.subscription.scope)
    use = Use(action, "control", host.resource)
    soil.labels.escalation_paths.append(
        EscalationPath(
            kind=kind,
            start=user,
            steps=[
                Step(user, host.resource, edge, "runs code on the host", [small], use),
                Step(host.resource, host.principal_id, "MI-03", "asks for the token of its identity", [host.resource]),
                Step(host.principal_id, room.subscription.scope, "AUT-01", "gives roles away", [large], goal(room)),
            ],
            principals=[user, host.principal_id],
            goal=goal(room),
        )
    )


def identity_to_attach(soil: Soil, number: int) -> None:
    """An identity that may be attached, a web app that may be written, and the identity administers roles."""
    room = soil.room(GOALS, number)
    identity = soil.resource(room, IDENTITY)
    site = soil.resource(room, SITE)
    user = soil.user()
    assign = soil.grant(user, "User", "Managed Identity Operator", identity.resource)
    write = soil.grant(user, "User", "Website Contributor", site.resource)
    large = soil.grant(identity.principal_id, "ServicePrincipal", RBAC_ADMINISTRATOR, room.subscription.scope)
    attach = Use("Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", "control", identity.resource)
    change = Use("Microsoft.Web/sites/write", "control", site.resource)
    soil.labels.escalation_paths.append(
        EscalationPath(
            kind="identityToAttach",
            start=user,
            steps=[
                Step(user, identity.resource, "MI-01", "may attach the identity", [assign], attach),
                Step(user, site.resource, "MI-01", "may change a host to attach it to", [write], change),
                Step(site.resource, identity.principal_id, "MI-03", "asks for the token", [identity.resource]),
                Step(identity.principal_id, room.subscription.scope, "AUT-01", "gives roles away", [large], goal(room)),
            ],
            principals=[user, identity.principal_id],
            goal=goal(room),
        )
    )


def outside_subject(soil: Soil, number: int) -> None:
    """A trust in anybody who opens a pull request: of an application, or of a managed identity."""
    room = soil.room(GOALS, number)
    organisation = soil.estate.organisation
    subject = f"repo:{organisation}/{('site', 'docs', 'tools')[number % 3]}-{number}:pull_request"
    key = soil.fresh("federated")
    if number % 2 == 0:
        software = soil.software()
        principal, bearer = software.principal_id, software.application_id
        row = federated(bearer, key, "pull-requests", GITHUB, subject)
        soil.add("graph/applicationFederatedIdentityCredentials", row)
        evidence = key
    else:
        identity = soil.resource(room, IDENTITY)
        principal, bearer = identity.principal_id, identity.resource
        evidence = f"{bearer}/federatedIdentityCredentials/pull-requests"
        soil.add("arm/federatedIdentityCredentials", trust(bearer, "pull-requests", subject))
    large = soil.grant(principal, "ServicePrincipal", OWNER, room.subscription.scope)
    soil.labels.escalation_paths.append(
        EscalationPath(
            kind="outsideSubject",
            start=f"{GITHUB} {subject}",
            steps=[
                Step(f"{GITHUB} {subject}", bearer, "DEV-03", "signs in from any pull request", [evidence]),
                Step(principal, room.subscription.scope, "AUT-01", "gives roles away", [large], goal(room)),
            ],
            principals=[principal],
            goal=goal(room),
        )
    )


def trust(identity: str, name: str, subject: str) -> dict[str, object]:
    """Return a federated credential of a managed identity; `identity` is its resource id."""
    return {
        "id": f"{identity}/federatedIdentityCredentials/{name}",
        "name": name,
        "type": "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        "properties": {"issuer": GITHUB, "subject": subject, "audiences": [EXCHANGE]},
    }
