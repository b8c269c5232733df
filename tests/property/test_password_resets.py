"""Who resets whose password: the graph against the literal reading of the rules, on random directories."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.directory_tenant import DirectoryTenant

READERS = {
    "Directory Readers",
    "Guest Inviter",
    "Message Center Reader",
    "Password Administrator",
    "Reports Reader",
    "Usage Summary Reports Reader",
}
LISTS = {
    "Helpdesk Administrator": READERS | {"Helpdesk Administrator"},
    "Authentication Administrator": READERS | {"Authentication Administrator"},
    "User Administrator": READERS | {"Helpdesk Administrator", "User Administrator", "Groups Administrator"},
    "Password Administrator": {"Password Administrator", "Guest Inviter", "Directory Readers"},
    "Privileged Authentication Administrator": None,
}
CUSTOM = "Readers of audits"
HELD = [*sorted(READERS), *LISTS, "Security Reader", CUSTOM]


@dataclass(frozen=True)
class Person:
    """A user to be reset. `group`: what it is to the role-assignable group; `unit`: which unit it stands in."""

    roles: frozenset[str]
    eligible: frozenset[str]
    group: str
    unit: str
    synced: bool
    guest: bool


PEOPLE = st.builds(
    Person,
    st.frozensets(st.sampled_from(HELD), max_size=2),
    st.frozensets(st.sampled_from(HELD), max_size=1),
    st.sampled_from(["", "", "member", "owner", "eligible"]),
    st.sampled_from(["", "plain", "restricted"]),
    st.booleans(),
    st.booleans(),
)


def expected(resetting: str, scope: str, person: Person) -> set[str]:
    """Read the rules one after the other, for one administrator and one user."""
    if scope and scope != person.unit:
        return set()
    if person.unit == "restricted" and scope != "restricted":
        return set()
    allowed = LISTS[resetting]
    sure = not (person.synced or person.guest)
    if allowed is not None:
        if person.group in ("member", "owner") or any(role not in allowed for role in person.roles - {CUSTOM}):
            return set()
        sure &= person.group != "eligible" and CUSTOM not in person.roles and person.eligible <= allowed
    return {"EN-11"} if sure else {"EN-11 possible"}


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(LISTS)),
    st.sampled_from(["", "plain", "restricted"]),
    st.lists(PEOPLE, min_size=1, max_size=5),
)
def test_the_graph_reads_the_rules_of_resets_literally(resetting, scope, people):
    tenant = DirectoryTenant()
    group = tenant.group("assignable", isAssignableToRole=True)
    named = [
        (
            tenant.user(
                f"user {number}", onPremisesSyncEnabled=one.synced, userType="Guest" if one.guest else "Member"
            ),
            one,
        )
        for number, one in enumerate(people)
    ]
    admin = tenant.user("admin")
    units = {
        kind: tenant.unit(kind, *(who for who, one in named if one.unit == kind), restricted=kind == "restricted")
        for kind in ("plain", "restricted")
    }
    tenant.role(admin, resetting, scope=units.get(scope, "/"))
    for who, one in named:
        for role in sorted(one.roles):
            tenant.role(who, role, *(["auditLogs/allProperties/read"] if role == CUSTOM else []))
        for role in sorted(one.eligible):
            tenant.role(who, role, *(["auditLogs/allProperties/read"] if role == CUSTOM else []), eligible=True)
        if one.group == "eligible":
            tenant.add("groupEligibilityScheduleInstances", groupId=group, principalId=who, accessId="member")
        elif one.group:
            tenant.member(group, who, {"member": "groupMembers", "owner": "groupOwners"}[one.group])
    drawn = tenant.draw()
    for who, one in named:
        found = {step for step in drawn.steps(admin, who) if step.startswith("EN-11")}
        assert found == expected(resetting, scope, one), one
