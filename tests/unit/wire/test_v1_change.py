"""A change as JSON: what is read, and what is refused with the place where it is wrong."""

from __future__ import annotations

import pytest

from remit.model.errors import PayloadError
from remit.wire.v1.change import decode_change


def test_objects_are_kept_as_they_stand_and_ids_lose_their_case() -> None:
    text = (
        b'\xef\xbb\xbf{"add": {"graph/groups": [{"id": "G",  "new": 1}]}, "remove": {"graph/users": [" ANN ", "ann"]}}'
    )
    change = decode_change(text, "change.json")
    assert change.add == {"graph/groups": (b'{"id": "G",  "new": 1}',)}
    assert change.remove == {"graph/users": ("ann",)}
    assert change.lists == {"graph/groups", "graph/users"}


@pytest.mark.parametrize("text", [b"{}", b'{"add": {}}', b'{"add": {"arm/locks": []}, "remove": {"arm/locks": []}}'])
def test_a_change_of_nothing_touches_no_list(text) -> None:
    assert decode_change(text, "change.json").lists == frozenset()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "change.json"),
        (b"[]", "change.json"),
        (b'{"added": {}}', "holds `added`"),
        (b'{"add": {"arm/rolesAssignments": [{"id": "/x"}]}}', "change.json: add: `arm/rolesAssignments` is no list"),
        (b'{"remove": {"locks": ["/x"]}}', "change.json: remove: `locks` is no list"),
        (b'{"remove": {"arm/locks": "/x"}}', "remove"),
        (b'{"add": {"arm/locks": [{"name": "l"}]}}', "change.json: add.arm/locks:1"),
        (b'{"add": {"graph/groupMembers": [{"parentId": "g"}]}}', "change.json: add.graph/groupMembers:1"),
    ],
)
def test_what_is_no_change_is_refused(text, why) -> None:
    with pytest.raises(PayloadError) as caught:
        decode_change(text, "change.json")
    assert why in caught.value.message
