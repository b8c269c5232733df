"""The routes of the authority: discovery, keys, and tokens for client credentials."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

from remit_sim.call import LOGIN, Answer, Call, Router
from remit_sim.login.issuers import Issuers
from remit_sim.login.principals import graph_roles, service_principal
from remit_sim.login.proofs import check_assertion, check_secret
from remit_sim.login.refusals import LoginRefusal
from remit_sim.login.tokens import LIFETIME_S, Tokens
from remit_sim.state import OPERATOR_CLIENT_ID, OPERATOR_OBJECT_ID

_ANY_TENANT = frozenset({"common", "organizations"})
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Authority:
    """Answers what clients ask of the authority.

    Attributes:
        tokens: issues them.
        issuers: whose federated tokens are believed.
        operator_secret: the client secret of the operator.
    """

    tokens: Tokens
    issuers: Issuers
    operator_secret: str

    def add_routes(self, router: Router) -> None:
        """Add the routes of the authority."""
        for version in ("/v2.0", ""):
            router.add(LOGIN, "GET", f"/{{tenant_id}}{version}/.well-known/openid-configuration", self.configuration)
        router.add(LOGIN, "GET", "/{tenant_id}/discovery/v2.0/keys", self.keys)
        router.add(LOGIN, "GET", "/common/discovery/instance", self.instance)
        router.add(LOGIN, "POST", "/{tenant_id}/oauth2/v2.0/token", self.token)
        router.add(LOGIN, "POST", "/{tenant_id}/oauth2/token", self.token)

    def configuration(self, call: Call) -> Answer:
        """Return the OpenID configuration of a tenant."""
        named = self._tenant(call, call.arguments["tenant_id"])
        base = f"{call.base_url}/{named}"
        return Answer.of(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "response_modes_supported": ["query", "fragment", "form_post"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "issuer": f"{call.base_url}/{call.tenant.tenant_id if named not in _ANY_TENANT else '{tenantid}'}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
                "tenant_region_scope": "EU",
                "cloud_instance_name": "microsoftonline.com",
            }
        )

    def keys(self, call: Call) -> Answer:
        """Return the keys that tokens are signed with."""
        self._tenant(call, call.arguments["tenant_id"])
        return Answer.of(self.tokens.key_set())

    def instance(self, call: Call) -> Answer:
        """Tell a client that still does instance discovery that this authority is the one."""
        endpoint = f"{call.base_url}/{call.tenant.tenant_id}/v2.0/.well-known/openid-configuration"
        return Answer.of({"tenant_discovery_endpoint": endpoint, "api-version": "1.1", "metadata": []})

    def token(self, call: Call) -> Answer:
        """Return an access token for client credentials."""
        self._tenant(call, call.arguments["tenant_id"])
        form = {name: values[0] for name, values in parse_qs(call.body.decode(errors="replace")).items()}
        if form.get("grant_type") != "client_credentials":
            message = f"The app requested an unsupported grant type '{form.get('grant_type', '')}'."
            raise LoginRefusal(call, "unsupported_grant_type", 70003, message)
        client_id = form.get("client_id", "").lower()
        if not client_id:
            message = "The request body must contain the following parameter: 'client_id'."
            raise LoginRefusal(call, "invalid_request", 900144, message)
        resource = form.get("resource") or form.get("scope", "").partition(" ")[0].removesuffix("/.default")
        object_id = self._signed_in(call, client_id, form)
        return self.answer(call, client_id, object_id, resource)

    def answer(self, call: Call, client_id: str, object_id: str, resource: str) -> Answer:
        """Return a token as the token endpoint does.

        Raises:
            LoginRefusal: nobody knows the resource.
        """
        token = self.issue(call, client_id, object_id, resource)
        return Answer.of(
            {"token_type": "Bearer", "expires_in": LIFETIME_S, "ext_expires_in": LIFETIME_S, "access_token": token},
            Cache_Control="no-store, no-cache",
        )

    def issue(self, call: Call, client_id: str, object_id: str, resource: str) -> str:
        """Return an access token for a resource.

        Raises:
            LoginRefusal: nobody knows the resource.
        """
        api = self.tokens.api_of(resource)
        if api is None:
            message = (
                f"The resource principal named {resource} was not found in the tenant named {call.tenant.tenant_id}."
            )
            raise LoginRefusal(call, "invalid_resource", 500011, message)
        roles = graph_roles(call.tenant, object_id) if api == "graph" else frozenset[str]()
        return self.tokens.issue(resource, client_id, object_id, roles)

    def _signed_in(self, call: Call, client_id: str, form: dict[str, str]) -> str:
        """Return the object id of a client that has proven itself."""
        if client_id == OPERATOR_CLIENT_ID:
            if form.get("client_secret") != self.operator_secret:
                raise LoginRefusal(call, "invalid_client", 7000215, "Invalid client secret provided.", 401)
            return OPERATOR_OBJECT_ID
        principal = service_principal(call.tenant, client_id)
        if principal is None:
            message = (
                f"Application with identifier '{client_id}' was not found in the directory '{call.tenant.tenant_id}'."
            )
            raise LoginRefusal(call, "unauthorized_client", 700016, message)
        if form.get("client_assertion_type") == _ASSERTION:
            check_assertion(call, client_id, form.get("client_assertion", ""), self.issuers)
        elif "client_secret" in form:
            check_secret(call, client_id, form["client_secret"])
        else:
            message = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
            raise LoginRefusal(call, "invalid_client", 7000218, message, 401)
        if principal.get("accountEnabled") is False:
            message = f"Application '{client_id}' is disabled."
            raise LoginRefusal(call, "unauthorized_client", 7000112, message)
        return str(principal["id"]).lower()

    def _tenant(self, call: Call, named: str) -> str:
        if named.lower() in _ANY_TENANT or named.lower() == call.tenant.tenant_id:
            return named.lower()
        raise LoginRefusal(call, "invalid_request", 90002, f"Tenant '{named}' not found.")
