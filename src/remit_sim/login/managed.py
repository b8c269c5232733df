"""The endpoints that give a managed identity its token: App Service's (`IDENTITY_ENDPOINT`) and the machine's (IMDS).

A request that names no identity gets the token of the host's own: the operator, or whom the control API has put
there. An identity is named by client id, object id or resource id.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import msgspec

from remit_sim.call import Answer, Call, Refusal, Router
from remit_sim.login.endpoints import Authority
from remit_sim.login.principals import service_principal
from remit_sim.login.tokens import LIFETIME_S
from remit_sim.state import OPERATOR_CLIENT_ID, OPERATOR_OBJECT_ID
from remit_sim.tenant import Fields

IDENTITY = "identity"
APP_SERVICE_PATH = "/msi/token"


@dataclass(slots=True)
class Host:
    """The machine that asks: which identity is its own, and what its requests carry."""

    identity_header: str
    client_id: str = field(default=OPERATOR_CLIENT_ID)


@dataclass(frozen=True, slots=True)
class ManagedIdentities:
    """Answers both endpoints."""

    authority: Authority
    host: Host

    def add_routes(self, router: Router) -> None:
        """Add the routes of both endpoints."""
        router.add(IDENTITY, "GET", APP_SERVICE_PATH, self.app_service)
        router.add(IDENTITY, "GET", "/metadata/identity/oauth2/token", self.machine)

    def app_service(self, call: Call) -> Answer:
        """Answer as App Service does, where the header must be right."""
        if call.headers.get("x-identity-header") != self.host.identity_header:
            raise Refusal(401, "Unauthorized", "the header X-IDENTITY-HEADER is missing or wrong")
        return self._token(call)

    def machine(self, call: Call) -> Answer:
        """Answer as the instance metadata service does."""
        if call.headers.get("metadata", "").lower() != "true":
            return Answer.of(
                {"error": "invalid_request", "error_description": "Required metadata header not specified"}, 400
            )
        return self._token(call)

    def _token(self, call: Call) -> Answer:
        resource = call.query.get("resource", "")
        client_id, object_id = self._identity(call)
        token = self.authority.issue(call, client_id, object_id, resource)
        # Clients reckon with their own clock here, not with the simulator's.
        now = int(time.time())
        return Answer.of(
            {
                "access_token": token,
                "client_id": client_id,
                "expires_in": str(LIFETIME_S),
                "expires_on": str(now + LIFETIME_S),
                "not_before": str(now),
                "resource": resource,
                "token_type": "Bearer",
            }
        )

    def _identity(self, call: Call) -> tuple[str, str]:
        query = call.query
        resource_id = query.get("msi_res_id") or query.get("mi_res_id") or ""
        wanted = query.get("client_id") or query.get("object_id") or query.get("principal_id") or resource_id
        if not wanted and self.host.client_id == OPERATOR_CLIENT_ID:
            return OPERATOR_CLIENT_ID, OPERATOR_OBJECT_ID
        found = self._find(call, (wanted or self.host.client_id).lower())
        if found is None:
            raise Refusal(400, "invalid_request", "Identity not found")
        return str(found["appId"]).lower(), str(found["id"]).lower()

    def _find(self, call: Call, wanted: str) -> Fields | None:
        by_client = service_principal(call.tenant, wanted)
        if by_client is not None:
            return by_client
        table = call.tenant.table("graph/servicePrincipals")
        if (by_object := table.fields(wanted)) is not None:
            return by_object
        by_resource = table.where("login:resource", _resource, wanted) if wanted.startswith("/") else []
        return msgspec.json.decode(by_resource[0][1]) if by_resource else None


def _resource(row: Fields) -> str:
    names = [str(name).lower() for name in row.get("alternativeNames") or ()]
    return next((name for name in names if name.startswith("/")), "")
