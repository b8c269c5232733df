"""Records of known shapes to columns, many at once.

    reader = FastReader(keys, read_one)
    found = reader.read(records)
    found.rows        # which of the records; all others are for the literal reading
    found.columns     # of these, without `line`

A shape is taken on when a record of it was read literally and came out as the rules say, and came out so again with
all values changed that no rule takes. From then on a record of that shape is read by the rules alone, as long as every
value that they take is spelled plainly. Whatever else the literal reading looks at makes a shape of its own, which is
left to that reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.usage.columns import ABSENT, CHECKED, Longs, guid_halves
from remit.usage.fast.blake import identities_of
from remit.usage.fast.blocks import ACTION, CATEGORY, CODED, COLUMNS, NAME, PLACE, READ, SPELLED, STATUS, STEADY, Block
from remit.usage.fast.dictionary import Dictionary
from remit.usage.fast.kernels import ABOVE_ASCII, ASK, NONE, UNKNOWN, Bytes, Ints, survey
from remit.usage.fast.kinds import CLOSER, kinds_of_texts, packed
from remit.usage.fast.lessons import PROBES, changed, others, planned
from remit.usage.fast.rules import ACTIVITY, FAMILIES, GRAPH, TELLING, Role, instant
from remit.usage.fast.shapes import MOST_VALUES, Shapes, values_of
from remit.usage.fast.texts import Keys, Texts

Flags = NDArray[np.bool_]
Row = tuple[int, ...]
ReadOne = Callable[[bytes], Row | None]
"""What a record is read as literally: `CHECKED` of its one operation; None where it tells of anything else."""

_FREE_LESSONS, _LESSON_EVERY, _TRIES = 200, 50, 8
_LEARNING, _LEFT = -1, -2
"""Instead of the log of a shape: no record of it came out right so far; it is left to the literal reading."""

_PLANES = np.array([family.plane for family in FAMILIES], dtype=np.int64)
_REQUESTS = np.array([family.requests for family in FAMILIES])
_STRICT = np.array([Role.EVENT in family.needed for family in FAMILIES])
_EVENT, _TOKEN, _CORRELATION = 0, 2, 4


@dataclass(frozen=True, slots=True)
class Found:
    """What was read the fast way.

    Attributes:
        rows: positions of the records in what was given, ascending; each has one row.
        columns: of these, all but `line`.
    """

    rows: Longs
    columns: dict[str, Longs]


class FastReader:
    """Reads records of known shapes, and gets to know shapes.

    Attributes:
        lessons: how many records were looked at for their shape.
    """

    def __init__(self, keys: Keys, read_one: ReadOne, *, digests: bool) -> None:
        """Begin without shapes.

        Args:
            keys: of texts.
            read_one: the literal reading.
            digests: whether to make the columns of digests; else they are 0.
        """
        self.lessons = 0
        self._digests = digests
        self._seen = 0
        self._keys, self._read_one = keys, read_one
        self._kinds, self._readers = kinds_of_texts()
        self._special = np.array(
            [self._kinds[FAMILIES.index(GRAPH), ACTION], self._kinds[FAMILIES.index(ACTIVITY), PLACE]]
        )
        self._places: Longs = np.empty(3 * MOST_VALUES, dtype=np.int64)
        self._scratch = np.empty(0, dtype=np.uint8)
        self._dictionary = Dictionary(self._meaning)
        self._forget_texts()
        self._forget_shapes()

    def _forget_texts(self) -> None:
        self._dictionary.forget()
        self._spelled = [""]
        self._used: Flags = np.zeros(0, dtype=np.bool_)
        self._requests: dict[int, int] = {}
        self._requested: set[int] = set()

    def _forget_shapes(self) -> None:
        self._shapes = Shapes()
        self._plans: Ints = np.full((64, len(READ)), -1, dtype=np.int32)
        self._logs: Longs = np.full(64, _LEARNING, dtype=np.int64)
        self._tries: Longs = np.zeros(64, dtype=np.int64)

    def read(self, records: Sequence[bytes]) -> Found:
        """Read those of some records whose shape is known; see the module."""
        block = Block.of(records)
        self._seen += len(records)
        self._survey(block, np.arange(len(records), dtype=np.int64))
        self._study(block)
        self._check_utf8(block)
        known = block.shapes >= 0
        known[known] = self._logs[block.shapes[known]] >= 0
        rows = np.flatnonzero(known)
        columns, good = self._columns(block, rows)
        if not good.all():
            rows = rows[good]
            columns = {name: column[good] for name, column in columns.items()}
        if self._digests:
            columns["digest_hi"], columns["digest_lo"] = block.digests(rows)
        else:
            columns["digest_hi"] = columns["digest_lo"] = np.zeros(len(rows), dtype=np.int64)
        return Found(rows, columns)

    def take_texts(self, texts: Texts) -> None:
        """Tell the texts of the rows that were read since the last call."""
        codes = np.flatnonzero(self._used)
        spelled = self._spelled
        texts.learn_all(self._dictionary.meanings[codes], [spelled[code] for code in codes.tolist()])
        pairs = list(self._requested)
        keys = np.array([self._requests[pair] for pair in pairs], dtype=np.int64)
        texts.learn_all(keys, [self._asked(pair) for pair in pairs])
        self._used[:] = False
        self._requested.clear()
        if self._dictionary.full:
            self._forget_texts()
        if self._shapes.full:
            self._forget_shapes()

    # 1. Shapes.

    def _survey(self, block: Block, rows: Longs) -> None:
        self._dictionary.make_room(len(rows) * len(CODED), len(block.data))
        if len(self._scratch) < 2 * len(block.data):
            self._scratch = np.empty(2 * len(block.data), dtype=np.uint8)
        survey(
            block.data,
            rows,
            block.starts,
            block.ends,
            self._shapes.stretches,
            self._shapes.nodes,
            self._plans,
            self._logs,
            self._places,
            self._scratch,
            self._kinds,
            self._special,
            STEADY,
            *self._dictionary.tables,
            block.shapes,
            block.found,
            block.codes,
            block.times,
            block.halves,
            block.plain,
        )
        self._dictionary.learn()

    def _study(self, block: Block) -> None:
        """Learn the shapes of some records that are of no known one, and look at all of these again."""
        open_rows = np.array([row for row in _unread(block, self._logs) if self._is_open(int(block.shapes[row]))])
        if not len(open_rows) or not self._may_learn():
            return
        for row in open_rows.tolist():
            self._survey(block, np.array([row], dtype=np.int64))
            if self._is_open(int(block.shapes[row])):
                self.lessons += 1
                self._learn(block.records[row])
            if not self._may_learn():
                break
        self._survey(block, open_rows)

    def _may_learn(self) -> bool:
        return self.lessons < _FREE_LESSONS + self._seen // _LESSON_EVERY and not self._shapes.full

    def _is_open(self, shape: int) -> bool:
        if shape == UNKNOWN:
            return True
        return shape >= 0 and self._logs[shape] == _LEARNING and self._tries[shape] < _TRIES

    def _check_utf8(self, block: Block) -> None:
        """Let records with letters above ASCII pass where they are UTF-8."""
        for row in np.flatnonzero(block.shapes <= ABOVE_ASCII).tolist():
            try:
                block.records[row].decode()
            except UnicodeDecodeError:
                block.shapes[row] = UNKNOWN
            else:
                block.shapes[row] = ABOVE_ASCII - block.shapes[row]

    def _learn(self, record: bytes) -> None:
        """Take on the shape of a record if the rules read it as it is read literally, whatever else stands in it."""
        expected = self._read_one(record)
        if expected is None:
            return
        values = values_of(record, TELLING)
        if len(values) > MOST_VALUES:
            return
        shape = self._shapes.learn(record, values)
        self._make_room()
        if not self._is_open(shape):
            return  # of a known shape, but for a value that the loops do not read
        self._tries[shape] += 1
        found = planned(record, values)
        if found is None:
            return
        plan, log = found
        self._plans[shape] = [plan[role] for role in READ]
        self._logs[shape] = log
        if self._read_alone(record, shape) != expected:
            self._logs[shape] = _LEARNING
            return
        rest = others(plan, log, values)
        if not all(self._read_one(changed(record, rest, probe)) == expected for probe in PROBES):
            self._logs[shape] = _LEFT

    def _make_room(self) -> None:
        while self._shapes.count > len(self._logs):
            self._plans = np.concatenate([self._plans, np.full_like(self._plans, -1)])
            self._logs = np.concatenate([self._logs, np.full_like(self._logs, _LEARNING)])
            self._tries = np.concatenate([self._tries, np.zeros_like(self._tries)])

    def _read_alone(self, record: bytes, shape: int) -> Row | None:
        """Return what the rules say of one record; nothing of it is remembered as used."""
        block = Block.of([record])
        rows = np.zeros(1, dtype=np.int64)
        self._survey(block, rows)
        self._check_utf8(block)
        if block.shapes[0] != shape:
            return None
        used, requested = self._used.copy(), self._requested.copy()
        columns, good = self._columns(block, rows)
        self._used[:] = False
        self._used[: len(used)] = used
        self._requested = requested
        return tuple(int(columns[name][0]) for name in CHECKED) if good[0] else None

    # 2. Columns.

    def _columns(self, block: Block, rows: Longs) -> tuple[dict[str, Longs], Flags]:
        """Return the columns of some records of known shapes, and which of them the rules read."""
        count, logs = len(rows), self._logs[block.shapes[rows]]
        whole = count == len(block.records)
        codes = block.codes if whole else block.codes[:, rows]
        meant = self._dictionary.meanings[codes]
        good: Flags = np.ones(count, dtype=np.bool_)
        odd = self._dictionary.odd[codes]
        if odd.any():
            good &= ~odd.any(axis=0)
        plain = block.plain if whole else block.plain[:, rows]
        self._ask_the_rest(block, rows, logs, plain, good)
        halves = block.halves if whole else block.halves[:, rows]
        good &= ~(_nil(halves, plain) & _STRICT[logs])
        columns = dict(zip(COLUMNS, meant, strict=False))
        columns["part"] = np.zeros(count, dtype=np.int64)
        columns["time"] = block.times if whole else block.times[rows]
        columns["arrived"] = np.full(count, ABSENT, dtype=np.int64)
        columns["log"], columns["plane"] = meant[CATEGORY], _PLANES[logs]
        self._look_closer(block, rows, logs, meant[STATUS])
        columns["outcome"], columns["phase"] = meant[STATUS] & 15, meant[STATUS] >> 4
        columns["token_hi"], columns["token_lo"] = halves[_TOKEN], halves[_TOKEN + 1]
        columns["correlation_hi"], columns["correlation_lo"] = halves[_CORRELATION], halves[_CORRELATION + 1]
        asking = np.flatnonzero(_REQUESTS[logs])
        if len(asking):
            pairs = codes[NAME, asking] << 32 | codes[ACTION, asking]
            columns["action"][asking] = self._request_keys(pairs, good[asking])
            codes[ACTION, asking] = 0
        columns["identity_hi"], columns["identity_lo"] = identities_of(columns, halves[_EVENT], halves[_EVENT + 1])
        missing = len(self._dictionary.meanings) - len(self._used)
        self._used = np.concatenate([self._used, np.zeros(missing, dtype=np.bool_)]) if missing else self._used
        told = codes[: len(COLUMNS)]
        self._used[told if good.all() else told[:, good]] = True
        return columns, good

    def _ask_the_rest(self, block: Block, rows: Longs, logs: Longs, plain: Bytes, good: Flags) -> None:
        """Read times and ids of rare spellings one by one, as the literal reading does."""
        places, slots = np.nonzero(plain == ASK)
        for place, slot in zip(places.tolist(), slots.tolist(), strict=True):
            row = int(rows[slot])
            text = block.text(row, place)
            if SPELLED[place] is Role.TIME:
                time = instant(text)
                good[slot] &= time is not None
                block.times[row] = time or 0
            else:
                spelled = FAMILIES[logs[slot]].spellings[SPELLED[place]](text)
                good[slot] &= spelled is not None
                block.halves[2 * place - 2 : 2 * place, row] = guid_halves(spelled or "")

    def _look_closer(self, block: Block, rows: Longs, logs: Longs, endings: Longs) -> None:
        """Set outcome and phase of records whose status does not tell them."""
        for slot in np.flatnonzero(endings == CLOSER).tolist():
            closer = FAMILIES[logs[slot]].closer
            if closer is not None:
                endings[slot] = packed(closer(block.records[rows[slot]]))

    def _request_keys(self, pairs: Longs, good: Flags) -> Longs:
        """Return the keys of actions that are a method and a path, by the numbers of both."""
        each, back = np.unique(np.where(good, pairs, -1), return_inverse=True)
        keys = np.zeros(len(each), dtype=np.int64)
        for slot, pair in enumerate(each.tolist()):
            if pair < 0:
                continue
            key = self._requests.get(pair)
            if key is None:
                key = self._requests[pair] = self._keys[self._asked(pair)]
            keys[slot] = key
        self._requested.update(each[each >= 0].tolist())
        return keys[back]

    def _asked(self, pair: int) -> str:
        return f"{self._spelled[pair >> 32]} {self._spelled[pair & 0xFFFFFFFF]}"

    def _meaning(self, kind: int, text: str) -> int | None:
        """Return what a text of a kind stands for; its spelling is kept."""
        found = self._readers[kind](text)
        self._spelled.append(found if isinstance(found, str) else "")
        return self._keys[found] if isinstance(found, str) else found


def _unread(block: Block, logs: Longs) -> list[int]:
    """Return the records of no shape, or of one that is not read."""
    shapes = block.shapes
    unread = (shapes == UNKNOWN) | (shapes >= 0)
    told = shapes >= 0
    unread[told] = logs[shapes[told]] == _LEARNING
    found: list[int] = np.flatnonzero(unread).tolist()
    return found


def _nil(halves: Longs, plain: Bytes) -> Flags:
    """Return which records have a nil GUID, which stands for nothing where records have ids: another place counts."""
    none: Flags = (halves[0::2] | halves[1::2]) == 0
    found: Flags = (none & (plain[1:] != NONE)).any(axis=0)
    return found
