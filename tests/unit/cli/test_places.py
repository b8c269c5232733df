"""Scopes in words."""

from __future__ import annotations

import pytest

from remit.cli.places import place, relation, short_id

SUB = "/subscriptions/4223dfac-c856-5913-bed0-74c340f83303"
GROUP = f"{SUB}/resourceGroups/rg-a"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv"
MANAGEMENT = "/providers/Microsoft.Management/managementGroups/corp"


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("/", "the root /"),
        (MANAGEMENT, "management group corp"),
        (SUB, "subscription 4223dfac…"),
        ("/subscriptions/prod", "subscription prod"),
        (GROUP, "resource group rg-a"),
        (VAULT, "vault kv"),
        (f"{VAULT}/secrets/a", "secret a"),
        (f"{GROUP}/providers/Microsoft.Storage/storageAccounts/st", "storage account st"),
        (f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/cr", "registry cr"),
        (f"{GROUP}/providers/Microsoft.Cache/redis/r", "redis r"),
        (f"{GROUP}/providers/Microsoft.Network/publicIPAddresses/ip", "public ip address ip"),
        (f"{GROUP}/providers/Microsoft.Cdn/mailboxes/m", "mailbox m"),
        ("nowhere", "nowhere"),
    ],
)
def test_a_scope_is_told_by_kind_and_name(scope, expected) -> None:
    assert place(scope) == expected


@pytest.mark.parametrize(
    ("assigned", "asked", "expected"),
    [
        (GROUP, f"{GROUP.upper()}/", "at this very scope"),
        (SUB, GROUP, "at subscription 4223dfac…, from where it is inherited"),
        (MANAGEMENT, GROUP, "at management group corp, from where it is inherited"),
        ("/", SUB, "at the root /, from where it is inherited"),
        (GROUP, SUB, "at resource group rg-a"),
        (VAULT, "/", "at vault kv"),
        (f"{VAULT}/secrets/a", VAULT, "at secret a"),
        ("nowhere", "/", "at nowhere"),
    ],
)
def test_an_assignment_stands_above_at_or_below_the_place_asked(assigned, asked, expected) -> None:
    assert relation(assigned, asked) == expected


def test_only_guids_are_shortened() -> None:
    assert short_id("a82ba3e9-0000-0000-0000-000000000000") == "a82ba3e9…"
    assert short_id("a-name-with-dashes-that-is-long-enough") == "a-name-with-dashes-that-is-long-enough"
