"""Loops over the bytes of many records, compiled where numba is installed (the `fast` extra).

`survey` follows records through the tree of known shapes, reads their times and ids, and gives every text a number, the
same for equal texts. The loops take arrays and numbers only, and read many bytes at a time: `SPARE` bytes must follow
whatever they read. All of it stands in one file, because numba keeps what it compiled until the file of the outermost
function changes.
"""

# ruff: noqa: ANN401, PLR2004, PLR0917 - types are the compiler's, letters stand as their numbers, no keywords
# mypy: disable-error-code="arg-type, assignment, no-any-return, return-value"

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from remit.engine.kernels import COMPILED as COMPILED  # noqa: PLC0414 - the sign of a re-export
from remit.engine.kernels import njit

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

# 1. Steps that the compiler has an instruction for, and plain Python without it.

SPARE = 40
"""Bytes that must follow whatever is read."""

word_at: Callable[[Any, int], Any]
"""Return the eight bytes at a place of a block as a little-endian word."""

zeros_below: Callable[[Any], Any]
"""Return how many bits stand below the lowest bit of a word that is set; one must be."""

marks_at: Callable[[Any, int], Any]
"""Return which of 32 bytes are a quote, a backslash or a control character (lower half: lowest bit, first byte), and
which are above ASCII (upper half)."""

unlike_at: Callable[[Any, int, Any, int], Any]
"""Return which of 32 bytes at two places differ; lowest bit, first byte."""

fetch: Callable[[Any, int], None]
"""Have what stands at a place of an array brought near, for it is about to be read."""

