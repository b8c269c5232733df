"""The commands and their helps. A command's module is imported when it runs."""

from __future__ import annotations

from importlib.util import find_spec

from cyclopts import App, Parameter

from remit import __version__

_SERVE = """\
Example:
  remit-sim serve --tenant ./export --print-env
  eval "$(remit-sim serve --tenant ./export --print-env &)"
  remit-sim serve --tenant ./export --port 8443 --state ./sim \\
    --fault throttle=0.1:1-5 --fault 'forbid=/subscriptions/*/locks'"""

_GENERATE = """\
Example:
  remit-sim generate --size 1000 --seed 7 ./tenant
  remit-sim generate --size 100 --usage ./tenant"""

_USAGE = """\
Example:
  remit-sim usage ./tenant
  remit-sim usage --days 30 --forms api,csv,eventHub --packing zst ./tenant"""

app = App(
    name="remit-sim",
    help="A simulated Azure on loopback: ARM, Microsoft Graph, PIM and the token endpoint over a tenant export.",
    help_epilogue="Start with: remit-sim serve --tenant ./export --print-env",
    help_format="plaintext",
    version=f"remit-sim {__version__}",
    version_flags=("--version", "-V"),
    default_parameter=Parameter(negative=""),
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
app.command("remit_sim.cli.serve:serve", name="serve", help="Serve a tenant export.", help_epilogue=_SERVE)
if find_spec("remit_sim.cli.generate") is not None:
    app.command(
        "remit_sim.cli.generate:generate",
        name="generate",
        help="Write an invented tenant of any size, and what was planted in it.",
        help_epilogue=_GENERATE,
    )
    app.command(
        "remit_sim.cli.usage:usage",
        name="usage",
        help="Write invented logs into a tenant export, and the truth of them beside.",
        help_epilogue=_USAGE,
    )
