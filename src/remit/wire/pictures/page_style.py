"""How the page around a picture looks: its own rules, without a font or an image from elsewhere."""

from __future__ import annotations

from remit.wire.pictures.palette import DARK, LIGHT
from remit.wire.pictures.svg import style_sheet

_COLOURS = """\
:root{{color-scheme:light dark;--paper:{light.paper};--ink:{light.ink};--faint:{light.faint};--accent:{light.accent};\
--edge:#c4ccd6;--panel:#f4f6f9}}
@media (prefers-color-scheme:dark){{:root{{--paper:{dark.paper};--ink:{dark.ink};--faint:{dark.faint};\
--accent:{dark.accent};--edge:#3b4450;--panel:#1b2027}}}}
"""

_PAGE = """\
*{box-sizing:border-box}
html,body{height:100%;margin:0}
body{display:grid;grid-template:auto minmax(0,1fr) auto/minmax(0,1fr) 22rem;background:var(--paper);color:var(--ink);\
font:14px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}
header{grid-column:1/-1;display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;align-items:center;padding:.6rem 1rem;\
border-bottom:1px solid var(--edge)}
header div{flex:1 1 20rem;min-width:0}
h1{font-size:1.15rem;margin:0;overflow-wrap:anywhere}
h2{font-size:1rem;margin:0 0 .4rem;overflow-wrap:anywhere}
h3{font-size:.9rem;margin:1rem 0 .3rem}
p{margin:.15rem 0;color:var(--faint);overflow-wrap:anywhere}
button,input{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--edge);border-radius:6px;\
padding:.3rem .6rem}
button{cursor:pointer}
button:hover{border-color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
input[type=search]{width:14rem;max-width:100%}
main{position:relative;min-width:0;overflow:hidden}
#graph{display:block;width:100%;height:100%;cursor:grab;touch-action:none;user-select:none;-webkit-user-select:none}
#graph.moving{cursor:grabbing}
aside{border-left:1px solid var(--edge);background:var(--panel);padding:.8rem 1rem;overflow:auto;min-width:0}
fieldset{border:0;margin:0 0 .8rem;padding:0}
legend{font-weight:600;padding:0;margin-bottom:.25rem}
label{display:flex;gap:.45rem;align-items:center;padding:.1rem 0}
label svg{width:2.6rem;height:1.25rem;flex:none}
dl{margin:.2rem 0;display:grid;grid-template-columns:auto minmax(0,1fr);gap:.15rem .6rem}
dt{color:var(--faint)}
dd{margin:0;overflow-wrap:anywhere}
ul,ol{margin:.2rem 0;padding-left:1.2rem}
li{margin:.2rem 0;overflow-wrap:anywhere}
.steps li button,aside li button{text-align:left;white-space:normal;overflow-wrap:anywhere;max-width:100%}
.mark{display:inline-block;border:1px solid var(--edge);border-radius:1rem;padding:0 .5rem;margin-right:.3rem;\
font-size:.85em}
#words{grid-column:1/-1;border-top:1px solid var(--edge);max-height:40vh;overflow:auto;padding:.4rem 1rem}
summary{cursor:pointer;font-weight:600}
kbd{font:inherit;border:1px solid var(--edge);border-radius:4px;padding:0 .3rem}
.node,.edge{cursor:pointer}
.halo{pointer-events:stroke}
.words{pointer-events:none}
.node:focus{outline:none}
.node:focus-visible .shape,.chosen .shape{stroke-width:4.5}
.edge.chosen .line,.edge:focus-visible .line{stroke-width:4}
.edge:hover .line{stroke-width:3}
.dim{opacity:.18}
.found .shape{stroke-width:4.5;stroke:var(--accent)}
.away{display:none}
@media (max-width:50rem){body{grid-template:auto minmax(18rem,1fr) auto auto/minmax(0,1fr)}\
aside{border-left:0;border-top:1px solid var(--edge);max-height:45vh}}
@media print{aside,header form,header nav{display:none}body{display:block}#words{max-height:none}}
"""


def page_style() -> str:
    """Return every rule of the page, those of the picture among them."""
    return _COLOURS.format(light=LIGHT, dark=DARK) + _PAGE + style_sheet()