if COMPILED:
    from llvmlite.ir import Constant, FunctionType, IntType, VectorType, VoidType  # type: ignore[import-untyped]
    from numba import types
    from numba.extending import intrinsic

    _BYTES = VectorType(IntType(8), 32)
    _BITS, _BITS_64 = IntType(32), IntType(64)

    def _all(value: int) -> Any:
        return Constant(_BYTES, [value] * 32)

    def _loaded(context: Any, builder: Any, kind: Any, block: Any, at: Any, loaded: Any) -> Any:
        data = context.make_array(kind)(context, builder, block).data
        return builder.load(builder.bitcast(builder.gep(data, [at]), loaded.as_pointer()), align=1)

    @intrinsic
    def _word_at(_context: Any, block: Any, _at: Any) -> Any:
        def load(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            return _loaded(context, builder, signature.args[0], given[0], given[1], _BITS_64)

        return types.uint64(block, types.int64), load

    @intrinsic
    def _zeros_below(_context: Any, _word: Any) -> Any:
        def count(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
            return builder.cttz(given[0], Constant(IntType(1), 1))

        return types.int64(types.uint64), count

    @intrinsic
    def _marks_at(_context: Any, block: Any, _at: Any) -> Any:
        def mark(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            found = _loaded(context, builder, signature.args[0], given[0], given[1], _BYTES)
            marks = builder.icmp_unsigned("<", found, _all(32))
            for letter in (34, 92):
                marks = builder.or_(marks, builder.icmp_unsigned("==", found, _all(letter)))
            low = builder.zext(builder.bitcast(marks, _BITS), _BITS_64)
            above = builder.bitcast(builder.icmp_unsigned(">", found, _all(127)), _BITS)
            return builder.or_(low, builder.shl(builder.zext(above, _BITS_64), Constant(_BITS_64, 32)))

        return types.uint64(block, types.int64), mark

    @intrinsic
    def _unlike_at(_context: Any, block: Any, _at: Any, other: Any, _place: Any) -> Any:
        def compare(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            one = _loaded(context, builder, signature.args[0], given[0], given[1], _BYTES)
            two = _loaded(context, builder, signature.args[2], given[2], given[3], _BYTES)
            return builder.zext(builder.bitcast(builder.icmp_unsigned("!=", one, two), _BITS), _BITS_64)

        return types.uint64(block, types.int64, other, types.int64), compare

    @intrinsic
    def _fetch(_context: Any, block: Any, _at: Any) -> Any:
        def bring(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            data = context.make_array(signature.args[0])(context, builder, given[0]).data
            place = builder.bitcast(builder.gep(data, [given[1]]), IntType(8).as_pointer())
            kind = FunctionType(VoidType(), [place.type, _BITS, _BITS, _BITS])
            asked = builder.module.declare_intrinsic("llvm.prefetch", [place.type], kind)
            builder.call(asked, [place, *(Constant(_BITS, value) for value in (0, 3, 1))])
            return context.get_dummy_value()

        return types.none(block, types.int64), bring

    word_at, zeros_below = cast("Callable[[Any, int], Any]", _word_at), cast("Callable[[Any], Any]", _zeros_below)
    marks_at = cast("Callable[[Any, int], Any]", _marks_at)
    unlike_at = cast("Callable[[Any, int, Any, int], Any]", _unlike_at)
    fetch = cast("Callable[[Any, int], None]", _fetch)

else:

    def word_at(block: Any, at: int) -> Any:
        """Return the eight bytes at a place."""
        return np.uint64(int.from_bytes(block[at : at + 8].tobytes(), "little"))

    def zeros_below(word: Any) -> Any:
        """Return how many bits stand below."""
        return (int(word) & -int(word)).bit_length() - 1

    def marks_at(block: Any, at: int) -> Any:
        """Return which bytes end or mark a text."""
        found = block[at : at + 32]
        marks = (found < 32) | (found == 34) | (found == 92)
        return _packed(marks) | _packed(found > 127) << np.uint64(32)

    def unlike_at(block: Any, at: int, other: Any, place: int) -> Any:
        """Return which bytes differ."""
        return _packed(block[at : at + 32] != other[place : place + 32])

    def fetch(block: Any, at: int) -> None:
        """Do nothing: it is read soon enough."""

    def _packed(bits: Any) -> Any:
        return np.uint64(int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little"))


# 2. Following a record.

TEXT, NUMBER, ANYTHING, END = range(4)
"""What follows a stretch that shapes share: a text that is not empty; a number; any one value; nothing."""

UNKNOWN, ODD, ABOVE_ASCII = -1, -2, -10
"""Instead of a shape: none is known; the record is none that is read here; of this and below, see `survey`."""

ASK, PLAIN, NONE = range(3)
"""How a value is spelled: in a way that only the literal reading knows; plainly; there is none."""

_ONES = np.uint64(0x0101010101010101)
_QUOTES = np.uint64(0x2222222222222222)
_BLANKS = np.uint64(0x2020202020202020)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ZERO, _ONE, _BYTE, _WORD = np.uint64(0), np.uint64(1), np.uint64(8), np.uint64(64)
_TRUE = np.uint64(0x65757274)
_FALS = np.uint64(0x736C6166)
_NULL = np.uint64(0x6C6C756E)
_LOW_HALF = np.uint64(0xFFFFFFFF)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)

_QUOTE, _SLASH, _LETTER_U = 34, 92, 117
_MAX_DIGITS, _MAX_NUMBER = 18, 40


@njit(cache=True, nogil=True)
def _is_hex(letter: int) -> bool:
    return 48 <= letter <= 57 or 97 <= letter <= 102 or 65 <= letter <= 70


@njit(cache=True, nogil=True)
def _after_escape(block: Bytes, at: int) -> int:
    """Return where the text goes on after the backslash at `at`, -1 where no plain escape stands there."""
    letter = block[at + 1]
    if letter == _LETTER_U:
        for place in range(at + 2, at + 6):
            if not _is_hex(block[place]):
                return -1
        # Halves of surrogate pairs are left to the literal reading.
        if (block[at + 2] == 68 or block[at + 2] == 100) and block[at + 3] >= 56:
            return -1
        return at + 6
    if letter in (34, 92, 47, 98, 102, 110, 114, 116):
        return at + 2
    return -1


@njit(cache=True, nogil=True)
def _text_end(block: Bytes, at: int, flags: Longs) -> int:
    """Return where the closing quote of the text at `at` stands, -1 where it has none or holds what is no JSON.

    Sets `flags[0]` where bytes above ASCII may stand in it, `flags[1]` where an escape does.
    """
    while True:
        marks = marks_at(block, at)
        if marks > _LOW_HALF:
            flags[0] = 1
        marks &= _LOW_HALF
        if marks == _ZERO:
            at += 32
            continue
        at += zeros_below(marks)
        letter = block[at]
        if letter == _QUOTE:
            return at
        if letter != _SLASH:
            return -1
        flags[1] = 1
        at = _after_escape(block, at)
        if at < 0:
            return -1


@njit(cache=True, nogil=True)
def _number_end(block: Bytes, at: int) -> int:
    """Return the end of a number without exponent that every reader reads alike, -1 for anything else."""
    begin = at
    if block[at] == 45:
        at += 1
    first = at
    while 48 <= block[at] <= 57:
        at += 1
    digits = at - first
    if digits == 0 or digits > _MAX_DIGITS or (digits > 1 and block[first] == 48):
        return -1
    if block[at] == 46:
        at += 1
        first = at
        while 48 <= block[at] <= 57:
            at += 1
        if at == first:
            return -1
    letter = block[at]
    if letter in (101, 69) or at - begin > _MAX_NUMBER:
        return -1
    return at


@njit(cache=True, nogil=True)
def _anything_end(block: Bytes, at: int, flags: Longs) -> int:
    """Return the end of a text, a number, true, false or null; -1 for anything else."""
    letter = block[at]
    if letter == _QUOTE:
        end = _text_end(block, at + 1, flags)
        return end + 1 if end >= 0 else -1
    if letter == 45 or 48 <= letter <= 57:
        return _number_end(block, at)
    low = word_at(block, at) & _LOW_HALF
    if low in (_TRUE, _NULL):
        return at + 4
    if low == _FALS and block[at + 4] == 101:
        return at + 5
    return -1


@njit(cache=True, nogil=True)
def _stands(block: Bytes, at: int, other: Bytes, place: int, length: int) -> bool:
    """Say whether `length` bytes at two places are equal."""
    while length > 32:
        if unlike_at(block, at, other, place) != _ZERO:
            return False
        at += 32
        place += 32
        length -= 32
    mask = (_ONE << np.uint64(length)) - _ONE
    return (unlike_at(block, at, other, place) & mask) == _ZERO


@njit(cache=True, nogil=True)
def _walk(block: Bytes, at: int, end: int, stretches: Bytes, nodes: Ints, places: Longs, flags: Longs) -> int:
    """Follow one record through the tree of shapes; return its shape, `UNKNOWN` or `ODD`.

    Sets begin, end and mark of its values in `places`, and `flags` as `_text_end` does.
    """
    room = len(places) // 3
    count = 0
    node = nodes[0, 4]
    while node >= 0:
        length = nodes[node, 1]
        begin = at + length
        if begin > end or not _stands(block, at, stretches, nodes[node, 0], length):
            node = nodes[node, 3]
            continue
        kind = nodes[node, 2]
        if kind == END:
            if begin == end:
                return nodes[node, 5]
            node = nodes[node, 3]
            continue
        flags[1] = 0
        if kind == TEXT:
            stop = _text_end(block, begin, flags)
            if stop == begin:
                stop = -1
        elif kind == NUMBER:
            stop = _number_end(block, begin)
        else:
            stop = _anything_end(block, begin, flags)
        if stop < 0:
            node = nodes[node, 3]
            continue
        if stop > end or count == room:
            return ODD
        places[3 * count] = begin
        places[3 * count + 1] = stop
        places[3 * count + 2] = flags[1]
        count += 1
        at = stop
        node = nodes[node, 4]
    return UNKNOWN


@njit(cache=True, nogil=True)
def _hashed(block: Bytes, at: int, length: int, kind: int) -> int:
    """Return a hash of a text of a kind."""
    found = (np.uint64(kind) + np.uint64(length)) * _MIX
    end = at + length
    if length >= 32:
        one, two, three, four = found, found ^ _ONES, found ^ _QUOTES, found ^ _BLANKS
        while at + 32 <= end:
            one = (one ^ word_at(block, at)) * _MIX
            two = (two ^ word_at(block, at + 8)) * _MIX
            three = (three ^ word_at(block, at + 16)) * _MIX
            four = (four ^ word_at(block, at + 24)) * _MIX
            one ^= one >> _SHIFT
            two ^= two >> _SHIFT
            three ^= three >> _SHIFT
            four ^= four >> _SHIFT
            at += 32
        found = ((one * _MIX ^ two) * _MIX ^ three) * _MIX ^ four
    while at + 8 <= end:
        found = (found ^ word_at(block, at)) * _MIX
        found ^= found >> _SHIFT
        at += 8
    if at < end:
        word = word_at(block, at) & (_ALL >> (_WORD - np.uint64(end - at) * _BYTE))
        found = (found ^ word) * _MIX
        found ^= found >> _SHIFT
    found *= _MIX
    return np.int64(found ^ (found >> np.uint64(32)))


@njit(cache=True, nogil=True)
def _plain_request(block: Bytes, at: int, length: int, into: Bytes, begin: int) -> int:
    """Write a request URI as far as it can matter for what the request is; return the length.

    The query goes, and a segment that is a GUID, or begins with a figure and is not the first after the host, is `0`:
    each of them is an id of one object, whichever it is. Segments with brackets, escapes or colons stay.
    """
    end = at + length
    size = 0
    segments = 0
    for place in range(at, end):
        if block[place] == 60:  # marks of personal data: left to the literal reading as a whole
            into[begin : begin + length] = block[at:end]
            return length
    while at < end and block[at] != 63:
        # 1. One segment: up to the next slash, or the query.
        first = at
        plain = True
        while at < end and block[at] != 47 and block[at] != 63:
            letter = block[at]
            if letter in (40, 41, 37, 58, 35):
                plain = False
            at += 1
        # 2. `https:`, the empty one after it, the host and the version come before what may be an id.
        figure = at > first and 48 <= block[first] <= 57
        if plain and segments > 3 and (figure or _is_guid(block, first, at - first)):
            into[begin + size] = 48
            size += 1
        else:
            for place in range(first, at):
                into[begin + size] = block[place]
                size += 1
        segments += 1
        if at < end and block[at] == 47:
            into[begin + size] = 47
            size += 1
            at += 1
    return size


@njit(cache=True, nogil=True)
def _beginning(block: Bytes, at: int, length: int) -> int:
    """Return the length of a path up to its third slash."""
    slashes = 0
    for place in range(length):
        if block[at + place] == 47:
            slashes += 1
            if slashes == 3:
                return place
    return length


@njit(cache=True, nogil=True)
def _is_guid(block: Bytes, at: int, length: int) -> bool:
    if length != 36:
        return False
    for place in range(36):
        letter = block[at + place]
        if place in (8, 13, 18, 23):
            if letter != 45:
                return False
        elif not _is_hex(letter):
            return False
    return True


@njit(cache=True, nogil=True)
def _number(
    block: Bytes, at: int, length: int, kind: int, hashed: int, table: Longs, kept: Bytes, entries: Longs, sizes: Longs
) -> int:
    """Return the number of a text of a kind with a hash, as `survey` describes; a new one is kept."""
    mask = len(table) - 1
    place = hashed & mask
    while table[place, 0] != 0:
        alike = table[place, 1] == hashed and table[place, 3] == (length << 16 | kind)
        if alike and _stands(block, at, kept, table[place, 2], length):
            return table[place, 0]
        place = (place + 1) & mask
    code = sizes[0]
    end = sizes[1]
    for step in range(length):
        kept[end + step] = block[at + step]
    entries[code, 0] = end
    entries[code, 1] = length
    entries[code, 2] = kind
    _enter(table, place, hashed, entries, code)
    sizes[0] += 1
    sizes[1] = end + length
    return code


@njit(cache=True, nogil=True)
def _enter(table: Longs, place: int, hashed: int, entries: Longs, code: int) -> None:
    table[place, 0] = code
    table[place, 1] = hashed
    table[place, 2] = entries[code, 0]
    table[place, 3] = entries[code, 1] << 16 | entries[code, 2]


@njit(cache=True, nogil=True)
def refill(table: Longs, entries: Longs, count: int, kept: Bytes) -> None:
    """Put the texts with numbers below `count` into a new, larger table."""
    mask = len(table) - 1
    for code in range(1, count):
        hashed = _hashed(kept, entries[code, 0], entries[code, 1], entries[code, 2])
        place = hashed & mask
        while table[place, 0] != 0:
            place = (place + 1) & mask
        _enter(table, place, hashed, entries, code)


def _values(letters: str, figures: str) -> Bytes:
    table = np.full(256, 255, dtype=np.uint8)
    for value, letter in enumerate(letters):
        table[ord(letter)] = value
    for value, letter in enumerate(figures):
        table[ord(letter)] = value
    return table


_HEX = _values("0123456789abcdef", "0123456789ABCDEF")
_BASE64 = _values("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", "")
_NO_VALUE = np.uint8(128)
_FIRST_HALF = np.array([0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17], dtype=np.int64)
_SECOND_HALF = np.array([19, 20, 21, 22, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35], dtype=np.int64)


@njit(cache=True, nogil=True)
def _swapped(word: np.uint64) -> np.uint64:
    found = _ZERO
    for place in range(8):
        found = (found << _BYTE) | ((word >> np.uint64(8 * place)) & np.uint64(255))
    return found


@njit(cache=True, nogil=True)
def _guid(block: Bytes, at: int, length: int, halves: Longs, slot: int, row: int) -> int:
    """Set the halves of a GUID in the usual spelling; return `ASK` for any other text, else `PLAIN`."""
    if length != 36:
        return ASK
    first = _ZERO
    second = _ZERO
    seen = np.uint8(0)
    for place in range(16):
        value = _HEX[block[at + _FIRST_HALF[place]]]
        seen |= value
        first = (first << np.uint64(4)) | np.uint64(value)
        value = _HEX[block[at + _SECOND_HALF[place]]]
        seen |= value
        second = (second << np.uint64(4)) | np.uint64(value)
    halves[slot, row] = np.int64(first)
    halves[slot + 1, row] = np.int64(second)
    dashes = block[at + 8] == 45 and block[at + 13] == 45 and block[at + 18] == 45 and block[at + 23] == 45
    return PLAIN if dashes and seen < _NO_VALUE else ASK


@njit(cache=True, nogil=True)
def _short_token(block: Bytes, at: int, length: int, halves: Longs, slot: int, row: int) -> int:
    """Set the halves of a GUID written as 22 characters of base64url of its little-endian bytes; see `_guid`."""
    if length != 22:
        return _guid(block, at, length, halves, slot, row)
    # 1. The 16 bytes, in the order in which they stand: the last four of the 132 bits are none of theirs.
    first = _ZERO
    second = _ZERO
    seen = np.uint8(0)
    for place in range(10):
        value = _BASE64[block[at + place]]
        seen |= value
        first = (first << np.uint64(6)) | np.uint64(value)
    value = _BASE64[block[at + 10]]
    seen |= value
    first = (first << np.uint64(4)) | np.uint64(value >> 2)
    second = np.uint64(value & 3)
    for place in range(11, 21):
        value = _BASE64[block[at + place]]
        seen |= value
        second = (second << np.uint64(6)) | np.uint64(value)
    value = _BASE64[block[at + 21]]
    seen |= value
    second = (second << np.uint64(2)) | np.uint64(value >> 4)
    # 2. The first three parts of a GUID are turned round.
    turned = _swapped(first)
    early = (turned & _LOW_HALF) << np.uint64(32)
    middle = ((turned >> np.uint64(32)) & np.uint64(0xFFFF)) << np.uint64(16)
    halves[slot, row] = np.int64(early | middle | (turned >> np.uint64(48)))
    halves[slot + 1, row] = np.int64(second)
    return PLAIN if seen < _NO_VALUE else ASK


@njit(cache=True, nogil=True)
def _figures(block: Bytes, at: int, count: int) -> int:
    """Return the number that so many figures are, -1 where they are none."""
    found = 0
    for place in range(at, at + count):
        letter = np.int64(block[place])
        if letter < 48 or letter > 57:
            return -1
        found = found * 10 + letter - 48
    return found


@njit(cache=True, nogil=True)
def _instant(block: Bytes, at: int, length: int, times: Longs, row: int) -> int:  # noqa: C901, PLR0911, PLR0912 - a list of checks
    """Set microseconds since 1970 of `2026-01-02T03:04:05.6789012Z`; fraction and offset may lack, UTC only.

    Returns `ASK` for every other spelling and for what is no instant, else `PLAIN`.
    """
    if length < 19 or block[at + 4] != 45 or block[at + 7] != 45 or block[at + 10] != 84:
        return ASK
    if block[at + 13] != 58 or block[at + 16] != 58:
        return ASK
    year, month, day = _figures(block, at, 4), _figures(block, at + 5, 2), _figures(block, at + 8, 2)
    hour, minute, second = _figures(block, at + 11, 2), _figures(block, at + 14, 2), _figures(block, at + 17, 2)
    if year < 1 or month < 1 or month > 12 or day < 1 or hour < 0 or hour > 23:
        return ASK
    if minute < 0 or minute > 59 or second < 0 or second > 59:
        return ASK
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 31
    if month in (4, 6, 9, 11):
        longest = 30
    elif month == 2:
        longest = 29 if leap else 28
    if day > longest:
        return ASK
    # 1. The fraction, cut to microseconds.
    end = at + length
    place = at + 19
    micros = 0
    if place < end and block[place] == 46:
        place += 1
        digits = 0
        while place < end and 48 <= block[place] <= 57:
            if digits < 6:
                micros = micros * 10 + np.int64(block[place]) - 48
            digits += 1
            place += 1
        if digits < 1 or digits > 9:
            return ASK
        for _ in range(digits, 6):
            micros *= 10
    # 2. The offset: none, `Z`, or `+00:00`.
    rest = end - place
    if rest == 1:
        if block[place] != 90:
            return ASK
    elif rest == 6:
        if block[place] != 43 or block[place + 3] != 58:
            return ASK
        if _figures(block, place + 1, 2) != 0 or _figures(block, place + 4, 2) != 0:
            return ASK
    elif rest != 0:
        return ASK
    # 3. Days since 1970, by the count of days before a year that begins in March.
    years = year - 1 if month <= 2 else year
    era = years // 400
    of_era = years - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    days = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    times[row] = ((days * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + micros
    return PLAIN


_NOTHING, _KNOWN, _THERE, _STEADY, _WRITTEN = range(5)


@njit(cache=True, nogil=True)
def plain_shape(shape: int) -> int:
    """Return the shape that `survey` set."""
    return shape if shape >= 0 else ABOVE_ASCII - shape


@njit(cache=True, nogil=True)
def _fetch_texts(sought: Longs, table: Longs, kept: Bytes) -> None:
    """Have the texts fetched that those that are sought will be compared with."""
    mask = len(table) - 1
    for place in range(len(sought)):
        if sought[place, 0] >= _THERE:
            fetch(kept, table[sought[place, 3] & mask, 2])


@njit(cache=True, nogil=True)
def _look_up(
    block: Bytes,
    scratch: Bytes,
    sought: Longs,
    row: int,
    log: int,
    last: Longs,
    table: Longs,
    kept: Bytes,
    entries: Longs,
    sizes: Longs,
    codes: Longs,
) -> None:
    """Set the numbers of the texts of a record."""
    for place in range(len(sought)):
        state, at, length = sought[place, 0], sought[place, 1], sought[place, 2]
        hashed, kind = sought[place, 3], sought[place, 4]
        if state == _NOTHING:
            codes[place, row] = 0
        elif state == _KNOWN:
            codes[place, row] = at
        elif state == _WRITTEN:
            codes[place, row] = _number(scratch, at, length, kind, hashed, table, kept, entries, sizes)
        else:
            code = _number(block, at, length, kind, hashed, table, kept, entries, sizes)
            codes[place, row] = code
            if state == _STEADY:
                last[log, place] = code


@njit(cache=True, nogil=True)
def survey(  # noqa: C901, PLR0912, PLR0915 - one loop, kept flat for the compiler
    block: Bytes,
    rows: Longs,
    starts: Longs,
    ends: Longs,
    stretches: Bytes,
    nodes: Ints,
    plans: Ints,
    logs: Longs,
    places: Longs,
    scratch: Bytes,
    kinds: Longs,
    request: Longs,
    steady: int,
    table: Longs,
    kept: Bytes,
    entries: Longs,
    sizes: Longs,
    shapes: Longs,
    found: Longs,
    codes: Longs,
    times: Longs,
    halves: Longs,
    plain: Bytes,
) -> None:
    """Read what can be read of some records without asking anybody.

    Args:
        block: bytes of the records.
        rows: which of the records.
        starts: where each record begins.
        ends: where it ends.
        stretches: bytes that shapes share.
        nodes: of each node of the tree: begin and length of its stretch, what follows, its next sibling, its first
            child, and the shape it ends; the first child of row 0 is where every record begins.
        plans: of each shape, which of its values is taken for time, event, token, correlation and each coded text,
            -1 for none.
        logs: of each shape, negative for those that are not read here.
        places: room for begin, end and mark of as many values as a record may have.
        scratch: room for two texts, and some bytes behind each.
        kinds: by log and coded text, what it is to be read as.
        request: the kind that is a request URI, and the kind that is a path of which the first two segments are taken.
        steady: coded texts from which on the one before is likely to come again.
        table: slots of a hash table of texts: number (0 for a free slot), hash, begin, length and kind.
        kept: bytes of the texts so far, with room for all of these.
        entries: of each number: begin, length and kind of its text.
        sizes: how many numbers are given, and how many bytes are kept; moved on.
        shapes: set to the shape of each record, `UNKNOWN` or `ODD`; with bytes above ASCII, `ABOVE_ASCII` minus it.
        found: set to begin and length of time, event, token and correlation; shape (4, 2, records).
        codes: set to the number of each coded text, one for each pair of kind and text, 0 for none; (texts, records).
        times: set to the time.
        halves: set to the halves of event, token and correlation; shape (6, records).
        plain: set to `PLAIN`, `ASK` or `NONE` for time, event, token and correlation; shape (4, records).
    """
    flags = np.zeros(2, dtype=np.int64)
    texts = plans.shape[1] - 4
    room = len(scratch) // 2
    # Memory is slow: the texts of a record are looked up while the next one is read, and what that needs is fetched
    # before. The two take turns in the halves of `sought`, `marked` and `scratch`.
    sought = np.zeros((2, texts, 5), dtype=np.int64)
    last = np.zeros((kinds.shape[0], texts), dtype=np.int64)
    before = np.int64(-1)
    turn = 0
    for row in rows:
        flags[0] = 0
        if before >= 0:
            _fetch_texts(sought[1 - turn], table, kept)
        shape = np.int64(_walk(block, starts[row], ends[row], stretches, nodes, places, flags))
        shapes[row] = shape
        if shape < 0 or logs[shape] < 0:
            continue
        log = logs[shape]
        # 1. A value with an escape would have to be unescaped first.
        marks = np.int64(0)
        for role in range(texts + 4):
            taken = plans[shape, role]
            if taken >= 0:
                marks |= places[3 * taken + 2]
        if marks != 0:
            shapes[row] = ODD
            continue
        if flags[0] != 0:
            shapes[row] = ABOVE_ASCII - shape
        # 2. What texts there are.
        for place in range(texts):
            taken = plans[shape, place + 4]
            if taken < 0:
                sought[turn, place, 0] = _NOTHING
                continue
            at = places[3 * taken]
            length = places[3 * taken + 1] - at
            kind = kinds[log, place]
            known = last[log, place]
            if known > 0 and entries[known, 1] == length and _stands(block, at, kept, entries[known, 0], length):
                sought[turn, place, 0] = _KNOWN
                sought[turn, place, 1] = known
                continue
            if kind == request[0]:
                length = _plain_request(block, at, length, scratch, turn * room)
                sought[turn, place, 0] = _WRITTEN
                sought[turn, place, 1] = turn * room
                sought[turn, place, 3] = _hashed(scratch, turn * room, length, kind)
            else:
                if kind == request[1]:
                    length = _beginning(block, at, length)
                sought[turn, place, 0] = _THERE if place < steady else _STEADY
                sought[turn, place, 1] = at
                sought[turn, place, 3] = _hashed(block, at, length, kind)
            sought[turn, place, 2] = length
            sought[turn, place, 4] = kind
            fetch(table, (sought[turn, place, 3] & (len(table) - 1)) * 4)
        # 3. Numbers of the texts of the record before.
        if before >= 0:
            _look_up(
                block,
                scratch,
                sought[1 - turn],
                before,
                logs[plain_shape(shapes[before])],
                last,
                table,
                kept,
                entries,
                sizes,
                codes,
            )
        before = row
        turn = 1 - turn
        # 4. Time and ids.
        for role in range(4):
            taken = plans[shape, role]
            slot = 2 * role - 2
            if role > 0:
                halves[slot, row] = 0
                halves[slot + 1, row] = 0
            if taken < 0:
                plain[role, row] = NONE
                continue
            at = places[3 * taken]
            length = places[3 * taken + 1] - at
            found[role, 0, row] = at
            found[role, 1, row] = length
            if role == 0:
                plain[role, row] = _instant(block, at, length, times, row)
            elif role == 2:
                plain[role, row] = _short_token(block, at, length, halves, slot, row)
            else:
                plain[role, row] = _guid(block, at, length, halves, slot, row)
    if before >= 0:
        _look_up(
            block,
            scratch,
            sought[1 - turn],
            before,
            logs[plain_shape(shapes[before])],
            last,
            table,
            kept,
            entries,
            sizes,
            codes,
        )
