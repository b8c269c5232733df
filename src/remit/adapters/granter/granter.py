"""The granter: which part of Azure a thing stands in, and who finds, makes and removes it there."""

from __future__ import annotations

from typing import assert_never

from remit.adapters.granter.azure import Azure
from remit.adapters.granter.calls import Calls, Send
from remit.adapters.granter.directory import Directory
from remit.ports.granter import (
    Found,
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


class AzureGranter:
    """Writes to one tenant with the operator's credential."""

    def __init__(self, tenant_id: str, send: Send) -> None:
        calls = Calls(send)
        self._tenant_id = tenant_id.lower()
        self._directory = Directory(calls)
        self._azure = Azure(calls)

    def tenant_id(self) -> str:
        """Return the tenant that the operator signed in to."""
        return self._tenant_id

    def find(self, thing: Thing) -> Found | None:  # noqa: PLR0911 - one line for each kind of thing
        """Return the thing if it is there."""
        match thing:
            case NewApplication():
                return self._directory.find_application(thing)
            case NewServicePrincipal():
                return self._directory.find_service_principal(thing)
            case NewCertificate():
                return self._directory.find_certificate(thing)
            case NewFederatedCredential():
                return self._directory.find_federated(thing)
            case NewSecret():
                return self._directory.find_secret(thing)
            case NewAppRole():
                return self._directory.find_app_role(thing)
            case NewManagedIdentity():
                return self._azure.find_managed_identity(thing)
            case NewRole():
                return self._azure.find_role(thing)
            case NewRoleAssignment():
                return self._azure.find_assignment(thing)
            case _ as never:
                assert_never(never)

    def make(self, thing: Thing) -> Found:  # noqa: PLR0911 - one line for each kind of thing
        """Make the thing, or put it right."""
        match thing:
            case NewApplication():
                return self._directory.make_application(thing)
            case NewServicePrincipal():
                return self._directory.make_service_principal(thing)
            case NewCertificate():
                return self._directory.make_certificate(thing)
            case NewFederatedCredential():
                return self._directory.make_federated(thing)
            case NewSecret():
                return self._directory.make_secret(thing)
            case NewAppRole():
                return self._directory.make_app_role(thing)
            case NewManagedIdentity():
                return self._azure.make_managed_identity(thing)
            case NewRole():
                return self._azure.make_role(thing)
            case NewRoleAssignment():
                return self._azure.make_assignment(thing)
            case _ as never:
                assert_never(never)

    def remove(self, place: str) -> None:
        """Remove what stands at a place."""
        api, _, path = place.partition(":")
        (self._azure if api == "arm" else self._directory).remove(path)

    def gone(self, place: str) -> bool:
        """Tell whether nothing stands at a place any more."""
        api, _, path = place.partition(":")
        return (self._azure if api == "arm" else self._directory).gone(path)
