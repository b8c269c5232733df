"""Rules of dynamic groups: who can make them hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.graph.directory.classes import CLOSED, OPEN, POSSIBLE
from remit.graph.directory.rules import WRITERS, rule_states


@pytest.mark.parametrize(
    ("rule", "writer", "state"),
    [
        ('user.department -eq "IT"', "basic", OPEN),
        ('user.department -eq "IT"', "job", OPEN),
        ('user.department -eq "IT"', "contact", POSSIBLE),
        ('(user.Department -EQ "IT") -and (user.accountEnabled -eq true)', "basic", OPEN),
        ('(user.department -eq "IT") -and (user.accountEnabled -eq false)', "basic", POSSIBLE),
        ('(user.department -eq "IT") -and (user.userType -eq "Member")', "basic", POSSIBLE),
        ('(user.department -eq "IT") -and (user.userType -eq "Member")', "all", OPEN),
        ('(user.department -eq "IT") -and (user.objectId -eq "x")', "all", CLOSED),
        ('(user.department -eq "IT") -or (user.objectId -eq "x")', "basic", OPEN),
        ('user.objectId -in ["a", "b"]', "all", CLOSED),
        ('(user.department -startsWith "A") -and (user.department -endsWith "B")', "basic", POSSIBLE),
        ('user.department -eq "a" -or user.city -eq "b" -and user.objectId -eq "c"', "contact", POSSIBLE),
        ('-not (user.department -eq "IT")', "basic", OPEN),
        ('-not (user.department -eq "IT" -and user.jobTitle -eq "x")', "basic", POSSIBLE),
        ('user.extensionAttribute7 -match "^a"', "extension", OPEN),
        ('user.userPrincipalName -contains "admin"', "signIn", OPEN),
        ('device.displayName -startsWith "A"', "all", CLOSED),
        ('user.memberof -any (group.objectId -in ["x"])', "all", POSSIBLE),
        ('Direct Reports for "62e19b97-8b3d-4d4a-a106-4ce66896a863"', "all", POSSIBLE),
        ('user.department -eq "IT', "basic", POSSIBLE),
        ("(user.department -eq 'IT'", "basic", POSSIBLE),
        ("user.department -eq null)", "basic", POSSIBLE),
        ("", "all", POSSIBLE),
        ("(" * 200 + 'user.department -eq "a"' + ")" * 200, "basic", POSSIBLE),
        ("((" * 3000, "basic", POSSIBLE),
        ("user.department -eq (user.city)", "basic", POSSIBLE),
    ],
)
def test_a_rule_is_open_to_who_writes_what_it_tests(rule, writer, state):
    assert rule_states(rule)[writer] == state


@given(st.text(alphabet='()-user.department eqandornot"[]%é\n', max_size=80))
def test_any_text_has_a_state_for_every_writer(rule):
    assert set(rule_states(rule)) == set(WRITERS)


_ATTRIBUTES = ["department", "city", "objectId", "accountEnabled", "nickname"]
_ATOMS = st.builds('user.{} -eq "{}"'.format, st.sampled_from(_ATTRIBUTES), st.sampled_from("abc"))
_RULES = st.recursive(
    _ATOMS, lambda inner: st.builds("({}) {} ({})".format, inner, st.sampled_from(["-and", "-or"]), inner)
)


@given(_RULES)
def test_more_rights_never_reach_less(rule):
    states = rule_states(rule)
    better = {CLOSED: 0, POSSIBLE: 1, OPEN: 2}
    assert all(better[states["all"]] >= better[states[name]] for name in WRITERS if WRITERS[name] <= WRITERS["all"])
