"""The same setup as commands of the Azure CLI, for those who want to read or run each step themselves."""

from __future__ import annotations

import json
import shlex

from remit.app.setting_up.plan import ApplicationChoice, Credential, ManagedIdentityChoice, SetupPlan

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
"""Application id of Microsoft Graph in every tenant of every cloud."""


def role_document(plan: SetupPlan) -> dict[str, object]:
    """Return the custom role as `az role definition create --role-definition @file` reads it."""
    return {
        "Name": plan.name,
        "IsCustom": True,
        "Description": plan.description,
        "Actions": list(plan.actions),
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": [plan.scope],
    }


def az_commands(plan: SetupPlan, graph_url: str) -> tuple[str, ...]:
    """Return commands for a POSIX shell, in the order of the setup.

    Args:
        plan: what to make.
        graph_url: address of Microsoft Graph in the plan's cloud, without a slash at the end.
    """
    made = (
        _application(plan, plan.identity)
        if isinstance(plan.identity, ApplicationChoice)
        else _managed_identity(plan, plan.identity)
    )
    return (*made, *_consents(plan, graph_url), *_role(plan))


def _application(plan: SetupPlan, chosen: ApplicationChoice) -> list[str]:
    create = (
        f"app=$(az ad app create --display-name {shlex.quote(plan.name)} \\",
        "  --sign-in-audience AzureADMyOrg --query appId --output tsv)",
    )
    return [
        "\n".join(create),
        "principal=$(az ad sp create --id $app --query id --output tsv)",
        _credential(plan, chosen),
    ]


def _credential(plan: SetupPlan, chosen: ApplicationChoice) -> str:
    if chosen.credential is Credential.FEDERATED:
        trust = {
            "name": plan.name,
            "issuer": chosen.issuer,
            "subject": chosen.subject,
            "audiences": ["api://AzureADTokenExchange"],
        }
        return f"az ad app federated-credential create --id $app --parameters {shlex.quote(json.dumps(trust))}"
    if chosen.credential is Credential.SECRET:
        return (
            "(umask 077; az ad app credential reset --id $app --append \\\n"
            f"  --query password --output tsv > {shlex.quote(chosen.file)})"
        )
    file, subject = shlex.quote(chosen.file), shlex.quote(f"/CN={plan.name}")
    return "\n".join(
        (
            "(umask 077; openssl req -x509 -newkey rsa:3072 -noenc -days 365 \\",
            f"  -subj {subject} \\",
            f"  -keyout {file} -out {file}.crt)",
            f"az ad app credential reset --id $app --append --cert @{file}.crt",
            f"cat {file}.crt >> {file}",
        )
    )


def _managed_identity(plan: SetupPlan, chosen: ManagedIdentityChoice) -> list[str]:
    name, group, location = map(shlex.quote, (plan.name, chosen.resource_group, chosen.location))
    lines = (
        f"principal=$(az identity create --name {name} \\",
        f"  --subscription {chosen.subscription} \\",
        f"  --resource-group {group} --location {location} \\",
        "  --query principalId --output tsv)",
    )
    return ["\n".join(lines)]


def _consents(plan: SetupPlan, graph_url: str) -> list[str]:
    if not plan.graph_permissions:
        return []
    return [
        f"graph=$(az ad sp show --id {GRAPH_APP_ID} \\\n  --query id --output tsv)",
        "\n".join(
            (
                "for permission in \\",
                *(f"  {permission} \\" for permission in plan.graph_permissions),
                "; do",
                "  ask=\"appRoles[?value=='$permission' && contains(allowedMemberTypes, \\",
                "    'Application')].id\"",
                f"  role=$(az ad sp show --id {GRAPH_APP_ID} \\",
                '    --query "$ask" --output tsv)',
                "  az rest --method POST \\",
                f"    --url {graph_url}/v1.0/servicePrincipals/$graph/appRoleAssignedTo \\",
                '    --body "{\\"principalId\\": \\"$principal\\", \\',
                '      \\"resourceId\\": \\"$graph\\", \\"appRoleId\\": \\"$role\\"}"',
                "done",
            )
        ),
    ]


def _role(plan: SetupPlan) -> list[str]:
    if not plan.reads_azure:
        return []
    file = shlex.quote(f"{plan.name}-role.json")
    assign = (
        f"az role assignment create --role {shlex.quote(plan.name)} \\",
        f"  --scope {shlex.quote(plan.scope)} \\",
        "  --assignee-object-id $principal --assignee-principal-type ServicePrincipal",
    )
    return [
        f"cat > {file} <<'END'\n{json.dumps(role_document(plan), indent=2)}\nEND",
        f"az role definition create --role-definition @{file}",
        "\n".join(assign),
    ]
