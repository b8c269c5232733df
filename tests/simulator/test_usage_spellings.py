"""Spellings of generated logs: read back, they are what was meant, for every instant and every id."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from remit.usage.spellings import read_time, token_guid
from remit_sim.generate.usage.instants import offset, seven, us_form
from remit_sim.generate.usage.records.sign_ins import long_token, short_token

INSTANTS = st.integers(min_value=0, max_value=4_000_000_000_000_000)


@given(INSTANTS)
def test_instants_read_back_as_they_were_meant(time) -> None:
    assert read_time(seven(time)) == read_time(offset(time)) == time
    assert read_time(us_form(time)) == time // 1_000 * 1_000


@given(st.uuids())
def test_the_three_spellings_of_a_token_are_one_id(guid: UUID) -> None:
    short, long = short_token(str(guid)), long_token(str(guid))
    assert (len(short), len(long)) == (22, 48)
    assert token_guid(short) == token_guid(short + "==") == token_guid(long) == token_guid(str(guid)) == str(guid)


def test_a_known_pair_of_an_id_and_its_token() -> None:
    assert short_token("5cbd0526-9043-4533-8d6a-4c8732084200") == "JgW9XEOQM0WNakyHMghCAA"
