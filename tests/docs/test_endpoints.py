"""The page of endpoints says what the table says."""

from tests.docs.endpoints import PAGE, between, rendered


def test_the_page_is_made_from_the_table():
    said = between(PAGE.read_text("utf-8"))
    assert said.strip() == rendered().strip(), "write it anew: python -m tests.docs.endpoints"
