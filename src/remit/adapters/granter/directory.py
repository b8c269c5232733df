"""Microsoft Graph's side of a setup: application, service principal, credentials, application permissions.

What bears the setup's mark is its own; anything else of that name stands in the way and is left alone.
"""

from __future__ import annotations

import base64
from urllib.parse import quote
from uuid import NAMESPACE_OID, uuid5

from remit.adapters.azure_client.thumbprints import thumbprint_of
from remit.adapters.granter.calls import Calls, Fields
from remit.adapters.granter.key_files import SecretFile
from remit.model.errors import SetupError, UnexpectedAnswerError
from remit.model.interval import format_instant
from remit.ports.granter import (
    Found,
    NewApplication,
    NewAppRole,
    NewCertificate,
    NewFederatedCredential,
    NewSecret,
    NewServicePrincipal,
)

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
APPLICATIONS = "Microsoft Graph Application.ReadWrite.OwnedBy, or the role Cloud Application Administrator"
CONSENT = "Microsoft Graph AppRoleAssignment.ReadWrite.All, or the role Privileged Role Administrator"
_AUDIENCE = "api://AzureADTokenExchange"


class Directory:
    """Finds and makes what stands in Entra."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._graph: tuple[str, dict[str, str]] | None = None

    def find_application(self, thing: NewApplication) -> Found | None:
        """Return the application of a name that bears the mark."""
        path = f"/applications?$filter=displayName%20eq%20{_quoted(thing.name)}&$select=id,appId,displayName,tags"
        rows = list(self._calls.rows(path, needs=APPLICATIONS))
        for row in rows:
            if thing.mark in (row.get("tags") or ()):
                return _application(row)
        if rows:
            raise SetupError(
                f"an application `{thing.name}` exists that no setup of Remit made", hint="choose another --name"
            )
        return None

    def make_application(self, thing: NewApplication) -> Found:
        """Make it."""
        body = {"displayName": thing.name, "signInAudience": "AzureADMyOrg", "tags": [thing.mark]}
        return _application(self._calls.write("graph", "POST", "/applications", body, needs=APPLICATIONS))

    def find_service_principal(self, thing: NewServicePrincipal) -> Found | None:
        """Return the service principal of an application."""
        path = f"/servicePrincipals?$filter=appId%20eq%20{_quoted(thing.app_id)}&$select=id,appId"
        for row in self._calls.rows(path, needs=APPLICATIONS):
            return _service_principal(row)
        return None

    def make_service_principal(self, thing: NewServicePrincipal) -> Found:
        """Make it."""
        body = {"appId": thing.app_id, "tags": [thing.mark]}
        return _service_principal(self._calls.write("graph", "POST", "/servicePrincipals", body, needs=APPLICATIONS))

    def find_certificate(self, thing: NewCertificate) -> Found | None:
        """Return the key of the application that holds the certificate."""
        wanted = _key_id(thing)
        for key in self._credentials(thing.application, "keyCredentials"):
            if key.get("keyId", "").lower() == wanted or thumbprint_of(key) == thing.thumbprint:
                return Found(f"{thing.application}/keyCredentials/{key['keyId']}")
        return None

    def make_certificate(self, thing: NewCertificate) -> Found:
        """Add it to the keys of the application."""
        key = {
            "keyId": _key_id(thing),
            "type": "AsymmetricX509Cert",
            "usage": "Verify",
            "displayName": f"CN={thing.name}",
            "customKeyIdentifier": base64.b64encode(bytes.fromhex(thing.thumbprint)).decode(),
            "startDateTime": format_instant(thing.valid_from),
            "endDateTime": format_instant(thing.valid_until),
            "key": thing.der,
        }
        self._put_keys(thing.application, [*self._credentials(thing.application, "keyCredentials"), key])
        return Found(f"{thing.application}/keyCredentials/{key['keyId']}")

    def find_federated(self, thing: NewFederatedCredential) -> Found | None:
        """Return the federated credential of a name; not the same where it trusts somebody else."""
        path = f"{_path(thing.application)}/federatedIdentityCredentials"
        for row in self._calls.rows(path, needs=APPLICATIONS):
            if row.get("name") == thing.name:
                same = (row.get("issuer"), row.get("subject")) == (thing.issuer, thing.subject)
                return Found(f"graph:{path}/{row['id']}", same=same)
        return None

    def make_federated(self, thing: NewFederatedCredential) -> Found:
        """Make it, or let it trust whom it shall."""
        trust = {"issuer": thing.issuer, "subject": thing.subject, "audiences": [_AUDIENCE]}
        found = self.find_federated(thing)
        if found is not None:
            self._calls.write("graph", "PATCH", _path(found.place), trust, needs=APPLICATIONS)
            return found
        path = f"{_path(thing.application)}/federatedIdentityCredentials"
        row = self._calls.write("graph", "POST", path, {"name": thing.name, **trust}, needs=APPLICATIONS)
        return Found(f"graph:{path}/{row['id']}")

    def find_secret(self, thing: NewSecret) -> Found | None:
        """Return the secret whose key id the file names, if the application still has it."""
        known = SecretFile(thing.file).key_id()
        for secret in self._credentials(thing.application, "passwordCredentials"):
            if known and secret.get("keyId", "").lower() == known:
                return Found(f"{thing.application}/passwordCredentials/{known}")
        return None

    def make_secret(self, thing: NewSecret) -> Found:
        """Make it; the file is there before Azure is asked, and nobody else ever holds the text.

        Secrets of this name that no file holds (a setup was killed before it was written) are removed first.
        """
        file = SecretFile(thing.file)
        file.open()
        for secret in self._credentials(thing.application, "passwordCredentials"):
            if secret.get("displayName") == thing.name:
                self._remove_password(thing.application, secret["keyId"])
        body = {"passwordCredential": {"displayName": thing.name, "endDateTime": format_instant(thing.valid_until)}}
        path = f"{_path(thing.application)}/addPassword"
        row = self._calls.write("graph", "POST", path, body, needs=APPLICATIONS)
        text = row.get("secretText")
        if not isinstance(text, str) or not text:
            raise UnexpectedAnswerError(f"POST graph{path}", "answered without a secret")
        file.write(row["keyId"].lower(), {**thing.beside, "AZURE_CLIENT_SECRET": text})
        return Found(f"{thing.application}/passwordCredentials/{row['keyId'].lower()}")

    def find_app_role(self, thing: NewAppRole) -> Found | None:
        """Return the assignment of a permission of Microsoft Graph to the principal."""
        graph, roles = self._microsoft_graph()
        wanted = _role_of(roles, thing.permission)
        for row in self._calls.rows(f"/servicePrincipals/{thing.principal_id}/appRoleAssignments", needs=CONSENT):
            if row.get("appRoleId", "").lower() == wanted and row.get("resourceId", "").lower() == graph:
                return Found(f"graph:/servicePrincipals/{graph}/appRoleAssignedTo/{row['id']}")
        return None

    def make_app_role(self, thing: NewAppRole) -> Found:
        """Assign it: that is the administrator's consent."""
        graph, roles = self._microsoft_graph()
        body = {
            "principalId": thing.principal_id,
            "resourceId": graph,
            "appRoleId": _role_of(roles, thing.permission),
        }
        path = f"/servicePrincipals/{graph}/appRoleAssignedTo"
        row = self._calls.write("graph", "POST", path, body, needs=CONSENT)
        return Found(f"graph:{path}/{row['id']}")

    def remove(self, path: str) -> None:
        """Remove what stands at a path."""
        owner, kind, last = _split(path)
        if kind == "keyCredentials":
            keys = self._credentials(f"graph:{owner}", kind)
            kept = [key for key in keys if key.get("keyId", "").lower() != last.lower()]
            if len(kept) < len(keys):
                self._put_keys(f"graph:{owner}", kept)
        elif kind == "passwordCredentials":
            if not self.gone(path):
                self._remove_password(f"graph:{owner}", last)
        else:
            self._calls.delete("graph", path, needs=CONSENT if kind == "appRoleAssignedTo" else APPLICATIONS)

    def gone(self, path: str) -> bool:
        """Tell whether nothing stands there any more."""
        owner, kind, last = _split(path)
        if kind in {"keyCredentials", "passwordCredentials"}:
            rows = self._credentials(f"graph:{owner}", kind)
            return all(row.get("keyId", "").lower() != last.lower() for row in rows)
        if kind == "appRoleAssignedTo":
            rows = list(self._calls.rows(f"{owner}/appRoleAssignedTo", needs=CONSENT))
            return all(row.get("id") != last for row in rows)
        return self._calls.get("graph", path, needs=APPLICATIONS) is None

    def _credentials(self, application: str, kind: str) -> list[Fields]:
        path = f"{_path(application)}?$select=id,{kind}"
        return list((self._calls.get("graph", path, needs=APPLICATIONS) or {}).get(kind) or ())

    def _put_keys(self, application: str, keys: list[Fields]) -> None:
        body = {"keyCredentials": keys}
        self._calls.write("graph", "PATCH", _path(application), body, needs=APPLICATIONS)

    def _remove_password(self, application: str, key_id: str) -> None:
        path = f"{_path(application)}/removePassword"
        self._calls.write("graph", "POST", path, {"keyId": key_id}, needs=APPLICATIONS)

    def _microsoft_graph(self) -> tuple[str, dict[str, str]]:
        """Return the object id of Microsoft Graph in this tenant, and its application permissions by name."""
        if self._graph is None:
            path = f"/servicePrincipals?$filter=appId%20eq%20{_quoted(GRAPH_APP_ID)}&$select=id,appId,appRoles"
            for row in self._calls.rows(path, needs=APPLICATIONS):
                roles = row.get("appRoles") or ()
                named = {role["value"]: role["id"].lower() for role in roles if role.get("value")}
                self._graph = row["id"].lower(), named
        if self._graph is None:
            raise SetupError("the tenant has no service principal of Microsoft Graph")
        return self._graph


def _application(row: Fields) -> Found:
    return Found(f"graph:/applications/{row['id'].lower()}", {"appId": row["appId"].lower()})


def _service_principal(row: Fields) -> Found:
    place = f"graph:/servicePrincipals/{row['id'].lower()}"
    return Found(place, {"appId": row["appId"].lower(), "objectId": row["id"].lower()})


def _role_of(roles: dict[str, str], permission: str) -> str:
    if permission not in roles:
        raise SetupError(f"Microsoft Graph has no application permission `{permission}` in this cloud")
    return roles[permission]


def _path(place: str) -> str:
    return place.partition(":")[2]


def _split(path: str) -> tuple[str, str, str]:
    """Return the object that something belongs to, the kind, and the last segment."""
    owner, _, last = path.rpartition("/")
    owner, _, kind = owner.rpartition("/")
    return owner, kind, last


def _key_id(thing: NewCertificate) -> str:
    return str(uuid5(NAMESPACE_OID, thing.thumbprint))


def _quoted(text: str) -> str:
    """Return a text as OData writes it in an address."""
    return quote("'{}'".format(text.replace("'", "''")), safe="")
