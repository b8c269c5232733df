"""The commands and their helps. A command's module is imported when it runs."""

from __future__ import annotations

from cyclopts import App, Parameter

from remit import __version__

_IMPORT = """\
Example:
  remit import ./export
  remit import ./azurehound.json --store ./evidence"""

_COLLECT = """\
Example:
  remit collect --auth cli
  remit collect --without graph/devices --export ./export
  remit collect --resume"""

_CAN = """\
Example:
  remit can ci-release Microsoft.Sql/servers/databases/delete \\
    /subscriptions/4223…/resourceGroups/rg-data-prod --explain

Exit code: 0 allowed, 1 not allowed or denied, 3 unknown."""

_WHO_CAN = """\
Example:
  remit who-can Microsoft.KeyVault/vaults/secrets/getSecret/action \\
    /subscriptions/4223…/vaults/kv-tracking-prod --data --eligible"""

_WHAT_CAN = """\
Example:
  remit what-can maya.okonkwo@haldenfreight.example
  remit what-can ci-release --scope /subscriptions/4223…"""

_ASK = """\
Example:
  remit ask questions.jsonl > answers.jsonl
  remit ask - --json < questions.jsonl

A question: {"id": "1", "principal": "<object id>", "action": "...",
             "plane": "control", "scope": "/subscriptions/..."}"""

_HISTORY = """\
Example:
  remit history ci-release --since 30d
  remit history /subscriptions/4223… --json
  remit history 'Key Vault Secrets User'"""

_PATHS = """\
Example:
  remit paths ci-release
  remit paths ci-release --to kv-tracking-prod --max 5
  remit paths 'Lena Fischer' --to 'role:Global Administrator' --svg path.svg

Exit code: 0 a certain path, 4 only a possible one, 1 none."""

_REACH = """\
Example:
  remit reach ci-release
  remit reach 'Lena Fischer' --json"""

_EXPOSURE = """\
Example:
  remit exposure tier0
  remit exposure kv-tracking-prod --full"""

_CUTS = """\
Example:
  remit cuts
  remit cuts --to kv-tracking-prod --keep 'Emergency access 1'
  remit cuts --budget 3 --json"""

_INTEGRATIONS = """\
Example:
  remit integrations
  echo halden-freight/tracking > repositories
  remit integrations --repositories repositories --json

A list of all: gh repo list NAME --json nameWithOwner -q '.[].nameWithOwner'"""

_ISOLATION = """\
Example:
  remit isolation
  remit isolation --explain
  printf '[[environment]]\\nname = "all"\\nwords = ["prod", "dev"]\\n' > rules.toml
  remit isolation --environments rules.toml

Exit code: 0 nothing is joined, 1 something is."""

_DELTA = """\
Example:
  echo '{"add": {"graph/groupMembers": [
    {"parentId": "308a2b1e-d5ac-505f-a050-cdbb85962624",
     "member": {"id": "e77f1c29-b5b8-5bd7-851d-12896e12afb2"}}]}}' > change.json
  remit delta change.json
  remit delta change.json --to kv-tracking-prod --json
  remit delta 0123… 89ab…                      # ids as remit snapshots shows

Exit code: 0 nothing is opened, 1 something is, certainly or possibly."""

_AI = """\
Example:
  remit ai
  remit ai --full --json

Exit code: 0 nothing to mend, 1 something."""

_TIERS = """\
Example:
  remit tiers
  remit tiers ci-release
  printf '[roles]\\nContributor = "control"\\n' > tiers.toml
  remit tiers --overrides tiers.toml --roles"""

_RADIUS = """\
Example:
  remit radius
  remit radius --sort direct --json"""

_SNAPSHOTS = """\
Example:
  remit snapshots --store ./evidence"""

_DEMO = """\
Example:
  remit demo"""

_CATALOG = """\
Example:
  remit catalog role Contributor"""

_CATALOG_IMPORT = """\
Example:
  az provider operation list > operations.json
  remit catalog import operations.json"""

_CATALOG_SHOW = """\
Example:
  remit catalog show"""

_CATALOG_ROLE = """\
Example:
  remit catalog role 'Key Vault Secrets User'"""

_SETUP_AZURE = """\
Example:
  remit setup azure
  remit setup azure --apply --certificate-out collector.pem
  remit setup azure --remove"""

_DOCTOR_AZURE = """\
Example:
  remit doctor azure
  remit doctor azure --auth certificate --json

Exit code: 0 all is well, 1 warnings or errors, 77 cannot sign in."""

_LOGS_INGEST = """\
Example:
  remit logs ingest ./insights-activity-logs ./export/*.csv.gz
  zcat logs.jsonl.gz | remit logs ingest - --keep-raw 30d"""

_LOGS_FOLLOW = """\
Example:
  remit logs follow --event-hub telemetry/insights-logs
  remit logs follow --workspace 0f0e0d0c-0000-4000-8000-000000000001 --once"""

_LOGS_NORMALISE = """\
Example:
  remit logs normalise activity.json --json"""

