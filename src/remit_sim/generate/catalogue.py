"""Facts that Microsoft publishes: built-in roles, Entra roles, Graph permissions, operations.

The built-in Azure roles are those that Remit ships as its starter catalogue; the rest stands in `known/`.

>>> role("Owner")
'8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

OWNER, CONTRIBUTOR = "Owner", "Contributor"
ACCESS_ADMINISTRATOR = "User Access Administrator"
RBAC_ADMINISTRATOR = "Role Based Access Control Administrator"
PRIVILEGED = (OWNER, ACCESS_ADMINISTRATOR, RBAC_ADMINISTRATOR)
"""Roles with which their holder gives roles away, itself included."""

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
MICROSOFT_TENANT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"


@cache
def built_in_roles() -> tuple[dict[str, Any], ...]:
    """Return the built-in roles: `guid`, `name`, `block`."""
    # Read as data of the package: the simulator knows none of Remit's adapters.
    text = files("remit").joinpath("adapters", "catalogue", "starter.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["role"])


@cache
def role(name: str) -> str:
    """Return the GUID of a built-in role."""
    return next(str(one["guid"]) for one in built_in_roles() if one["name"] == name)


@cache
def directory_roles() -> tuple[dict[str, Any], ...]:
    """Return the Entra roles: `id`, `name`, `actions`."""
    return tuple(_known("directory")["role"])


@cache
def directory_role(name: str) -> str:
    """Return the template id of an Entra role."""
    return next(str(one["id"]) for one in directory_roles() if one["name"] == name)


@cache
def graph_permissions() -> dict[str, str]:
    """Return the ids of Graph's application permissions by their value."""
    return dict(_known("graph")["app_roles"])


@cache
def operations() -> dict[str, dict[str, dict[str, list[str]]]]:
    """Return operations by provider, resource type and plane (`control`, `data`)."""
    return _known("operations")


def _known(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("known", f"{name}.toml").read_text("utf-8"))
