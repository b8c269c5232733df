"""Plain integers out of columns, without a numpy scalar for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from numpy.typing import NDArray

if TYPE_CHECKING:
    Integers = memoryview[int]
else:
    Integers = memoryview


def view(column: NDArray[Any]) -> Integers:
    """Return a view of a column whose items and slices are plain integers. Cost: none; nothing is copied."""
    # numpy arrays are buffers; their stubs say so only from Python 3.12 on.
    return cast("Integers", memoryview(cast("Any", column)))
