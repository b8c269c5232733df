"""What says who granted knows the built-in roles that a snapshot lacks."""

from __future__ import annotations

import pytest

from remit.app.history.tenant_history import TenantHistory
from remit.bootstrap.logs import attribution_of
from remit.bootstrap.reader import import_path, sample_tenant

BACKUP_CONTRIBUTOR = "5e467623-bb1f-42f4-a55d-6e525e11384b"


def test_a_role_that_only_logs_name_is_looked_up_in_the_catalogue(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = []
    opened = TenantHistory.open
    monkeypatch.setattr(TenantHistory, "open", lambda *some: given.append(some) or opened(*some))
    import_path(tmp_path, sample_tenant())
    assert attribution_of(tmp_path) is not None
    (*_, roles), *_ = given
    assert BACKUP_CONTRIBUTOR in roles


def test_without_a_snapshot_nobody_says_who_granted(tmp_path) -> None:
    assert attribution_of(tmp_path) is None
