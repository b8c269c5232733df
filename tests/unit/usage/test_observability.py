"""Where use would have been seen, and why not: each reason by name, and every missing place."""

from __future__ import annotations

import pytest

from remit.model.usage import LogKind
from remit.usage.observability import Below, LogDays, Observable, Seeing, SeenVerb, Setting, Why
from remit.usage.observable_days import days_of, since
from remit.usage.observable_operations import Need

SUB, OTHER = "/subscriptions/1", "/subscriptions/2"
GROUP = "/providers/microsoft.management/managementgroups/top"
VAULT, SECOND = f"{SUB}/vault-a", f"{SUB}/vault-b"
ACCOUNT = f"{SUB}/account"
BLOBS = f"{ACCOUNT}/blobservices/default"
VAULTS = "microsoft.keyvault/vaults"
ACCOUNTS = "microsoft.storage/storageaccounts"
DAYS = tuple(range(100, 190))


def activity(place: str = SUB, days: tuple[int, ...] = DAYS) -> LogDays:
    return LogDays(LogKind.ACTIVITY, place, days)


def vault_log(place: str = VAULT, days: tuple[int, ...] = DAYS) -> LogDays:
    return LogDays(LogKind.KEY_VAULT, place, days)


def vaults(*ids: str, **more: object) -> Below:
    return Below(subscriptions=(SUB,), resources={VAULTS: ids}, **more)  # type: ignore[arg-type]


IN_SUB = Below(subscriptions=(SUB,))


def test_a_write_is_seen_where_the_activity_log_of_the_subscription_was_ingested() -> None:
    found = Seeing([activity()]).of(Need.SUBSCRIPTION, IN_SUB)
    assert found.why is Why.LOGGED
    assert found.window is not None
    assert (found.window.first, found.window.last, found.window.days) == (100, 189, 90)


@pytest.mark.parametrize(
    ("need", "why"),
    [
        (Need.MANAGEMENT_READ, "management read: never logged"),
        (Need.LINKED, "checked within another call: never logged by itself"),
        (Need.NOT_KNOWN, "not known to be logged"),
        (Need.KUBERNETES, "data plane: the log does not tell every such call"),
        (Need.OTHER_DATA, "data plane: the service's log is not read by Remit"),
    ],
)
def test_some_needs_are_met_by_no_log(need, why) -> None:
    assert Seeing([activity(), vault_log()]).of(need, IN_SUB).why == why


def test_a_subscription_that_was_not_ingested_hides_use_in_it() -> None:
    found = Seeing([activity()]).of(Need.SUBSCRIPTION, Below(subscriptions=(SUB, OTHER)))
    assert (found.why, found.missing, found.of) == (Why.NOT_INGESTED, (OTHER,), 2)


def test_what_can_be_done_on_a_management_group_is_not_seen_in_the_logs_of_its_subscriptions() -> None:
    below = Below(subscriptions=(SUB,), management_groups=(GROUP,))
    seeing = Seeing([activity(), activity("/tenants/t")])
    assert seeing.of(Need.SUBSCRIPTION, below).observable
    assert seeing.of(Need.ANYWHERE, below).why is Why.NOT_INGESTED


def test_a_subscription_that_was_not_read_may_be_below() -> None:
    below = Below(subscriptions=(SUB,), containers_known=False)
    assert Seeing([activity()]).of(Need.SUBSCRIPTION, below).why is Why.PLACES


def test_a_secret_read_needs_the_log_of_every_vault_below() -> None:
    seeing = Seeing([vault_log()])
    assert seeing.of(Need.KEY_VAULT, vaults(VAULT)).observable
    found = seeing.of(Need.KEY_VAULT, vaults(VAULT, SECOND))
    assert (found.why, found.missing) == (Why.NO_SETTING, (SECOND,))


def test_a_vault_whose_id_is_not_known_may_be_read_unseen() -> None:
    found = Seeing([vault_log()]).of(Need.KEY_VAULT, vaults(VAULT, unnamed={VAULTS: 1}))
    assert (found.observable, found.unnamed) == (False, 1)


