"""The role definitions of a generated tenant: the known ones, invented built-in ones, and custom ones.

The mix of forms follows what Azure's built-in roles look like: most patterns exact, then `provider/type/*`, then
`provider/*/read`; half of the roles carry the same common extras; about one in fifty has several permission blocks,
and one in thirty a condition inside a block (D4).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from benchmarks.catalogue import Catalogue
from benchmarks.guids import guids
from benchmarks.known import COMMON_EXTRAS, ROLES, KnownRole
from benchmarks.sizes import Size

BUILT_IN_ROLES = 900


@dataclass(frozen=True, slots=True)
class Block:
    """One permission block."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A role definition; `share` is its weight among assignments."""

    guid: str
    name: str
    custom: bool
    blocks: tuple[Block, ...]
    share: float

    @property
    def has_data(self) -> bool:
        """Tell whether any block lists data actions."""
        return any(block.data_actions for block in self.blocks)


def build_roles(size: Size, catalogue: Catalogue, rng: np.random.Generator) -> list[Role]:
    """Make all roles; the known ones come first, and hold about three quarters of the assignments."""
    built_in = min(BUILT_IN_ROLES, max(40, size.operations // 24))
    roles = [_known(role) for role in ROLES]
    maker = _Maker(catalogue, rng)
    names = guids(rng, built_in + size.custom_roles)
    total = sum(role.share for role in ROLES)
    # The long tail: Zipf over the other built-in roles, and over the custom ones.
    for place in range(built_in - len(ROLES)):
        share = total * 0.28 / (place + 3) / 5
        roles.append(Role(names[place], f"Invented Role {place:04d}", False, maker.blocks(), share))
    for place in range(size.custom_roles):
        share = total * 0.14 / (place + 3) / 5
        guid = names[built_in + place]
        roles.append(Role(guid, f"Custom Role {place:04d}", True, maker.blocks(), share))
    return roles


def _known(role: KnownRole) -> Role:
    block = Block(role.actions, role.not_actions, role.data_actions, role.not_data_actions)
    return Role(role.guid, role.name, False, (block,), float(role.share))


class _Maker:
    """Draws permission blocks around one or two providers at a time."""

    def __init__(self, catalogue: Catalogue, rng: np.random.Generator) -> None:
        self._rng = rng
        self._control = catalogue.control
        self._data = catalogue.data
        self._data_providers = sorted({name.split("/", 1)[0] for name in catalogue.data})
        self._providers = catalogue.providers

    def blocks(self) -> tuple[Block, ...]:
        """Return one block, or in one role of fifty two or three."""
        draw = self._rng.random()
        count = 1 if draw < 0.98 else 2 if draw < 0.995 else 3
        blocks = [self._block() for _ in range(count)]
        if count > 1 or self._rng.random() < 0.012:
            blocks[-1] = self._conditional(blocks[-1])
        return tuple(blocks)

    def _block(self) -> Block:
        rng = self._rng
        provider = self._providers[int(rng.integers(len(self._providers)))]
        actions = self._patterns(self._control, provider, 1 + int(rng.geometric(0.16)))
        if rng.random() < 0.5:
            actions += COMMON_EXTRAS
        not_actions: tuple[str, ...] = ()
        if rng.random() < 0.05:
            actions = (*actions, f"{provider}/*")
            not_actions = self._patterns(self._control, provider, 2)
        data: tuple[str, ...] = ()
        not_data: tuple[str, ...] = ()
        if rng.random() < 0.32:
            data_provider = self._data_providers[int(rng.integers(len(self._data_providers)))]
            data = self._patterns(self._data, data_provider, 1 + int(rng.geometric(0.3)))
            if rng.random() < 0.1:
                data = (*data, f"{data_provider}/*")
                not_data = self._patterns(self._data, data_provider, 1)
        return Block(tuple(dict.fromkeys(actions)), not_actions, tuple(dict.fromkeys(data)), not_data)

    def _conditional(self, block: Block) -> Block:
        text = (
            "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR "
            "(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals "
            "{7f951dda-4ed3-4680-a7ca-43fe172d538d, acdd72a7-3385-48ef-bd42-f606fba81ae7}))"
        )
        actions = ("Microsoft.Authorization/roleAssignments/write", *block.actions)
        return Block(actions, block.not_actions, block.data_actions, block.not_data_actions, text)

    def _patterns(self, names: tuple[str, ...], provider: str, count: int) -> tuple[str, ...]:
        """Return `count` patterns over the operations of one provider, wildcards among them."""
        low = bisect_left(names, f"{provider}/")
        high = bisect_left(names, f"{provider}0")
        found: list[str] = []
        for place in self._rng.integers(low, max(high, low + 1), size=count).tolist():
            name = names[min(place, len(names) - 1)]
            head, _, last = name.rpartition("/")
            verb = f"{head.rpartition('/')[2]}/action" if last == "action" else last
            form = self._rng.random()
            if form < 0.62:
                found.append(name)
            elif form < 0.8:
                top = "/".join(name.split("/")[:2])
                found.append(f"{top}/*")
            elif form < 0.9:
                found.append(f"{provider}/*/{verb}")
            elif form < 0.98:
                top = "/".join(name.split("/")[:2])
                found.append(f"{top}/*/{verb}")
            else:
                found.append(f"{provider}/*")
        return tuple(dict.fromkeys(found))
