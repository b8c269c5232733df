"""Answers for a collection that adds to an earlier one: change feeds, places, rights."""

from __future__ import annotations

import json

from tests.fakes.azure import Answer, answer
from tests.fakes.azure_tree import ONE, ROOT, TREE, TWO, a_subscription

LINK = "https://graph.microsoft.com/v1.0/delta?token="
GRAPH_LISTS = {
    "graph/users",
    "graph/devices",
    "graph/groups",
    "graph/groupMembers",
    "graph/groupOwners",
    "graph/servicePrincipals",
}


class Feeds:
    """Gives the latest link of every feed; answers what follows with `pages`, one after the other."""

    def __init__(self, *, subscriptions: int = 1) -> None:
        self.asked: list[str] = []
        self.queries: list[str] = []
        self.fails: dict[str, Answer] = {}
        self.pages: list[Answer] = []
        self._subscriptions = [a_subscription(one, ["root"]) for one in (ONE, TWO)[:subscriptions]]

    def __call__(self, request) -> Answer:
        path = request.url.path
        self.asked.append(path)
        if path in self.fails:
            return self.fails[path]
        if request.url.query.endswith(b"$deltatoken=latest"):
            return answer({"value": [], "@odata.deltaLink": f"{LINK}{path.split('/')[-2]}"})
        if path == "/metadata/endpoints":
            return answer({})
        if path.endswith("/permissions"):
            assert path.startswith(ROOT)
            return answer({"value": [{"actions": ["*/read"]}]})
        if self.pages:
            if path.endswith("/resources"):
                self.queries.append(json.loads(request.content)["query"])
            return self.pages.pop(0)
        return answer({"data": [TREE[0], *self._subscriptions]})


def marks_of(beginning) -> dict[str, str]:
    """Return the marks that a beginning carries into its pages."""
    return json.loads(beginning.parts[-1].target)["marks"]
