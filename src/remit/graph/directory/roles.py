"""Template ids of built-in Entra roles, and which roles a limited reset of passwords may reach.

The lists are those of Microsoft's page on who can reset passwords, as other tools apply them: a holder of the role
resets somebody whose own roles all stand in its list, who is in no role-assignable group and owns none.
"""

from __future__ import annotations

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
_AUTHENTICATION_ADMINISTRATOR = "c4e39bd9-1100-46d3-8c65-fb160da0071f"
_DIRECTORY_READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
_GROUPS_ADMINISTRATOR = "fdd7a751-b60b-444a-984c-02652fe8fa1c"
_GUEST_INVITER = "95e79109-95c0-4d8e-aee3-d01accf2d47b"
_HELPDESK_ADMINISTRATOR = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
_MESSAGE_CENTER_READER = "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b"
_PASSWORD_ADMINISTRATOR = "966707d0-3269-4727-9be2-8c3a10f19b9d"  # noqa: S105 - the id of a role
_REPORTS_READER = "4a5d8f65-41da-4de4-8968-e035b65339cf"
_USAGE_SUMMARY_REPORTS_READER = "75934031-6c7e-415a-99d7-48dbd49e875e"
_USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"

_READERS = {
    _DIRECTORY_READERS,
    _GUEST_INVITER,
    _MESSAGE_CENTER_READER,
    _PASSWORD_ADMINISTRATOR,
    _REPORTS_READER,
    _USAGE_SUMMARY_REPORTS_READER,
}

RESETTABLE: dict[str, frozenset[str]] = {
    "helpdesk": frozenset({*_READERS, _HELPDESK_ADMINISTRATOR}),
    "authentication": frozenset({*_READERS, _AUTHENTICATION_ADMINISTRATOR}),
    "user": frozenset({*_READERS, _HELPDESK_ADMINISTRATOR, _USER_ADMINISTRATOR, _GROUPS_ADMINISTRATOR}),
    "password": frozenset({_PASSWORD_ADMINISTRATOR, _GUEST_INVITER, _DIRECTORY_READERS}),
    "none": frozenset(),
}
"""By the name of the list: roles whose holders are reached. `none` is for roles that reach users without a role."""


def covers(held: frozenset[str], action: str) -> bool:
    """Return whether resource actions hold one, both lower case.

    `…/users/allProperties/allTasks` holds every action on users, `…/users/allProperties/update` every update.
    """
    if action in held:
        return True
    space, _, rest = action.partition("/")
    entity = rest.partition("/")[0]
    if not rest:
        return False
    return (
        f"{space}/{entity}/allproperties/alltasks" in held
        or f"{space}/allentities/allproperties/alltasks" in held
        or (action.endswith("/update") and f"{space}/{entity}/allproperties/update" in held)
    )
