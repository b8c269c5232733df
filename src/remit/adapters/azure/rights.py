"""What the credential may do at one scope, as the permissions API says.

>>> Rights((Permission(actions=["*/read"]),)).grants("Microsoft.KeyVault/vaults/read")
True
"""

from __future__ import annotations

from dataclasses import dataclass

from remit.engine.patterns import covers
from remit.wire.azure.shapes import Permission

ALL_READS = "*/read"


@dataclass(frozen=True, slots=True)
class Rights:
    """The permission blocks that apply at a scope; each subtracts only from itself."""

    blocks: tuple[Permission, ...]

    def grants(self, action: str) -> bool:
        """Return whether an action is granted; `*/read` asks for all reads there are."""
        if action == ALL_READS:
            return any(_reads_everything(block) for block in self.blocks)
        return any(
            _any_covers(block.actions, action) and not _any_covers(block.not_actions, action) for block in self.blocks
        )


def _any_covers(patterns: list[str] | None, action: str) -> bool:
    return any(covers(pattern, action) for pattern in patterns or ())


def _reads_everything(block: Permission) -> bool:
    if not {"*", ALL_READS}.intersection(pattern.lower() for pattern in block.actions or ()):
        return False
    # What takes away writes, deletes or named actions only takes no read away.
    taken = (pattern.lower().rsplit("/", 1)[-1] for pattern in block.not_actions or ())
    return not any(verb in {"read", "*"} for verb in taken)
