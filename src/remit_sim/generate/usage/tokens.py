"""Tokens: who signs in anew when, for what. People for an hour or so, software at each run, machines once a day."""

from __future__ import annotations

from dataclasses import dataclass

from remit_sim.generate.dice import Dice, Ids
from remit_sim.generate.usage.facts import Person
from remit_sim.generate.usage.operations import Token

_MINUTE = 60_000_000
_DAY_OF_MACHINES = 86_700_000_000
"""How long a managed identity's token lives: 24 hours and 5 minutes, as measured."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A token that was just issued: a sign-in."""

    token: Token
    log: str


class Tokens:
    """The tokens in use; one for an identity and audience is kept."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._live: dict[tuple[str, str], Token] = {}
        self._sessions: dict[str, int] = {}
        self._number = 0

    def token(self, who: Person, audience: str, time: int, dice: Dice) -> tuple[Token, Issued | None]:
        """Return a token good at an instant, and the sign-in if it had to be asked for."""
        key = (who.guid, audience)
        live = self._live.get(key)
        if live is not None and live.issued <= time < live.expires:
            return live, None
        self._number += 1
        issued = time - dice.between(900_000, 20_000_000)
        token = Token(self._ids.guid("token", self._number), issued, issued + self._life(who, dice))
        self._live[key] = token
        return token, Issued(token, self._log(who, issued))

    def _life(self, who: Person, dice: Dice) -> int:
        if who.kind == "managed":
            return _DAY_OF_MACHINES
        return dice.between(60, 90) * _MINUTE

    def _log(self, who: Person, time: int) -> str:
        if who.kind == "managed":
            return "managedIdentitySignIn"
        if who.kind != "user":
            return "servicePrincipalSignIn"
        day = time // 86_400_000_000
        first = self._sessions.get(who.guid) != day
        self._sessions[who.guid] = day
        return "userSignIn" if first else "nonInteractiveUserSignIn"