_LOGS_SET_ASIDE = """\
Example:
  remit logs set-aside
  remit logs set-aside --reason 'no JSON'"""

_GRAPH_EXPORT = """\
Example:
  remit graph export --bloodhound graph.json --to tier0
  remit graph export --definition remit-kinds.json"""

_GRAPH_DRAW = """\
Example:
  remit graph draw kv-tracking-prod --html around.html
  remit graph draw ci-release --towards out --within 3 --svg around.svg"""

app = App(
    name="remit",
    help="Exact effective permissions for Azure: who can do what, and why.",
    help_epilogue="Start with: remit demo",
    help_format="plaintext",
    version=f"remit {__version__}",
    version_flags=("--version", "-V"),
    default_parameter=Parameter(negative=""),
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
catalog = App(name="catalog", help="Show or extend the catalogue of roles and operations.", help_epilogue=_CATALOG)
setup = App(name="setup", help="Give Remit an identity with the least privilege.", help_epilogue=_SETUP_AZURE)
logs = App(name="logs", help="Read logs: what was really used.", help_epilogue=_LOGS_INGEST)
graph = App(name="graph", help="Draw or export what can become what.", help_epilogue=_GRAPH_EXPORT)
doctor = App(name="doctor", help="Examine the credential in use.", help_epilogue=_DOCTOR_AZURE)

for _parent, _name, _target, _help, _example in (
    (app, "import", "importing:import_tenant", "Read a tenant into the store.", _IMPORT),
    (app, "collect", "collect:collect", "Read a live tenant into the store.", _COLLECT),
    (app, "can", "can:can", "Say whether a principal can do an action at a scope, and why.", _CAN),
    (app, "who-can", "who_can:who_can", "List who can do an action at a scope.", _WHO_CAN),
    (app, "what-can", "what_can:what_can", "List what a principal holds, and where.", _WHAT_CAN),
    (app, "ask", "ask:ask", "Answer questions in bulk, one JSON object a line.", _ASK),
    (app, "history", "history:history", "Tell what changed about a principal, a place or a role.", _HISTORY),
    (app, "paths", "paths:paths", "Find how somebody gets to a target, step by step, and why.", _PATHS),
    (app, "reach", "reach:reach", "Say what somebody can do and become, directly and indirectly.", _REACH),
    (app, "exposure", "exposure:exposure", "Say who can reach a target, and through what.", _EXPOSURE),
    (app, "cuts", "cuts:cuts", "Find the fewest grants whose removal disconnects a target.", _CUTS),
    (app, "delta", "delta:delta", "Say what a change opens and closes.", _DELTA),
    (app, "integrations", "integrations:integrations", "List what is connected with the tenant.", _INTEGRATIONS),
    (app, "isolation", "isolation:isolation", "Find identities that join what should be apart.", _ISOLATION),
    (app, "ai", "ai:ai", "Review AI workloads: who may do what, and in whose hands it joins.", _AI),
    (app, "tiers", "tiers:tiers", "Say who reaches which plane: control, management, workload.", _TIERS),
    (app, "radius", "radius:radius", "Rank everybody by what they could reach.", _RADIUS),
    (app, "snapshots", "snapshots:snapshots", "List the snapshots of the store.", _SNAPSHOTS),
    (app, "demo", "demo:demo", "Show the main answers on a small invented tenant.", _DEMO),
    (setup, "azure", "setup:azure", "Plan, make or remove an identity that reads and no more.", _SETUP_AZURE),
    (graph, "export", "graph_export:export", "Export the graph for BloodHound.", _GRAPH_EXPORT),
    (graph, "draw", "graph_draw:draw", "Draw what surrounds somebody or something.", _GRAPH_DRAW),
    (doctor, "azure", "doctor:azure", "Say what the credential can, cannot and should not do.", _DOCTOR_AZURE),
    (logs, "ingest", "logs_ingest:ingest", "Read logs into the store.", _LOGS_INGEST),
    (logs, "follow", "logs_follow:follow", "Read an Event Hub or a workspace as it goes on.", _LOGS_FOLLOW),
    (logs, "normalise", "logs_normalise:normalise", "Show what records say, without storing.", _LOGS_NORMALISE),
    (logs, "set-aside", "logs_ingest:set_aside", "Show what was not understood, and why.", _LOGS_SET_ASIDE),
    (catalog, "import", "catalog:import_file", "Take in what two az commands print.", _CATALOG_IMPORT),
    (catalog, "show", "catalog:show", "Say what the catalogue holds.", _CATALOG_SHOW),
    (catalog, "role", "catalog:role", "Show one role, block by block.", _CATALOG_ROLE),
):
    _parent.command(f"remit.cli.{_target}", name=_name, help=_help, help_epilogue=_example)
app.command("remit.cli.usage:app", name="usage", help="Say what was used of what is granted, and what was not.")
app.command(catalog)
app.command(setup)
app.command(graph)
app.command(doctor)
app.command(logs)
