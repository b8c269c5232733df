"""Sign-ins: of users with all that is known of them, of software with less, of managed identities with next to nothing.

A managed identity's row has no address, no location and no host; its token is cached a day, so rows are rare.
"""

from __future__ import annotations

import base64
from uuid import UUID

from remit_sim.generate.dice import Dice
from remit_sim.generate.usage.instants import offset, seven
from remit_sim.generate.usage.operations import Fields, Operation

CATEGORIES = {
    "userSignIn": "SignInLogs",
    "nonInteractiveUserSignIn": "NonInteractiveUserSignInLogs",
    "servicePrincipalSignIn": "ServicePrincipalSignInLogs",
    "managedIdentitySignIn": "ManagedIdentitySignInLogs",
}
AUDIENCES = {
    "arm": ("Windows Azure Service Management API", "797f4846-ba00-4fd7-ba43-dac1f8f63013"),
    "vault": ("Azure Key Vault", "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"),
    "storage": ("Azure Storage", "e406a681-f3d4-42a8-90b6-c2b029497af1"),
    "cosmos": ("Azure Cosmos DB", "a232010e-820c-4083-83bb-3ace5fc29d0b"),
    "aks": ("Azure Kubernetes Service AAD Server", "6dae42f8-4368-4678-94ff-3960e28e3630"),
    "graph": ("Microsoft Graph", "00000003-0000-0000-c000-000000000000"),
}
CITIES = (
    ("Rotterdam", "South Holland", "NL", 51.92, 4.48),
    ("Gothenburg", "Vastra Gotaland", "SE", 57.71, 11.97),
    ("Porto", "Porto", "PT", 41.15, -8.62),
    ("Hamburg", "Hamburg", "DE", 53.55, 9.99),
)
FAILURES = (
    (50126, "Error validating credentials due to invalid username or password."),
    (50074, "Strong Authentication is required."),
    (53003, "Access has been blocked by Conditional Access policies."),
)
OF_SOFTWARE = (7000222, "The provided client secret keys for the app are expired.")
NO_KEY = "00000000-0000-0000-0000-000000000000"
_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)


def short_token(guid: str) -> str:
    """Return the 22 characters of a token identifier: base64url of the GUID's bytes in little-endian order."""
    return base64.urlsafe_b64encode(UUID(guid).bytes_le).decode().rstrip("=")


def long_token(guid: str) -> str:
    """Return the 48 characters of the exports of 2022: base64 of the GUID's text."""
    return base64.b64encode(guid.encode()).decode()


def record(operation: Operation, dice: Dice, tenant_id: str, *, old: bool) -> Fields:
    """Return the diagnostic record of a sign-in; `extra` of the operation names audience, code and credential."""
    who, extra = operation.who, operation.extra
    guid = operation.token.guid if operation.token else ""
    audience, resource = AUDIENCES[extra["audience"]]
    code: int = extra.get("code", 0)
    said: Fields = {
        "id": guid,
        "createdDateTime": offset(operation.time),
        "userId": None,
        "appId": operation.client or who.app_id,
        "ipAddress": operation.address,
        "status": {"errorCode": code, **({"failureReason": extra["why"]} if code else {})},
        "location": {
            "city": "",
            "state": "",
            "countryOrRegion": "",
            "geoCoordinates": {"latitude": 0.0, "longitude": 0.0},
        },
        "correlationId": operation.correlation,
        "conditionalAccessStatus": "notApplied",
        "appliedConditionalAccessPolicies": [],
        "isInteractive": operation.log == "userSignIn",
        "tokenIssuerType": "AzureAD",
        "processingTimeInMilliseconds": 0,
        "riskDetail": "none",
        "riskLevelAggregated": "none" if who.kind == "user" else "low",
        "riskLevelDuringSignIn": "none" if who.kind == "user" else "low",
        "riskState": "none",
        "resourceDisplayName": audience,
        "resourceId": resource,
    }
    record_: Fields = {
        "time": seven(operation.time),
        "resourceId": f"/tenants/{tenant_id}/providers/Microsoft.aadiam",
        "operationName": "Sign-in activity",
        "operationVersion": "1.0",
        "category": CATEGORIES[operation.log],
        "tenantId": tenant_id,
        "resultType": str(code),
        "resultSignature": "None",
        "durationMs": 0,
        "callerIpAddress": operation.address,
        "correlationId": operation.correlation,
        "Level": 4,
    }
    if code:
        record_["resultDescription"] = extra["why"]
    if not operation.address:
        del record_["callerIpAddress"]
    else:
        place = CITIES[extra["city"]]
        record_["location"] = place[2]
        said["location"] = {
            "city": place[0], "state": place[1], "countryOrRegion": place[2],
            "geoCoordinates": {"latitude": place[3], "longitude": place[4]},
        }  # fmt: skip
    if who.kind == "user":
        record_["identity"] = who.name
        _of_user(said, operation, dice, tenant_id)
    else:
        said.update(servicePrincipalName=who.name, servicePrincipalId=who.guid)
        if who.kind == "application":
            said.update(extra["credential"])
    said.update(
        flaggedForReview=False, isTenantRestricted=False, crossTenantAccessType="none",
        uniqueTokenIdentifier=long_token(guid) if old else short_token(guid),
        incomingTokenType="none", authenticationProtocol="none",
    )  # fmt: skip
    record_["properties"] = said
    return record_


def _of_user(said: Fields, operation: Operation, dice: Dice, tenant_id: str) -> None:
    who = operation.who
    said.update(
        userDisplayName=who.name,
        userPrincipalName=who.upn,
        userId=who.guid,
        appDisplayName=operation.extra["application"],
        clientAppUsed="Browser",
        userAgent=_AGENT,
        deviceDetail={"deviceId": "", "operatingSystem": "Windows10", "browser": "Chrome 141.0.0"},
        mfaDetail={},
        originalRequestId=said["id"],
        authenticationDetails=[
            {
                "authenticationStepDateTime": said["createdDateTime"],
                "authenticationMethod": "Previously satisfied",
                "succeeded": not operation.extra.get("code"),
                "authenticationStepResultDetail": "MFA requirement satisfied by claim in the token",
                "authenticationStepRequirement": "Primary authentication",
            }
        ],
        authenticationProcessingDetails=[
            {"key": "Legacy TLS (TLS 1.0, 1.1, 3DES)", "value": "False"},
            {"key": "Oauth Scope Info", "value": '["user_impersonation"]'},
            {"key": "Is CAE Token", "value": "False"},
        ],
        networkLocationDetails=[],
        authenticationRequirement="multiFactorAuthentication",
        authenticationRequirementPolicies=[],
        tokenIssuerName="",
        processingTimeInMilliseconds=dice.between(80, 900),
        riskEventTypes=[],
        riskEventTypes_v2=[],
        resourceTenantId=tenant_id,
        homeTenantId=tenant_id,
        servicePrincipalId="",
        userType="Member",
        autonomousSystemNumber=1136,
        privateLinkDetails={},
        ssoExtensionVersion="",
    )
