"""Ids of Microsoft Graph's application permissions: what an app role assignment on Microsoft Graph means.

>>> GRAPH_PERMISSIONS["df021288-bdef-4463-88db-98f22de89214"]
'User.Read.All'

The permissions that reading and setting up Remit is about, and a few dangerous ones. A tenant whose own service
principal of Microsoft Graph lists `appRoles` is asked first.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"

GRAPH_PERMISSIONS: Mapping[str, str] = MappingProxyType(
    {
        "134fd756-38ce-4afd-ba33-e9623dbe66c2": "AdministrativeUnit.Read.All",
        "5eb59dd3-1da2-4329-8733-9dabdc435916": "AdministrativeUnit.ReadWrite.All",
        "06b708a9-e830-4db3-a914-8e69da51d44f": "AppRoleAssignment.ReadWrite.All",
        "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30": "Application.Read.All",
        "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9": "Application.ReadWrite.All",
        "18a4783c-866b-4cc7-a460-3d5e5662c884": "Application.ReadWrite.OwnedBy",
        "b0afded3-3588-46d8-8b3d-9842eff778da": "AuditLog.Read.All",
        "81b4724a-58aa-41c1-8a55-84ef97466587": "DelegatedPermissionGrant.Read.All",
        "8e8e4742-1d95-4f68-9d56-6ee75648c72a": "DelegatedPermissionGrant.ReadWrite.All",
        "7438b122-aefc-4978-80ed-43db9fcc7715": "Device.Read.All",
        "1138cb37-bd11-4084-a2b7-9f71582aeddb": "Device.ReadWrite.All",
        "7ab1d382-f21e-4acd-a863-ba3e13f7da61": "Directory.Read.All",
        "19dbc75e-c2e2-444c-a770-ec69d8559fc7": "Directory.ReadWrite.All",
        "01d4889c-1287-42c6-ac1f-5d1e02578ef6": "Files.Read.All",
        "75359482-378d-4052-8f01-80520e7db3cd": "Files.ReadWrite.All",
        "5b567255-7703-4780-807c-7be8301ae99b": "Group.Read.All",
        "62a82d76-70ea-41e2-9197-370581804d09": "Group.ReadWrite.All",
        "98830695-27a2-44f7-8c18-0c3ebc9698f6": "GroupMember.Read.All",
        "dbaae8cf-10b5-4b86-a4a1-f871c94c6695": "GroupMember.ReadWrite.All",
        "810c84a8-4a9e-49e6-bf7d-12d183f40d01": "Mail.Read",
        "e2a3a72e-5f79-4c64-b1b1-878b674786c9": "Mail.ReadWrite",
        "b633e1c5-b582-4048-a93e-9f11b44c7e96": "Mail.Send",
        "658aa5d8-239f-45c4-aa12-864f4fc7e490": "Member.Read.Hidden",
        "498476ce-e0fe-48b0-b801-37ba7e2685c6": "Organization.Read.All",
        "246dd0d5-5bd0-4def-940b-0421030a5b68": "Policy.Read.All",
        "4cdc2547-9148-4295-8d11-be0db1391d6b": "PrivilegedAccess.Read.AzureAD",
        "01e37dc9-c035-40bd-b438-b2879c4870a6": "PrivilegedAccess.Read.AzureADGroup",
        "5df6fe86-1be0-44eb-b916-7bd443a71236": "PrivilegedAccess.Read.AzureResources",
        "2f6817f8-7b12-4f0f-bc18-eeaf60705a9e": "PrivilegedAccess.ReadWrite.AzureADGroup",
        "cd4161cb-f098-48f8-a884-1eda9a42434c": "PrivilegedAssignmentSchedule.Read.AzureADGroup",
        "41202f2c-f7ab-45be-b001-85c9728b9d69": "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
        "edb419d6-7edc-42a3-9345-509bfdf5d87c": "PrivilegedEligibilitySchedule.Read.AzureADGroup",
        "618b6020-bca8-4de6-99f6-ef445fa4d857": "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",
        "d5fe8ce8-684c-4c83-a52c-46e882ce4be1": "RoleAssignmentSchedule.Read.Directory",
        "dd199f4a-f148-40a4-a2ec-f0069cc799ec": "RoleAssignmentSchedule.ReadWrite.Directory",
        "ff278e11-4a33-4d0c-83d2-d01dc58929a5": "RoleEligibilitySchedule.Read.Directory",
        "fee28b28-e1f3-4841-818e-2704dc62245f": "RoleEligibilitySchedule.ReadWrite.Directory",
        "c7fbd983-d9aa-4fa7-84b8-17382c103bc4": "RoleManagement.Read.All",
        "483bed4a-2ad3-4361-a73b-c83ccdbdc53c": "RoleManagement.Read.Directory",
        "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8": "RoleManagement.ReadWrite.Directory",
        "69e67828-780e-47fd-b28c-7b27d14864e6": "RoleManagementPolicy.Read.AzureADGroup",
        "fdc4c997-9942-4479-bfcb-75a36d1138df": "RoleManagementPolicy.Read.Directory",
        "a82116e5-55eb-4c41-a434-62fe8a61c773": "Sites.FullControl.All",
        "332a536c-c7ef-4017-ab91-336970924f0d": "Sites.Read.All",
        "df021288-bdef-4463-88db-98f22de89214": "User.Read.All",
        "741f803b-c850-494e-b5df-cde7c675a1ca": "User.ReadWrite.All",
    }
)
"""Name of a permission by its id."""
