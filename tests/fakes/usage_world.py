"""The sample tenant, imported once into memory, and the places of it whose logs tests speak of."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from remit.adapters.catalogue.starter import starter_roles
from remit.adapters.clock import SystemClock
from remit.adapters.export.reader import ExportReader
from remit.adapters.store.memory import MemoryStore
from remit.app.answering import Tenant
from remit.app.importing import import_tenant
from remit.bootstrap.reader import sample_tenant

PROD = "/subscriptions/4223dfac-c856-5913-bed0-74c340f83303"
SHARED = "/subscriptions/29ac1453-48c4-5c17-a170-8bc31e9b3c7a"
DEV = "/subscriptions/4aa7961c-eb4b-5eb4-ab21-c161702f23f9"
VAULT = f"{PROD}/resourceGroups/rg-tracking-prod/providers/Microsoft.KeyVault/vaults/kv-tracking-prod"
DEV_VAULT = f"{DEV}/resourceGroups/rg-tracking-dev/providers/Microsoft.KeyVault/vaults/kv-tracking-dev"
DATABASE = f"{PROD}/resourceGroups/rg-data-prod/providers/Microsoft.Sql/servers/sql-tracking-prod/databases/orders"
PLACES = (PROD, SHARED, DEV)
VAULTS = (VAULT.lower(), DEV_VAULT.lower())


@cache
def store() -> MemoryStore:
    made = MemoryStore(SystemClock())
    import_tenant(ExportReader(Path(sample_tenant())), made, starter_roles())
    return made


@cache
def world() -> Tenant:
    return Tenant.open(store(), None, SystemClock())
