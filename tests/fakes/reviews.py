"""A review of a tenant that never was a folder: the real import, intake, edges and graph over an in-memory store.

review = review_of(draft)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.fakes.reviewed_tenant import Drafted
from tests.fakes.world import FixedClock, PayloadReader

from remit.adapters.catalogue.starter import starter_roles
from remit.adapters.export.reader import ExportReader
from remit.adapters.store.memory import MemoryStore
from remit.app.answering import Tenant
from remit.app.graphing.opening import open_escalation
from remit.app.graphing.reviewing import Review
from remit.app.importing import import_tenant
from remit.bootstrap.edges import edge_catalogue
from remit.ports.reader import TenantReader
from remit.wire.azure.delegations import read_delegation


def review_of(draft: Drafted, **chosen: Any) -> Review:
    """Return the review of a drafted tenant; `chosen` are fields of `Review`."""
    said = (read_delegation(json.dumps(row).encode()) for row in draft.lists.get("arm/registrationAssignments", []))
    delegations = [one for one in said if one is not None]
    return _review(PayloadReader(draft.lists, draft.manifest), delegations=delegations, **chosen)


def review_of_export(folder: Path, **chosen: Any) -> Review:
    """Return the review of an export."""
    return _review(ExportReader(folder), **chosen)


def _review(reader: TenantReader, **chosen: Any) -> Review:
    store = MemoryStore(FixedClock())
    import_tenant(reader, store, starter_roles())
    tenant = Tenant.open(store, None, FixedClock())
    return Review(open_escalation(tenant, store, edge_catalogue()), **chosen)
