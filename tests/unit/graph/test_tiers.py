"""Rules of tiers: what fits, what a file of one's own changes, what is refused."""

from __future__ import annotations

import pytest

from remit.bootstrap.edges import edge_catalogue
from remit.bootstrap.tiers import tier_rules
from remit.graph.tiers import ACTIONS, DATA_ACTIONS, DIRECTORY, PERMISSIONS, Tier, TierRules, read_tier_rules
from remit.model.errors import SettingsError


def read(text: str) -> TierRules:
    return read_tier_rules(text, edge_catalogue(), "mine.toml").before(tier_rules())


@pytest.mark.parametrize(
    ("plane", "name", "tier"),
    [
        (ACTIONS, "Microsoft.Authorization/roleAssignments/write", Tier.CONTROL),
        (ACTIONS, "MICROSOFT.AUTHORIZATION/LOCKS/DELETE", Tier.CONTROL),
        (ACTIONS, "Microsoft.Authorization/roleAssignments/read", Tier.WORKLOAD),
        (ACTIONS, "Microsoft.Authorization/roleAssignmentScheduleRequests/cancel/action", Tier.MANAGEMENT),
        (ACTIONS, "Microsoft.Compute/virtualMachines/write", Tier.MANAGEMENT),
        (ACTIONS, "Microsoft.Support/supportTickets/write", Tier.WORKLOAD),
        (DATA_ACTIONS, "Microsoft.Compute/virtualMachines/loginAsAdmin/action", Tier.MANAGEMENT),
        (DATA_ACTIONS, "Microsoft.KeyVault/vaults/secrets/getSecret/action", Tier.MANAGEMENT),
        (
            DATA_ACTIONS,
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
            Tier.WORKLOAD,
        ),
        (DIRECTORY, "microsoft.directory/applications/credentials/update", Tier.CONTROL),
        (DIRECTORY, "microsoft.directory/users/standard/read", Tier.WORKLOAD),
        (DIRECTORY, "microsoft.teams/allEntities/allProperties/allTasks", Tier.MANAGEMENT),
        (PERMISSIONS, "RoleManagement.ReadWrite.Directory", Tier.CONTROL),
        (PERMISSIONS, "Mail.Send", Tier.MANAGEMENT),
        (PERMISSIONS, "User.Read.All", Tier.WORKLOAD),
    ],
)
def test_the_first_rule_that_fits_decides(plane, name, tier) -> None:
    assert tier_rules().of(plane, name) is tier


def test_what_acts_at_management_groups_alone_counts_there_alone() -> None:
    action = "Microsoft.Management/managementGroups/write"
    assert (tier_rules().of(ACTIONS, action), tier_rules().of(ACTIONS, action, above=False)) == (
        Tier.CONTROL,
        Tier.MANAGEMENT,
    )


def test_a_rule_of_ones_own_goes_before() -> None:
    rules = read(
        """
        [[rule]]
        tier = "control"
        plane = "actions"
        says = "Our certificate authority runs there."
        match = ["Microsoft.Compute/*"]
        except = ["*/read"]
        """
    )
    assert rules.of(ACTIONS, "Microsoft.Compute/virtualMachines/write") is Tier.CONTROL
    assert rules.of(ACTIONS, "Microsoft.Compute/virtualMachines/read") is Tier.WORKLOAD


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[rule]]\ntier = 'zero'\nplane = 'actions'\nsays = 'x'\nmatch = ['*']", "`zero` is not known"),
        ("[[rule]]\ntier = 'control'\nplane = 'action'\nsays = 'x'\nmatch = ['*']", "`action` is not known"),
        ("[[rule]]\ntier = 'control'\nplane = 'actions'\nsays = 'x'", "a rule is about nothing"),
        ("[[rule]]\ntier = 'control'\nplane = 'actions'\nsays = 'x'\ngains = ['fame']", "`fame` is not known"),
        ("[roles]\nOwner = 'zero'", "`zero` is no plane"),
        ("[places]\nhere = 'control'", "`here` is no scope"),
        ("[people]\nanna = 'control'", "people"),
        ("rules", "mine.toml"),
    ],
)
def test_what_is_wrong_is_told_with_the_file(text, why) -> None:
    with pytest.raises(SettingsError, match=r"mine\.toml") as told:
        read(text)
    assert why in str(told.value)
