"""Eight bytes at a time: two steps that the compiler has an instruction for, and plain Python without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from remit.engine.kernels import COMPILED

word_at: Callable[[Any, int], Any]
"""Return the eight bytes at a place of a block as a little-endian word; they must be there."""

zeros_below: Callable[[Any], Any]
"""Return how many bits stand below the lowest bit of a word that is set; one must be."""

if COMPILED:
    from llvmlite.ir import Constant, IntType  # type: ignore[import-untyped]
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def _word_at(_context: Any, block: Any, _at: Any) -> Any:  # noqa: ANN401 - types of the compiler
        def load(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401 - as above
            data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
            word = context.get_value_type(types.uint64)
            place = builder.bitcast(builder.gep(data, [arguments[1]]), word.as_pointer())
            return builder.load(place, align=1)

        return types.uint64(block, types.int64), load

    @intrinsic
    def _zeros_below(_context: Any, word: Any) -> Any:  # noqa: ANN401 - as above
        def count(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401 - as above
            return builder.cttz(arguments[0], Constant(IntType(1), 1))

        return types.int64(word), count

    word_at, zeros_below = cast("Callable[[Any, int], Any]", _word_at), cast("Callable[[Any], Any]", _zeros_below)

else:

    def word_at(block: Any, at: int) -> Any:  # noqa: ANN401 - as above
        """Return the eight bytes at a place."""
        return np.uint64(int.from_bytes(block[at : at + 8].tobytes(), "little"))

    def zeros_below(word: Any) -> Any:  # noqa: ANN401 - as above
        """Return how many bits stand below."""
        return (int(word) & -int(word)).bit_length() - 1
