"""Outlines of boxes as path data: a shape for each kind of node, all of the same size."""

from __future__ import annotations

from remit.wire.pictures.layout import BOX_HEIGHT, BOX_WIDTH

_ROUND, _CUT, _LEAN = 10.0, 14.0, 12.0


def outline(name: str) -> str:
    """Return the outline of a box whose left upper corner is the origin."""
    return _OUTLINES[name]


def _rounded(x: float, y: float, width: float, height: float, round_by: float) -> str:
    flat, tall, arc = width - 2 * round_by, height - 2 * round_by, f"a{round_by:g} {round_by:g} 0 0 1 "
    return (
        f"M{x + round_by:g} {y:g}h{flat:g}{arc}{round_by:g} {round_by:g}v{tall:g}{arc}-{round_by:g} {round_by:g}"
        f"h-{flat:g}{arc}-{round_by:g} -{round_by:g}v-{tall:g}{arc}{round_by:g} -{round_by:g}z"
    )


def _polygon(*points: tuple[float, float]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "z"


_W, _H = BOX_WIDTH, BOX_HEIGHT
_BOX = _rounded(0, 0, _W, _H, 3)
_OUTLINES = {
    "box": _BOX,
    "dashed": _BOX,
    "pill": _rounded(0, 0, _W, _H, _H / 2),
    "stack": _rounded(0, 0, _W, _H, _ROUND) + f"M{_ROUND:g} -4h{_W - 2 * _ROUND:g}",
    "hexagon": _polygon((_CUT, 0), (_W - _CUT, 0), (_W, _H / 2), (_W - _CUT, _H), (_CUT, _H), (0, _H / 2)),
    "octagon": _polygon(
        (_CUT, 0), (_W - _CUT, 0), (_W, _CUT), (_W, _H - _CUT), (_W - _CUT, _H), (_CUT, _H), (0, _H - _CUT), (0, _CUT)
    ),
    "bars": _BOX + f"M5 0v{_H:g}M{_W - 5:g} 0v{_H:g}",
    "folder": f"M0 0h72l8 8h{_W - 80:g}v{_H - 8:g}h-{_W:g}z",
    "tag": _polygon((0, 0), (_W - _CUT, 0), (_W, _H / 2), (_W - _CUT, _H), (0, _H)),
    "slant": _polygon((_LEAN, 0), (_W, 0), (_W - _LEAN, _H), (0, _H)),
    "double": _rounded(0, 0, _W, _H, 6) + _rounded(4, 4, _W - 8, _H - 8, 4),
}