def test_resources_that_were_not_read_may_be_below() -> None:
    assert Seeing([vault_log()]).of(Need.KEY_VAULT, vaults(VAULT, resources_known=False)).why is Why.PLACES


def test_a_kind_of_log_of_which_nothing_came_in_was_not_ingested() -> None:
    assert Seeing([activity()]).of(Need.KEY_VAULT, vaults(VAULT)).why is Why.NOT_INGESTED


def test_a_setting_that_is_there_without_records_is_a_log_that_was_not_ingested() -> None:
    seeing = Seeing([vault_log()], settings=[Setting(SECOND, frozenset({"AuditEvent"}))])
    assert seeing.of(Need.KEY_VAULT, vaults(SECOND)).why is Why.NOT_INGESTED


def test_where_nothing_is_that_an_operation_can_be_used_on_nothing_is_claimed() -> None:
    assert Seeing([vault_log()]).of(Need.KEY_VAULT, vaults()).why is Why.NOTHING


def test_places_seen_at_different_times_are_seen_together_only_where_they_overlap() -> None:
    seeing = Seeing([vault_log(VAULT, tuple(range(100, 150))), vault_log(SECOND, tuple(range(140, 190)))])
    window = seeing.of(Need.KEY_VAULT, vaults(VAULT, SECOND)).window
    assert window is not None
    assert (window.first, window.last) == (140, 149)


def test_a_log_that_ended_before_the_window_shows_nothing_of_it() -> None:
    assert Seeing([vault_log()], since=200, until=230).of(Need.KEY_VAULT, vaults(VAULT)).why is Why.BEFORE


def test_a_day_on_which_no_record_of_its_kind_came_in_is_left_out() -> None:
    days = tuple(day for day in range(700, 790) if day % 7 < 5)
    window = Seeing([vault_log(VAULT, days)]).of(Need.KEY_VAULT, vaults(VAULT)).window
    assert window is not None
    assert window.days == len(days)


def test_nothing_is_claimed_about_days_after_the_snapshot_for_what_is_below() -> None:
    window = Seeing([vault_log()]).of(Need.KEY_VAULT, vaults(VAULT, as_of=120)).window
    assert window is not None
    assert window.last == 120


def test_a_setting_that_was_changed_counts_from_the_day_after() -> None:
    window = Seeing([vault_log()], settings=[Setting(VAULT, None, 150)]).of(Need.KEY_VAULT, vaults(VAULT)).window
    assert window is not None
    assert window.first == 151


STORED = Below(subscriptions=(SUB,), resources={ACCOUNTS: (ACCOUNT,)})


def test_a_storage_log_shows_reads_only_where_reads_are_known_to_be_logged() -> None:
    log = LogDays(LogKind.STORAGE, BLOBS, DAYS)
    assert Seeing([log]).of(Need.BLOB_READ, STORED).why is Why.CATEGORY
    writes = Setting(BLOBS, frozenset({"StorageWrite"}))
    assert Seeing([log], settings=[writes]).of(Need.BLOB_READ, STORED).why is Why.CATEGORY
    assert Seeing([log], settings=[writes]).of(Need.BLOB_WRITE, STORED).observable


def test_reads_in_a_storage_log_show_that_reads_are_logged_from_the_first_to_the_last() -> None:
    log = LogDays(LogKind.STORAGE, BLOBS, DAYS)
    window = Seeing([log], verbs=[SeenVerb(BLOBS, "read", 120, 140)]).of(Need.BLOB_READ, STORED).window
    assert window is not None
    assert (window.first, window.last) == (120, 140)


def test_the_log_of_one_service_of_an_account_says_nothing_of_another() -> None:
    log = LogDays(LogKind.STORAGE, BLOBS, DAYS)
    assert Seeing([log]).of(Need.QUEUE_READ, STORED).why is Why.NO_SETTING


def test_what_was_assigned_later_is_seen_from_then_on() -> None:
    seen = Observable(Why.LOGGED, days_of(DAYS))
    assert seen.within(since(180)).window is not None
    assert seen.within(since(500)).why is Why.BEFORE
