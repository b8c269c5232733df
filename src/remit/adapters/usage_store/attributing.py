"""Asks what granted operations, and writes the answers as the statements read them; notes where logs disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from remit.adapters.statement_engine import SqlEngine
from remit.adapters.usage_store.draft import Draft, add_texts
from remit.adapters.usage_store.lines import DisagreementLine, LineWriter, read_lines
from remit.adapters.usage_store.manifest import Part
from remit.adapters.usage_store.texts import Texts, to_bytes
from remit.model.usage import ObservedPlane
from remit.ports.usage_store import Attribution, UseQuestion
from remit.usage.columns import Longs, text_key
from remit.usage.statements import QUESTION

_ASKED_AT_ONCE = 20_000
MOST_DISAGREEMENTS = 100_000
"""That are kept; more of them tell nothing new."""
_FIRST, _LAST = -(2**62), 2**62


class Asking:
    """One settling's questions."""

    def __init__(self, draft: Draft, engine: SqlEngine, attribution: Attribution | None) -> None:
        """Begin.

        Args:
            draft: gives and takes texts, takes disagreements.
            engine: runs the statements.
            attribution: answers; None where nothing is known, and nothing is asked.
        """
        self._draft = draft
        self._engine = engine
        self._attribution = attribution
        self._epochs: list[Path] = []
        self._disagreements = {
            _key(line): line
            for path in draft.paths(draft.manifest.disagreements)
            for line in read_lines(path, DisagreementLine)
        }
        self._compared = False

    def inputs(self, operations: list[Path]) -> dict[str, list[Path]]:
        """Return epochs and answers for the statement `attributed`."""
        if not self._epochs:
            self._epochs = [self._write_epochs()]
        return {"epochs": self._epochs, "answers": [] if self._attribution is None else [self._answer(operations)]}

    def finish(self) -> None:
        """Put what disagrees into the draft."""
        if not self._compared:
            return
        path = self._draft.path("disagreements", ".zst")
        with LineWriter(path) as writer:
            for line in sorted(self._disagreements.values(), key=lambda one: (one.at, _key(one)))[:MOST_DISAGREEMENTS]:
                writer.write(line)
        self._draft.manifest.disagreements = [Part(path.name, writer.count)]

    def _write_epochs(self) -> Path:
        instants = [] if self._attribution is None else sorted(set(self._attribution.instants()))
        bounds = [_FIRST, *(one for one in instants if _FIRST < one < _LAST), _LAST]
        columns = {
            "epoch": np.arange(len(bounds) - 1, dtype=np.int64),
            "start": np.asarray(bounds[:-1], dtype=np.int64),
            "until": np.asarray(bounds[1:], dtype=np.int64),
        }
        path = self._draft.work / "epochs.parquet"
        self._engine.write(columns, path)
        return path

    def _answer(self, operations: list[Path]) -> Path:
        asked = self._engine.rows("questions", {"operations": operations, "epochs": self._epochs}, {})
        granted = np.zeros(len(asked["time"]), dtype=np.int64)
        named: dict[int, bytes] = {}
        texts = Texts(self._draft.paths(self._draft.manifest.texts))
        for low in range(0, len(granted), _ASKED_AT_ONCE):
            some = {name: column[low : low + _ASKED_AT_ONCE] for name, column in asked.items()}
            for place, ids in enumerate(self._ask(some, texts), low):
                if ids:
                    granted[place] = text_key(ids[0])
                    named[int(granted[place])] = to_bytes(ids[0])
        add_texts(self._draft, named)
        path = self._draft.work / f"{self._draft.stem('answers')}.parquet"
        self._engine.write({**{name: asked[name] for name in QUESTION}, "granted": granted}, path)
        return path

    def _ask(self, asked: Mapping[str, Longs], texts: Texts) -> Iterator[tuple[str, ...] | None]:
        """Yield the assignments that grant each of some questions."""
        names = ("principal", "action", "scope", "assignment")
        known = texts.of(np.concatenate([asked[name] for name in names]))
        principals, actions, scopes, logged = ([known[key] for key in asked[name].tolist()] for name in names)
        questions = [
            UseQuestion(*one)
            for one in zip(
                principals,
                map(ObservedPlane, asked["plane"].tolist()),
                actions,
                scopes,
                asked["time"].tolist(),
                strict=True,
            )
        ]
        if self._attribution is None:
            return
        for question, written, ids in zip(questions, logged, self._attribution.granting(questions), strict=True):
            if written and ids is not None:
                self._compare(question, written, ids)
            yield ids

    def _compare(self, question: UseQuestion, written: str, ids: Sequence[str]) -> None:
        line = DisagreementLine(
            question.principal_id, question.action, question.scope, question.at, written, tuple(ids)
        )
        key = _key(line)
        known = self._disagreements.get(key)
        if written.lower() in {one.lower() for one in ids}:
            # Asked again, once more was known.
            if known is not None and known.at == line.at:
                del self._disagreements[key]
                self._compared = True
        elif known is None or line.at <= known.at:
            self._disagreements[key] = line
            self._compared = True


def _key(line: DisagreementLine) -> tuple[str, str, str, str]:
    return (line.principal, line.action.lower(), line.scope.lower(), line.logged)
