"""The page of edges says what is declared."""

from tests.docs.edges import PAGE, rendered
from tests.docs.endpoints import between

from remit.bootstrap.edges import edge_catalogue


def test_the_page_is_made_from_the_declarations():
    said = between(PAGE.read_text("utf-8"))
    assert said.strip() == rendered(edge_catalogue()).strip(), "write it anew: python -m tests.docs.edges"
