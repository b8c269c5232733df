"""Applications and service principals: who they belong to, their credentials, and the permissions of their APIs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from msgspec import UNSET

from remit.app.graphing.intake.columns import Rows
from remit.app.graphing.intake.source import Source, window
from remit.app.intake.columns import Longs, TextRows, gather
from remit.graph.facts import (
    ApplicationFlag,
    Applications,
    CredentialKind,
    Credentials,
    ServiceFlag,
    ServicePrincipals,
)
from remit.wire.azure import graph_shapes as shapes

MICROSOFT_TENANTS = frozenset(
    (
        "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
        "72f988bf-86f1-41af-91ab-2d7cd011db47",
    )
)
"""Tenants whose applications are Microsoft's own."""

_MULTI_TENANT = frozenset(("azureadmultipleorgs", "azureadandpersonalmicrosoftaccount", "personalmicrosoftaccount"))
_MANAGED = "managedidentity"
_SIGN = "sign"
_LIST = "graph/applications"


@dataclass(frozen=True, slots=True)
class Software:
    """What the two lists give.

    Attributes:
        row: row of `Applications` by lower-case object id.
        permissions: name of a permission by principal of its API and lower-case id.
        managed: principal of a managed identity by the lower-case id of the resource that it belongs to.
    """

    applications: Applications
    service_principals: ServicePrincipals
    credentials: Credentials
    row: dict[str, int]
    permissions: dict[tuple[int, str], str]
    managed: dict[str, int]


def read_software(source: Source) -> Software:
    """Read graph/applications and graph/servicePrincipals."""
    said = {one.id.lower(): one for one in source.rows(_LIST, shapes.Application)}
    keys = sorted({*said, *_named_elsewhere(source)})
    row = {key: place for place, key in enumerate(keys)}
    by_app_id = {app_id: row[key] for key, one in said.items() if (app_id := (one.app_id or "").lower())}
    principal_of = np.full(len(keys), -1, dtype=np.int32)
    credentials = Rows("iibqq")
    services = _Services(source)
    for one in source.rows("graph/servicePrincipals", shapes.ServicePrincipal):
        principal = source.principal(one.id)
        if principal < 0:
            continue
        services.take(principal, one)
        _take_credentials(credentials, -1, principal, one)
        application = by_app_id.get((one.app_id or "").lower(), -1)
        if application >= 0:
            principal_of[application] = principal
    texts = TextRows(), TextRows(), TextRows()
    flags = bytearray()
    for key in keys:
        one_application = said.get(key, _NOT_READ)
        for column, text in zip(
            texts, (key, (one_application.app_id or "").lower(), one_application.display_name or ""), strict=True
        ):
            column.add(text)
        flags.append(_flags(one_application) | (0 if key in said else ApplicationFlag.NOT_READ))
        _take_credentials(credentials, row[key], int(principal_of[row[key]]), one_application)
    applications = Applications(
        key=texts[0].column(),
        app_id=texts[1].column(),
        display_name=texts[2].column(),
        principal=principal_of,
        flags=np.frombuffer(bytes(flags), dtype=np.uint8),
    )
    return Software(applications, services.finish(), _sorted(credentials), row, services.permissions, services.managed)


_NAMING = ("graph/applicationOwners", "graph/applicationFederatedIdentityCredentials")
_NOT_READ = shapes.Application()


def _named_elsewhere(source: Source) -> set[str]:
    """Return the applications that only other lists name, where the list of them was not read in full."""
    if source.is_whole(_LIST):
        return set()
    pairs = (pair for name in _NAMING for pair in source.rows(name, shapes.Pair))
    return {key for pair in pairs if (key := pair.parent_id.lower())}


def _sorted(rows: Rows) -> Credentials:
    application, principal, kind, start, end = rows.columns()
    # Not freed of equal rows: two secrets may have been made in one instant.
    order = np.lexsort((start, end, kind, principal, application))
    return Credentials(application[order], principal[order], kind[order], start[order], end[order])


class _Services:
    """Columns of service principals."""

    def __init__(self, source: Source) -> None:
        self._own_tenant = source.tenant_id
        self._rows = Rows("ib")
        self._owner = TextRows()
        self.permissions: dict[tuple[int, str], str] = {}
        self.managed: dict[str, int] = {}

    def take(self, principal: int, said: shapes.ServicePrincipal) -> None:
        """Take one service principal."""
        owner = (said.app_owner_organization_id or "").lower()
        managed = (said.service_principal_type or "").lower() == _MANAGED
        other = bool(owner) and owner != self._own_tenant
        kind = (said.odata_type or "").rpartition(".")[2].lower()
        flags = 0
        for given, flag in (
            (managed, ServiceFlag.MANAGED_IDENTITY),
            (other and owner in MICROSOFT_TENANTS and not managed, ServiceFlag.FIRST_PARTY),
            (other and bool(self._own_tenant) and owner not in MICROSOFT_TENANTS, ServiceFlag.FOREIGN),
            (said.password_credentials, ServiceFlag.HAS_PASSWORD),
            (said.key_credentials, ServiceFlag.HAS_CERTIFICATE),
            (kind == "agentidentity", ServiceFlag.AGENT_IDENTITY),
            (kind == "agentidentityblueprintprincipal", ServiceFlag.AGENT_BLUEPRINT),
        ):
            flags |= flag if given else 0
        self._rows.add(principal, flags)
        self._owner.add(owner)
        if managed:
            for name in said.alternative_names or ():
                if name.startswith("/"):
                    self.managed[name.rstrip("/").lower()] = principal
        for role in said.app_roles or ():
            if role.value:
                self.permissions[principal, role.id.lower()] = role.value

    def finish(self) -> ServicePrincipals:
        """Return the table."""
        principal, flags = self._rows.columns()
        order: Longs = np.argsort(principal, kind="stable")
        return ServicePrincipals(principal[order], flags[order], gather(self._owner.column(), order))


def _flags(said: shapes.Application) -> int:
    flags = 0
    lock = said.service_principal_lock_configuration
    # Secrets and certificates to sign in with have the usage Verify; Sign is for signing SAML tokens.
    if lock is UNSET:
        flags |= ApplicationFlag.LOCK_NOT_READ
    elif lock is not None and lock.is_enabled and (lock.all_properties or lock.credentials_with_usage_verify):
        flags |= ApplicationFlag.LOCKED_INSTANCE
    if (said.sign_in_audience or "").lower() in _MULTI_TENANT:
        flags |= ApplicationFlag.MULTI_TENANT
    return flags


def _take_credentials(
    rows: Rows, application: int, principal: int, said: shapes.Application | shapes.ServicePrincipal
) -> None:
    """Take what one can sign in with; keys that only sign tokens are left out."""
    kinds: Iterable[tuple[int, list[shapes.Secret] | None]] = (
        (CredentialKind.PASSWORD, said.password_credentials),
        (CredentialKind.CERTIFICATE, said.key_credentials),
    )
    for kind, secrets in kinds:
        for one in secrets or ():
            if (one.usage or "").lower() != _SIGN:
                rows.add(application, principal, kind, *window(one.start_date_time, one.end_date_time))
