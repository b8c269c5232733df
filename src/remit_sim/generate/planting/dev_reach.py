"""Identities for development that can act in production."""

from __future__ import annotations

from remit_sim.generate.estate import DEV_HOSTS, TARGETS
from remit_sim.generate.kinds import IDENTITY, MACHINE, SITE, STORAGE, VAULT
from remit_sim.generate.labels import DevReachesProd, Use
from remit_sim.generate.planting.escalation import trust
from remit_sim.generate.planting.privileges import SECRET_READ
from remit_sim.generate.soil import Soil


def software(soil: Soil, number: int) -> None:
    """An application named for development that contributes to a resource group of production."""
    room = soil.room(TARGETS, number)
    site = soil.resource(room, SITE)
    soil.resource(room, STORAGE)
    application = soil.software("dev")
    soil.labels.dev_reaches_prod.append(
        DevReachesProd(
            kind="application",
            principal_id=application.principal_id,
            says_dev=[f"name {application.name}"],
            reaches=Use("Microsoft.Web/sites/write", "control", site.resource),
            grants=[soil.grant(application.principal_id, "ServicePrincipal", "Contributor", room.scope)],
        )
    )


def attached_identity(soil: Soil, number: int) -> None:
    """An identity on a machine of a development subscription that reads secrets of production."""
    room, host = soil.room(TARGETS, number), soil.room(DEV_HOSTS, number)
    vault = soil.resource(room, VAULT, says={"enableRbacAuthorization": True})
    identity = soil.resource(host, IDENTITY)
    soil.resource(host, MACHINE, attached=[identity])
    soil.add(
        "arm/federatedIdentityCredentials",
        trust(identity.resource, "deploy-dev", f"repo:{soil.estate.organisation}/dev-{number}:environment:dev"),
    )
    soil.labels.dev_reaches_prod.append(
        DevReachesProd(
            kind="managedIdentity",
            principal_id=identity.principal_id,
            says_dev=[
                f"name {identity.resource.rsplit('/', 1)[-1]}",
                "tag env=dev",
                f"subscription {host.subscription.title}",
            ],
            reaches=Use(SECRET_READ, "data", vault.resource),
            grants=[soil.grant(identity.principal_id, "ServicePrincipal", "Key Vault Secrets User", vault.resource)],
        )
    )
