"""Commands and ARM resources that make a diagnostic setting, as text to copy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

DIRECTORY = "/providers/microsoft.aadiam"
"""What the diagnostic settings of sign-in logs are of."""

_DIRECTORY_VERSION = "2017-04-01"


def _logs(categories: Iterable[str]) -> list[dict[str, object]]:
    return [{"category": category, "enabled": True} for category in categories]


def _properties(categories: Iterable[str], workspace: str) -> dict[str, object]:
    return {"workspaceId": workspace, "logs": _logs(categories)}


def az_command(resource: str, categories: Sequence[str], workspace: str) -> str:
    """Return a command that makes the setting of a subscription, a resource or a service of a storage account."""
    logs = json.dumps(_logs(categories), separators=(",", ":"))
    if resource.count("/") == 2:  # noqa: PLR2004 - /subscriptions/{id}
        return (
            "az monitor diagnostic-settings subscription create --name remit --location westeurope "
            f"--subscription {resource.rpartition('/')[2]} --workspace '{workspace}' --logs '{logs}'"
        )
    return (
        f"az monitor diagnostic-settings create --name remit --resource '{resource}' "
        f"--workspace '{workspace}' --logs '{logs}'"
    )


def directory_command(categories: Sequence[str], workspace: str) -> str:
    """Return a command that makes the setting of the directory's own logs."""
    body = json.dumps({"properties": _properties(categories, workspace)}, separators=(",", ":"))
    url = f"https://management.azure.com{DIRECTORY}/diagnosticSettings/remit?api-version={_DIRECTORY_VERSION}"
    return f"az rest --method put --url '{url}' --body '{body}'"


def arm_resource(resource: str, categories: Sequence[str], workspace: str) -> str:
    """Return the setting as a resource of an ARM template, in one line."""
    directory = resource == DIRECTORY
    document: dict[str, object] = {
        "type": "microsoft.aadiam/diagnosticSettings" if directory else "Microsoft.Insights/diagnosticSettings",
        "apiVersion": _DIRECTORY_VERSION if directory else "2021-05-01-preview",
        "name": "remit",
    }
    if not directory:
        document["scope"] = resource
    document["properties"] = _properties(categories, workspace)
    return json.dumps(document, separators=(",", ":"))
