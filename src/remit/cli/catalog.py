"""`remit catalog`: the roles and operations that are known without a tenant saying so."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from remit.cli.layout import fields, paragraph, plain_table, show_table
from remit.cli.options import DEFAULT_STORE, JsonFlag, StoreFolder
from remit.cli.output import console, write_json
from remit.cli.showing import pattern_lists


def import_file(
    file: Annotated[Path, Parameter(help="What az printed, as JSON.")],
    /,
    *,
    store: StoreFolder = DEFAULT_STORE,
    json: JsonFlag = False,
) -> int:
    """Take a file into the catalogue."""
    from remit.app.cataloguing import import_catalogue
    from remit.bootstrap.reader import catalogue_reader, open_catalogue

    done = import_catalogue(catalogue_reader(file), open_catalogue(store), file=file.name)
    if json:
        from remit.wire.v1.catalogue import CatalogueImportDocument

        write_json(CatalogueImportDocument(done.roles, done.new_roles, done.providers, done.operations, done.ignored))
        return 0
    out = console()
    if done.roles:
        out.print(f"{done.roles:,} roles, {done.new_roles:,} of them new.")
    if done.providers:
        out.print(f"{done.operations:,} operations of {done.providers:,} providers.")
    if done.ignored:
        out.print(f"{done.ignored:,} other objects ignored.")
    return 0


def show(*, store: StoreFolder = DEFAULT_STORE, json: JsonFlag = False) -> int:
    """Say what the catalogue holds."""
    from remit.app.cataloguing import summarise
    from remit.bootstrap.reader import open_catalogue

    held = summarise(open_catalogue(store))
    if json:
        from remit.wire.v1.catalogue import CatalogueDocument, OriginDocument

        origins = tuple(OriginDocument(one.file, one.roles, one.providers, one.operations) for one in held.origins)
        write_json(
            CatalogueDocument(held.roles, held.providers, held.control_operations, held.data_operations, origins)
        )
        return 0
    out = console()
    counts = f"{held.control_operations:,} control and {held.data_operations:,} data operations"
    out.print(f"{held.roles:,} roles; {counts} of {held.providers:,} providers.\n")
    table = plain_table(
        ("from", 1), ("roles", 0), ("providers", 0), ("operations", 0), right=("roles", "providers", "operations")
    )
    for one in held.origins:
        table.add_row(one.file, f"{one.roles:,}", f"{one.providers:,}", f"{one.operations:,}")
    show_table(out, table, indent=0)
    return 0


def role(
    name: Annotated[str, Parameter(help="Role name, or GUID.")],
    /,
    *,
    store: StoreFolder = DEFAULT_STORE,
    json: JsonFlag = False,
) -> int:
    """Show a role."""
    from remit.app.cataloguing import find_roles
    from remit.bootstrap.reader import open_catalogue

    found = find_roles(open_catalogue(store), name)
    if json:
        from remit.wire.v1.catalogue import RolesDocument, role_document

        write_json(RolesDocument(tuple(role_document(one.role, one.origin) for one in found)))
        return 0
    from rich.text import Text

    out = console()
    for number, one in enumerate(found):
        if number:
            out.print()
        out.print(Text(one.role.name or one.role.key, style="bold"))
        kind = "custom role" if one.role.is_custom else "built-in role"
        fields(out, [("role", one.role.key), ("kind", kind), ("from", one.origin)])
        for place, block in enumerate(one.role.blocks, start=1):
            out.print(f"\n  Permission block {place} of {len(one.role.blocks)}")
            for word, patterns in pattern_lists(block):
                out.print(Text(f"    {word}", style="dim"))
                for pattern in patterns:
                    out.print(f"      {pattern}", soft_wrap=True)
            if block.condition:
                out.print(Text("    condition", style="dim"))
                paragraph(out, " ".join(block.condition.split()), indent=6)
    return 0
