"""What an operation needs to be seen: named cases, and in doubt nothing that helps."""

from __future__ import annotations

import pytest

from remit.usage.observable_operations import SERVICE_NEEDS, Need, also_used, implied, need_of
from remit.usage.observable_services import SERVICES
from remit.usage.sources.key_vault_operations import VAULT_DATA_ACTIONS
from remit.usage.weights import WeightClass, weight_class

CONTROL = [
    ("Microsoft.Compute/virtualMachines/read", Need.MANAGEMENT_READ),
    ("Microsoft.Compute/virtualMachines/write", Need.SUBSCRIPTION),
    ("Microsoft.Compute/virtualMachines/delete", Need.SUBSCRIPTION),
    ("Microsoft.Compute/virtualMachines/runCommand/action", Need.SUBSCRIPTION),
    ("Microsoft.Storage/storageAccounts/listKeys/action", Need.SUBSCRIPTION),
    ("Microsoft.Storage/storageAccounts/listAccountSas/action", Need.SUBSCRIPTION),
    ("Microsoft.Web/sites/publishxml/action", Need.SUBSCRIPTION),
    ("Microsoft.Resources/deployments/validate/action", Need.ANYWHERE),
    ("Microsoft.ContainerService/managedClusters/listClusterUserCredential/action", Need.SUBSCRIPTION),
    ("Microsoft.Authorization/roleAssignments/write", Need.ANYWHERE),
    ("Microsoft.Authorization/elevateAccess/action", Need.TENANT),
    ("Microsoft.Network/virtualNetworks/subnets/join/action", Need.LINKED),
    ("Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action", Need.LINKED),
    ("Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", Need.LINKED),
    ("Microsoft.KeyVault/vaults/deploy/action", Need.LINKED),
    ("Microsoft.Compute/disks/beginGetAccess/action", Need.LINKED),
    ("Microsoft.Storage/storageAccounts/blobServices/containers/write", Need.OWN_ENDPOINT),
    ("Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action", Need.OWN_ENDPOINT),
    ("Microsoft.ServiceBus/namespaces/write", Need.SUBSCRIPTION),
    ("Microsoft.ServiceBus/namespaces/queues/write", Need.OWN_ENDPOINT),
    ("Microsoft.ContainerRegistry/registries/push/write", Need.OWN_ENDPOINT),
    ("Microsoft.Web/sites/publish/action", Need.OWN_ENDPOINT),
    ("Microsoft.ResourceGraph/resources/query/action", Need.NOT_KNOWN),
    ("Microsoft.KeyVault/checkNameAvailability/action", Need.NOT_KNOWN),
    ("Contoso.Widgets/widgets/write", Need.NOT_KNOWN),
    ("Microsoft.KeyVault/vaults/providers/Microsoft.Insights/diagnosticSettings/write", Need.NOT_KNOWN),
]
DATA = [
    ("Microsoft.KeyVault/vaults/secrets/getSecret/action", Need.KEY_VAULT),
    ("Microsoft.KeyVault/vaults/keys/read", Need.KEY_VAULT),
    ("Microsoft.KeyVault/vaults/somethingNew/action", Need.UNTOLD_DATA),
    ("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read", Need.BLOB_READ),
    ("Microsoft.Storage/storageAccounts/queueServices/queues/messages/delete", Need.QUEUE_DELETE),
    ("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/runAsSuperUser/action", Need.UNTOLD_DATA),
    ("Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read", Need.COSMOS),
    ("Microsoft.ContainerService/managedClusters/pods/read", Need.KUBERNETES),
    ("Microsoft.EventHub/namespaces/messages/receive/action", Need.OTHER_DATA),
    ("Microsoft.Compute/virtualMachines/login/action", Need.OTHER_DATA),
]


@pytest.mark.parametrize(("operation", "need"), CONTROL)
def test_a_control_plane_operation_needs(operation, need) -> None:
    assert need_of(operation.lower(), data=False) is need


@pytest.mark.parametrize(("operation", "need"), DATA)
def test_a_data_action_needs(operation, need) -> None:
    assert need_of(operation.lower(), data=True) is need


def test_every_need_of_a_service_has_a_category_to_switch_on() -> None:
    assert all(SERVICES[service].categories[verb] for service, verb in SERVICE_NEEDS.values())


def test_what_one_record_may_stand_for_counts_as_used_both_ways() -> None:
    blobs = "microsoft.storage/storageaccounts/blobservices/containers/blobs/"
    assert blobs + "write" in also_used(blobs + "add/action")
    assert blobs + "add/action" in also_used(blobs + "write")
    assert also_used("microsoft.compute/virtualmachines/write") == {"microsoft.compute/virtualmachines/write"}


def test_creating_a_machine_may_have_used_the_right_to_write_disks() -> None:
    assert "microsoft.compute/disks/write" in implied("microsoft.compute/virtualmachines/write")


def test_assigning_through_pim_may_have_used_the_right_to_write_role_assignments() -> None:
    named = implied("microsoft.authorization/roleassignmentschedulerequests/write")
    assert "microsoft.authorization/roleassignments/write" in named


def test_every_key_vault_permission_that_a_record_is_read_as_can_be_seen_and_no_other() -> None:
    read = {action.lower() for action in VAULT_DATA_ACTIONS.values()}
    assert {need_of(action, data=True) for action in read} == {Need.KEY_VAULT}
    assert need_of("microsoft.keyvault/vaults/keys/invent/action", data=True) is Need.UNTOLD_DATA


@pytest.mark.parametrize(
    ("operation", "weight"),
    [
        ("microsoft.compute/virtualmachines/read", WeightClass.READ),
        ("microsoft.compute/virtualmachines/write", WeightClass.WRITE),
        ("microsoft.compute/virtualmachines/delete", WeightClass.DELETE),
        ("microsoft.compute/virtualmachines/runcommand/action", WeightClass.SECRET_OR_CODE),
        ("microsoft.compute/virtualmachines/restart/action", WeightClass.WRITE),
        ("microsoft.compute/virtualmachines/extensions/write", WeightClass.SECRET_OR_CODE),
        ("microsoft.storage/storageaccounts/listkeys/action", WeightClass.SECRET_OR_CODE),
        ("microsoft.keyvault/vaults/secrets/getsecret/action", WeightClass.SECRET_OR_CODE),
        ("microsoft.authorization/roleassignments/write", WeightClass.GRANT),
        ("microsoft.authorization/roleassignments/delete", WeightClass.DELETE),
        ("microsoft.authorization/elevateaccess/action", WeightClass.GRANT),
    ],
)
def test_an_operation_weighs_what_it_could_do(operation, weight) -> None:
    assert weight_class(operation) is weight


def test_the_classes_weigh_more_the_more_they_could_do() -> None:
    weights = [one.weight for one in WeightClass]
    assert weights == sorted(set(weights))
