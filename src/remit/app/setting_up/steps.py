"""The steps of a plan in their order.

A step has a key for the record, words for people, and its thing, once earlier steps gave what that needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.app.setting_up.plan import ApplicationChoice, Credential, ManagedIdentityChoice, SetupPlan
from remit.app.setting_up.record import SetupRecord
from remit.model.errors import InvariantError
from remit.ports.granter import (
    KeyFiles,
    NewApplication,
    NewAppRole,
    NewCertificate,
    NewFederatedCredential,
    NewManagedIdentity,
    NewRole,
    NewRoleAssignment,
    NewSecret,
    NewServicePrincipal,
    Thing,
)

SECRET_LIFE = timedelta(days=90)
"""A secret lives a quarter of a year: it is the last choice, and forgotten ones are found by others."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        key: for the record.
        words: what it makes, for people.
        thing: from the record so far to the thing.
        file: local file that is written for it, "" for most.
    """

    key: str
    words: str
    thing: Callable[[SetupRecord], Thing]
    file: str = ""


def steps_of(plan: SetupPlan, files: KeyFiles, now: datetime) -> Iterator[Step]:
    """Yield the steps of a plan."""
    chosen = plan.identity
    if isinstance(chosen, ApplicationChoice):
        yield Step("application", f"application `{plan.name}`", lambda _: NewApplication(plan.name, plan.mark))
        yield Step(
            "servicePrincipal",
            "its service principal",
            lambda record: NewServicePrincipal(_fact(record, "application", "appId"), plan.mark),
        )
        yield _credential(plan, chosen, files, now)
    else:
        yield _managed_identity(plan, chosen)
    for permission in plan.graph_permissions:
        yield _app_role(permission)
    if plan.reads_azure:
        yield from _role(plan)


def principal_of(record: SetupRecord) -> tuple[str, str]:
    """Return client id and object id of what signs in; "" where it is not made yet."""
    for entry in record.entries:
        if entry.key == "servicePrincipal" or entry.key.startswith("managedIdentity "):
            return entry.facts.get("appId", ""), entry.facts.get("objectId", "")
    return "", ""


def _credential(plan: SetupPlan, chosen: ApplicationChoice, files: KeyFiles, now: datetime) -> Step:
    def certificate(record: SetupRecord) -> Thing:
        held = files.certificate(chosen.file, plan.name, now)
        place = _place(record, "application")
        return NewCertificate(place, plan.name, held.thumbprint, held.der, held.valid_from, held.valid_until)

    def federated(record: SetupRecord) -> Thing:
        return NewFederatedCredential(_place(record, "application"), plan.name, chosen.issuer, chosen.subject)

    def secret(record: SetupRecord) -> Thing:
        beside = {"AZURE_TENANT_ID": plan.tenant_id, "AZURE_CLIENT_ID": _fact(record, "application", "appId")}
        return NewSecret(_place(record, "application"), plan.name, now + SECRET_LIFE, chosen.file, beside)

    if chosen.credential is Credential.CERTIFICATE:
        return Step("certificate", f"certificate, its private key in {chosen.file}", certificate, chosen.file)
    if chosen.credential is Credential.FEDERATED:
        return Step("federatedCredential", f"federated credential for {chosen.subject}", federated)
    return Step("secret", f"client secret in {chosen.file}", secret, chosen.file)


def _managed_identity(plan: SetupPlan, chosen: ManagedIdentityChoice) -> Step:
    place = (
        f"/subscriptions/{chosen.subscription}/resourceGroups/{chosen.resource_group}"
        f"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{plan.name}"
    )
    return Step(
        f"managedIdentity {place}",
        f"managed identity `{plan.name}`",
        lambda _: NewManagedIdentity(place, chosen.location, plan.mark),
    )


def _app_role(permission: str) -> Step:
    return Step(
        f"graph {permission}",
        f"Microsoft Graph permission {permission}",
        lambda record: NewAppRole(principal_of(record)[1], permission),
    )


def _role(plan: SetupPlan) -> Iterator[Step]:
    role = f"role {plan.scope}"
    yield Step(
        role,
        f"custom role `{plan.name}`",
        lambda _: NewRole(plan.role_id, plan.name, plan.description, plan.scope, plan.actions),
    )

    def assignment(record: SetupRecord) -> Thing:
        principal_id = principal_of(record)[1]
        role_place = _place(record, role).partition(":")[2]
        return NewRoleAssignment(plan.assignment_id(principal_id), role_place, plan.scope, principal_id)

    yield Step(f"assignment {plan.scope}", f"assignment of the role at {plan.scope}", assignment)


def _place(record: SetupRecord, key: str) -> str:
    entry = record.entry(key)
    if entry is None or not entry.place:
        raise InvariantError(f"step `{key}` has not been made")
    return entry.place


def _fact(record: SetupRecord, key: str, fact: str) -> str:
    entry = record.entry(key)
    if entry is None or fact not in entry.facts:
        raise InvariantError(f"step `{key}` gave no `{fact}`")
    return entry.facts[fact]
