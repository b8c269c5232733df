"""`remit setup azure`: an identity with the least privilege: planned, made, or taken away."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from remit.cli.connection import HERE, ConnectionOptions
from remit.cli.options import DEFAULT_STORE, JsonFlag, StoreFolder, names_in, switch
from remit.cli.output import console, write_json
from remit.cli.setup_showing import done_document, plan_document, show_deed, show_done, show_plan
from remit.model.errors import InputError

if TYPE_CHECKING:
    from remit.app.setting_up.plan import ApplicationChoice, ManagedIdentityChoice, SetupPlan
    from remit.bootstrap.connecting import Connection

DEFAULT_NAME = "remit-collector"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,63}")
_TENANT = "TENANT-ID"

_LISTS = "Lists to read, with commas. [default: all]"
_SCOPE = "Where the role is assigned. [default: tenant root group]"


def azure(
    *,
    lists: Annotated[str | None, Parameter(help=_LISTS, show_default=False)] = None,
    without: Annotated[str | None, Parameter(help="Lists to leave out, with commas.", show_default=False)] = None,
    resource_types: Annotated[Literal["known", "all"], Parameter(help="Types of resources to read.")] = "known",
    scope: Annotated[str | None, Parameter(help=_SCOPE, show_default=False)] = None,
    name: Annotated[str, Parameter(help="Of the identity and the role.")] = DEFAULT_NAME,
    identity: Annotated[Literal["application", "managed-identity"], Parameter(help="What signs in.")] = "application",
    credential: Annotated[
        Literal["certificate", "federated", "secret"], Parameter(help="How an application signs in.")
    ] = "certificate",
    certificate_out: Annotated[
        Path | None, Parameter(help="File for the private key or secret. [default: NAME.pem, NAME.env]")
    ] = None,
    federated_issuer: Annotated[str, Parameter(help="Issuer to trust.", show_default=False)] = "",
    federated_subject: Annotated[str, Parameter(help="Subject to trust.", show_default=False)] = "",
    subscription: Annotated[str, Parameter(help="Of the managed identity.", show_default=False)] = "",
    resource_group: Annotated[str, Parameter(help="Of the managed identity.", show_default=False)] = "",
    location: Annotated[str, Parameter(help="Of the managed identity.", show_default=False)] = "",
    apply: Annotated[bool, switch("Do it.")] = False,
    remove: Annotated[bool, switch("Remove what a setup made.")] = False,
    store: StoreFolder = DEFAULT_STORE,
    json: JsonFlag = False,
    options: ConnectionOptions = HERE,
) -> int:
    """Plan, make or remove an identity for Remit."""
    if apply and remove:
        raise InputError("--apply and --remove exclude each other", hint="name one of them")
    if not _NAME.fullmatch(name):
        raise InputError(f"`{name}` is no name", hint="3 to 64 letters, digits, `-` and `_`")
    connection = options.connection()
    if remove:
        return _remove(name, store, connection, json=json)
    chosen: ApplicationChoice | ManagedIdentityChoice
    if identity == "application":
        file = certificate_out or Path(f"{name}.{'env' if credential == 'secret' else 'pem'}")
        # What is recorded must be found from everywhere.
        kept = str(file.absolute() if apply else file)
        chosen = _application(credential, kept, federated_issuer, federated_subject)
    else:
        chosen = _managed_identity(subscription, resource_group, location)

    def plan(tenant_id: str) -> SetupPlan:
        from remit.app.setting_up.needs import choose_lists
        from remit.app.setting_up.plan import SetupPlan, scope_of
        from remit.bootstrap.planning import needs_of

        read = choose_lists(names_in(lists), names_in(without) or ())
        place = scope_of(scope, tenant_id)
        needs = needs_of(read, every_type=resource_types == "all")
        return SetupPlan(name, tenant_id, connection.cloud, place, chosen, read, needs)

    if apply:
        return _apply(plan, store, connection, json=json)
    from remit.bootstrap.planning import graph_address

    planned = plan(connection.told_tenant or _TENANT)
    if json:
        write_json(plan_document(planned, graph_address(connection)))
    else:
        show_plan(console(), planned, graph_address(connection))
    return 0


def _apply(plan: Callable[[str], SetupPlan], store: Path, connection: Connection, *, json: bool) -> int:
    from remit.bootstrap.granter import open_setup

    with open_setup(connection, store, show_deed) as (tenant_id, setup):
        planned = plan(tenant_id)
        done = setup.apply(planned)
    if json:
        write_json(done_document(planned.name, tenant_id, done, planned))
    else:
        show_done(console(), planned, done)
    return 0


def _remove(name: str, store: Path, connection: Connection, *, json: bool) -> int:
    from remit.bootstrap.granter import open_setup

    with open_setup(connection, store, show_deed) as (tenant_id, setup):
        done = setup.remove(name)
    if json:
        write_json(done_document(name, tenant_id, done, None))
    else:
        console().print(f"Setup `{name}` is removed: {len(done.deeds)} things are gone, each read back.")
    return 0


def _application(credential: str, file: str, issuer: str, subject: str) -> ApplicationChoice:
    from remit.app.setting_up.plan import ApplicationChoice, Credential

    kind = Credential(credential)
    if kind is not Credential.FEDERATED:
        return ApplicationChoice(kind, file)
    if not issuer or not subject:
        raise InputError(
            "a federated credential needs an issuer and a subject",
            hint="give --federated-issuer and --federated-subject",
        )
    return ApplicationChoice(kind, "", issuer, subject)


def _managed_identity(subscription: str, resource_group: str, location: str) -> ManagedIdentityChoice:
    from remit.app.setting_up.plan import ManagedIdentityChoice

    if not (subscription and resource_group and location):
        raise InputError(
            "a managed identity needs a place", hint="give --subscription, --resource-group and --location"
        )
    return ManagedIdentityChoice(subscription, resource_group, location)
