"""Nodes of the graph as people read them."""

from __future__ import annotations

from remit.cli.graph_words import count_words, told_apart
from remit.graph.answers import NodeRef

ONE = NodeRef("479bdc35-569c-5903-85f5-a9933b582301", "user", "Alex Kim")
OTHER = NodeRef("80c17ebf-dcfb-5f52-bde3-670277c35ad5", "user", "Alex Kim")


def test_namesakes_are_told_apart_by_how_their_ids_begin() -> None:
    assert told_apart([ONE, OTHER, ONE]) == {ONE.id: "Alex Kim 479bdc35…", OTHER.id: "Alex Kim 80c17ebf…"}


def test_one_of_a_name_or_a_kind_keeps_the_name_alone() -> None:
    robot = NodeRef("90c17ebf-dcfb-5f52-bde3-670277c35ad5", "servicePrincipal", "Alex Kim")
    assert told_apart([ONE, robot]) == {ONE.id: "Alex Kim", robot.id: "Alex Kim"}


def test_kinds_are_counted_as_people_say_it() -> None:
    counts = {"user": 2, "managedIdentity": 1_200, "group": 1, "subject": 2, "unknown": 3}
    assert (
        count_words(counts) == "2 users, 1,200 managed identities, 1 group, 2 outside subjects, 3 of a kind not known"
    )
    assert count_words({"managedIdentity": 1, "unknown": 1}) == "1 managed identity, 1 of a kind not known"
