"""What Resource Manager refuses with: Azure's status, code and wording, one function for each.

>>> no_group("/subscriptions/s/resourcegroups/app").code
'ResourceGroupNotFound'
"""

from __future__ import annotations

import re

from remit_sim.call import Refusal

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
NOT_FOUND, CONFLICT, BAD = 404, 409, 400


def is_guid(text: object) -> bool:
    """Tell whether something is a GUID as Azure writes it."""
    return isinstance(text, str) and _GUID.fullmatch(text) is not None


def no_version() -> Refusal:
    """Return what a call without api-version gets."""
    return Refusal(
        BAD,
        "MissingApiVersionParameter",
        "The api-version query parameter (?api-version=) is required for all requests.",
    )


def no_subscription(place: str) -> Refusal:
    """Return what a subscription of another tenant gets."""
    return Refusal(
        NOT_FOUND, "SubscriptionNotFound", f"The subscription '{place.rpartition('/')[2]}' could not be found."
    )


def no_group(place: str) -> Refusal:
    """Return what a resource group that is not there gets."""
    return Refusal(
        NOT_FOUND, "ResourceGroupNotFound", f"Resource group '{place.rpartition('/')[2]}' could not be found."
    )


def no_management_group(place: str) -> Refusal:
    """Return what a management group that is not there gets."""
    name = place.rpartition("/")[2]
    return Refusal(NOT_FOUND, "NotFound", f"The management group '{name}' cannot be found.")


def no_resource(place: str) -> Refusal:
    """Return what a resource that is not there gets."""
    base, _, tail = place.rpartition("/providers/")
    group = base.rpartition("/")[2]
    return Refusal(
        NOT_FOUND,
        "ResourceNotFound",
        f"The Resource '{tail}' under resource group '{group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )


def no_role_definition(guid: str, status: int = NOT_FOUND) -> Refusal:
    """Return what a role definition that is not there gets."""
    short = guid.replace("-", "")
    return Refusal(
        status, "RoleDefinitionDoesNotExist", f"The specified role definition with ID '{short}' does not exist."
    )


def bad_request(detail: str, code: str = "BadRequestFormat") -> Refusal:
    """Return what a request that says too little, or says it wrongly, gets."""
    return Refusal(BAD, code, f"The request was incorrectly formatted: {detail}.")


def bad_id(code: str, what: str, text: str) -> Refusal:
    """Return what a name that must be a GUID and is none gets."""
    return Refusal(BAD, code, f"The {what} '{text}' is not valid. The {what} must be a GUID.")
