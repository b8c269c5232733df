"""Error codes of Entra sign-ins: which of them say that access was refused.

A refused sign-in had wrong credentials, or nobody of that name, or a policy, an assignment or a consent stood in its
way. Other codes are interrupts (more is asked of the user, who may then come in), faults of the request, and faults of
the service: the sign-in failed, and says nothing of what the principal may do.

Source: Microsoft Entra authentication and authorization error codes (learn.microsoft.com/entra/identity-platform/
reference-error-codes), read in 2026; the codes of federated credentials from its page on workload identity federation.
"""

from __future__ import annotations

from remit.model.usage import ObservedOutcome

_WRONG_CREDENTIALS = frozenset(
    {
        50012,  # AuthenticationFailed: certificate or assertion
        50017,  # CertificateValidationFailed
        50053,  # IdsLocked, or an address with malicious activity
        50056,  # no password in the directory
        50064,  # CredentialAuthenticationError
        50099,  # PKeyAuthInvalidJwtUnauthorized
        50126,  # InvalidUserNameOrPassword
        50155,  # DeviceAuthenticationFailed
        70002,  # InvalidClient
        80012,  # OnPremisePasswordValidationAccountLogonInvalidHours
        120000,  # PasswordChangeIncorrectCurrentPassword
        130004,  # NgcKeyNotFound
        130005,  # NgcInvalidSignature
        135011,  # device is disabled
        500121,  # strong authentication not passed
        700024,  # client assertion out of its time
        700027,  # client assertion's signature
        700030,  # certificate's subject
        900384,  # token's signature
        7000215,  # client secret
        7000222,  # client secret expired
    }
)
_UNKNOWN_OR_DISABLED = frozenset(
    {
        16003,  # SsoUserAccountNotFoundInResourceTenant
        50014,  # GuestUserInPendingState
        50020,  # UserUnauthorized
        50034,  # UserAccountNotFound
        50057,  # UserDisabled
        51004,  # UserAccountNotInDirectory
        70001,  # UnauthorizedClient: application disabled
        90072,  # account is not of this tenant
        130007,  # NgcDeviceIsDisabled
        500011,  # resource's service principal not in the tenant
        500014,  # resource's service principal disabled
        700011,  # application not in the directory
        700016,  # application not in the tenant
        7000112,  # application disabled
    }
)
_REFUSED_BY_POLICY = frozenset(
    {
        50002,  # NotAllowedTenant
        50005,  # DevicePolicyError
        50105,  # EntitlementGrantsNotFound: not assigned
        50131,  # ConditionalAccessFailed
        53000,  # DeviceNotCompliant
        53001,  # DeviceNotDomainJoined
        53002,  # ApplicationUsedIsNotAnApprovedApp
        53003,  # BlockedByConditionalAccess
        53004,  # ProofUpBlockedDueToRisk
        53009,  # application has to enforce Intune protection
        53010,  # ProofUpBlockedDueToSecurityInfoAcr
        53011,  # blocked for risk in the home tenant
        54000,  # MinorUserBlockedLegalAgeGroupRule
        90084,  # OrgIdWsFederationGuestNotAllowed
        90093,  # GraphUserUnauthorized
        90123,  # IdentityProviderAccessDenied
        240001,  # BulkAADJTokenUnauthorized
        500021,  # tenant restrictions
        500022,  # tenant restrictions
        500212,  # NotAllowedByOutboundPolicyTenant
        500213,  # NotAllowedByInboundPolicyTenant
        530032,  # BlockedByConditionalAccessOnSecurityPolicy
        530034,  # DelegatedAdminBlockedDueToSuspiciousActivity
        530035,  # BlockedBySecurityDefaults
        1000031,  # application cannot be accessed
        1000104,  # XCB2BResourceCloudNotAllowedOnIdentityTenant
        7000114,  # no on-behalf-of calls allowed
    }
)
_NO_CONSENT = frozenset(
    {
        65002,  # first-party consent by preauthorisation
        65004,  # UserDeclinedConsent
        90008,  # TokenForItselfRequiresGraphPermission
        90094,  # AdminConsentRequired
        90095,  # AdminConsentRequiredRequestAccess
        90099,  # not authorized in the tenant
    }
)
_FEDERATION_MISMATCH = frozenset(
    {
        70021,  # no matching federated credential
        700211,  # issuer
        700212,  # audience
        700213,  # subject
        700229,  # ForbiddenTokenType
    }
)

REFUSALS = _WRONG_CREDENTIALS | _UNKNOWN_OR_DISABLED | _REFUSED_BY_POLICY | _NO_CONSENT | _FEDERATION_MISMATCH
"""Codes that say that access was refused."""

INTERRUPTS = frozenset(
    {
        50055,  # InvalidPasswordExpiredPassword
        50058,  # UserInformationNotProvided: nobody is signed in yet
        50072,  # UserStrongAuthEnrollmentRequiredInterrupt
        50074,  # UserStrongAuthClientAuthNRequiredInterrupt
        50076,  # UserStrongAuthClientAuthNRequired
        50078,  # UserStrongAuthExpired
        50079,  # UserStrongAuthEnrollmentRequired
        50089,  # flow token expired
        50097,  # DeviceAuthenticationRequired
        50125,  # PasswordResetRegistrationRequiredInterrupt
        50127,  # BrokerAppNotInstalled
        50129,  # DeviceIsNotWorkplaceJoined
        50132,  # SsoArtifactInvalidOrExpired
        50133,  # SsoArtifactRevoked
        50135,  # PasswordChangeCompromisedPassword
        50140,  # KmsiInterrupt: keep me signed in
        50144,  # InvalidPasswordExpiredOnPremPassword
        50158,  # ExternalSecurityChallenge
        50168,  # ChromeBrowserSsoInterruptRequired
        50173,  # FreshTokenNeeded
        50180,  # WindowsIntegratedAuthMissing
        50199,  # CmsiInterrupt
        65001,  # DelegationDoesNotExist: consent is asked for
        70016,  # AuthorizationPending
        70043,  # BadTokenDueToSignInFrequency
        700082,  # ExpiredOrRevokedGrantInactiveToken
        1000002,  # BindCompleteInterruptError
    }
)
"""Codes that say that more is asked of the user. They count as failed, as every code that is no refusal does."""


def outcome_of_code(code: int) -> ObservedOutcome:
    """Return how a sign-in with this error code ended; 0 is success."""
    if code == 0:
        return ObservedOutcome.SUCCEEDED
    return ObservedOutcome.REFUSED if code in REFUSALS else ObservedOutcome.FAILED
