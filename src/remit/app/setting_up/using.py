"""How `remit collect` signs in as what a setup has made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.app.setting_up.plan import ApplicationChoice, Credential, SetupPlan

TOKEN_FILE = "TOKEN-FILE"  # noqa: S105 - stands for the name of a file


@dataclass(frozen=True, slots=True)
class Use:
    """Environment variables and a command.

    Attributes:
        environment: variables; none of them is a secret.
        source: file whose lines set further variables, "" for none.
        command: arguments of `remit`.
    """

    environment: Mapping[str, str]
    source: str
    command: tuple[str, ...]


def use_of(plan: SetupPlan, client_id: str) -> Use:
    """Return how to use what a plan has made."""
    named = {"AZURE_TENANT_ID": plan.tenant_id, "AZURE_CLIENT_ID": client_id}
    chosen = plan.identity
    if not isinstance(chosen, ApplicationChoice):
        return Use({}, "", ("collect", "--auth", "managed", "--client-id", client_id))
    if chosen.credential is Credential.CERTIFICATE:
        variables = {**named, "AZURE_CLIENT_CERTIFICATE_PATH": chosen.file}
        return Use(variables, "", ("collect", "--auth", "certificate"))
    if chosen.credential is Credential.FEDERATED:
        variables = {**named, "AZURE_FEDERATED_TOKEN_FILE": TOKEN_FILE}
        return Use(variables, "", ("collect", "--auth", "workload"))
    return Use({}, chosen.file, ("collect", "--auth", "secret"))
