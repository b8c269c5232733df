"""Resource Manager's side of a setup: the managed identity, the custom role and its assignment."""

from __future__ import annotations

from remit.adapters.granter.calls import Calls, Fields
from remit.model.errors import SetupError
from remit.ports.granter import Found, NewManagedIdentity, NewRole, NewRoleAssignment

_TAG = "remit-setup"
_VERSIONS = {
    "roledefinitions": "2022-04-01",
    "roleassignments": "2022-04-01",
    "userassignedidentities": "2023-01-31",
}
_PROVIDERS = {
    "roledefinitions": "Microsoft.Authorization/roleDefinitions",
    "roleassignments": "Microsoft.Authorization/roleAssignments",
    "userassignedidentities": "Microsoft.ManagedIdentity/userAssignedIdentities",
}


class Azure:
    """Finds and makes what stands in Resource Manager."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def find_managed_identity(self, thing: NewManagedIdentity) -> Found | None:
        """Return the managed identity if it bears the mark."""
        row = self._get(thing.resource_id)
        if row is None:
            return None
        if (row.get("tags") or {}).get(_TAG) != thing.mark:
            raise SetupError(
                f"a managed identity {thing.resource_id} exists that no setup of Remit made",
                hint="choose another --name",
            )
        return _managed_identity(thing.resource_id, row)

    def make_managed_identity(self, thing: NewManagedIdentity) -> Found:
        """Make it."""
        body = {"location": thing.location, "tags": {_TAG: thing.mark}}
        return _managed_identity(thing.resource_id, self._put(thing.resource_id, body))

    def find_role(self, thing: NewRole) -> Found | None:
        """Return the custom role; not the same where it allows something else."""
        row = self._get(_role_path(thing))
        if row is None:
            return None
        said = row.get("properties", {})
        blocks = [(sorted(map(str.lower, one.get("actions") or ())), _others(one)) for one in said["permissions"]]
        same = blocks == [(sorted(map(str.lower, thing.actions)), [])] and said.get("roleName") == thing.name
        return Found(f"arm:{_role_path(thing)}", same=same)

    def make_role(self, thing: NewRole) -> Found:
        """Make it, or put it right."""
        block = {"actions": list(thing.actions), "notActions": [], "dataActions": [], "notDataActions": []}
        properties = {
            "roleName": thing.name,
            "description": thing.description,
            "type": "CustomRole",
            "permissions": [block],
            "assignableScopes": [thing.scope],
        }
        self._put(_role_path(thing), {"properties": properties})
        return Found(f"arm:{_role_path(thing)}")

    def find_assignment(self, thing: NewRoleAssignment) -> Found | None:
        """Return the assignment."""
        return None if self._get(_assignment_path(thing)) is None else Found(f"arm:{_assignment_path(thing)}")

    def make_assignment(self, thing: NewRoleAssignment) -> Found:
        """Make it."""
        properties = {
            "roleDefinitionId": thing.role,
            "principalId": thing.principal_id,
            # Without it a principal that is a second old is looked up in a replica that does not know it.
            "principalType": "ServicePrincipal",
        }
        self._put(_assignment_path(thing), {"properties": properties})
        return Found(f"arm:{_assignment_path(thing)}")

    def remove(self, path: str) -> None:
        """Remove what stands at a path."""
        self._calls.delete("arm", _versioned(path), needs=f"{_action(path)}/delete at {_scope(path)}")

    def gone(self, path: str) -> bool:
        """Tell whether nothing stands there any more."""
        return self._get(path) is None

    def _get(self, path: str) -> Fields | None:
        return self._calls.get("arm", _versioned(path), needs=f"{_action(path)}/read at {_scope(path)}")

    def _put(self, path: str, body: object) -> Fields:
        needs = f"{_action(path)}/write at {_scope(path)}"
        return self._calls.write("arm", "PUT", _versioned(path), body, needs=needs)


def _role_path(thing: NewRole) -> str:
    return f"{thing.scope}/providers/Microsoft.Authorization/roleDefinitions/{thing.role_id}"


def _assignment_path(thing: NewRoleAssignment) -> str:
    return f"{thing.scope}/providers/Microsoft.Authorization/roleAssignments/{thing.assignment_id}"


def _managed_identity(resource_id: str, row: Fields) -> Found:
    said = row["properties"]
    facts = {"appId": said["clientId"].lower(), "objectId": said["principalId"].lower()}
    return Found(f"arm:{resource_id}", facts)


def _others(block: Fields) -> list[str]:
    return [pattern for name in ("notActions", "dataActions", "notDataActions") for pattern in block.get(name) or ()]


def _kind(path: str) -> str:
    return path.rsplit("/", 2)[1].lower()


def _versioned(path: str) -> str:
    return f"{path}?api-version={_VERSIONS[_kind(path)]}"


def _action(path: str) -> str:
    return _PROVIDERS[_kind(path)]


def _scope(path: str) -> str:
    return path.rpartition("/providers/")[0]
