"""The tables of docs/edges.md, made from the declarations. Write them anew: `python -m tests.docs.edges`."""

from __future__ import annotations

from collections.abc import Iterable

from tests.docs.endpoints import BEGIN, END
from tests.docs.tree import ROOT

from remit.bootstrap.edges import edge_catalogue
from remit.graph.kinds import EdgeCatalogue, EdgeKind, Guard, GuardRule, Service, Values, Way

PAGE = ROOT / "docs" / "edges.md"
_COLUMNS = ("id", "name", "says", "targets", "needs", "guards", "reaches", "gain", "log", "cost", "basis", "sources")
_LINE = "<br>"


def rendered(catalogue: EdgeCatalogue) -> str:
    """Return everything between the two marks."""
    missing = [(service, one) for service in catalogue.services for one in service.not_covered]
    parts = [
        f"{len(catalogue.kinds)} kinds in {len(catalogue.services)} services, {len(catalogue.guards)} guards.\n",
        "## Guards\n",
        _table(("guard", "stops an edge where", "how it shows"), (_guard(one) for one in catalogue.guards)),
        *(_service(one) for one in catalogue.services if one.kinds),
        "\n## Not covered\n",
        "Known, and decided by what no tenant export holds.\n",
        _table(("id", "name", "why"), ((one.id, one.name, one.why) for _, one in missing)),
    ]
    return "\n".join(parts) + "\n"


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(columns)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _service(service: Service) -> str:
    about = f"{service.about}\n\n" if service.about else ""
    return f"\n## {service.title}\n\n{about}{_table(_COLUMNS, (_kind(kind) for kind in service.kinds))}"


def _kind(kind: EdgeKind) -> tuple[str, ...]:
    ways = [_way(kind, way) for way in kind.way]
    if kind.draws:
        ways.append(f"*drawn by* `{kind.draws}`")
    return (
        kind.id,
        kind.name,
        f"{kind.says} {kind.note}".strip(),
        _LINE.join(f"`{target}`" for target in kind.targets),
        _LINE.join(ways),
        ", ".join(dict.fromkeys(f"`{guard}`" for way in kind.way for guard in way.guards)) or "-",
        f"`{kind.facet}`",
        kind.gain,
        ", ".join(kind.log),
        str(kind.cost),
        kind.basis,
        " ".join(f"[{place}]({source})" for place, source in enumerate(kind.sources, 1)),
    )


def _way(kind: EdgeKind, way: Way) -> str:
    """One way on one line: what is needed, and in brackets what else there is to say."""
    needs = [f"`{need}`" for need in way.needs]
    needs += [f"any of {_codes(way.directory)}"] if way.directory else []
    needs += [f"`{permission}`" for permission in way.permissions]
    needs += [f"any role of {_codes(way.roles)}"] if way.roles else []
    needs += [f"access policy with {_codes(way.vault_rights)}"] if way.vault_rights else []
    needs += [f"owner of the {way.owner}"] if way.owner else []
    text = " and ".join(needs)
    if way.anywhere:
        text += f"{', ' if text else ''}elsewhere " + " and ".join(f"`{need}`" for need in way.anywhere)
    brackets = [
        *([] if way.certain else ["*possible only*"]),
        *([f"guards {_codes(way.guards)}"] if way.guards and len(kind.way) > 1 else []),
        *([way.note.rstrip(".")] if way.note else []),
    ]
    return f"{text} ({'; '.join(brackets)})" if brackets else text


def _codes(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _guard(guard: Guard) -> tuple[str, str, str]:
    return f"`{guard.name}`", guard.says, _LINE.join(_rule(rule) for rule in guard.rule)


def _rule(rule: GuardRule) -> str:
    path = "/".join(filter(None, (rule.child, rule.top or rule.property)))
    said = []
    if rule.closed is not None:
        said.append(f"closed by {_values(rule.closed)}{' alone' if rule.every else ''}")
    if rule.open is not None:
        said.append(f"{'open with' if rule.present else 'closed without'} {_values(rule.open)}")
    if rule.unsure is not None:
        said.append(f"not known with {_values(rule.unsure)}")
    if rule.present:
        said.append(f"{rule.present} with anything else")
    said.append(f"{rule.absent} where it is missing")
    return f"`{path}` of {_codes(rule.types)}: {', '.join(said)}"


def _values(values: Values) -> str:
    """Write one value, or several of which any counts."""
    listed = values if isinstance(values, tuple) else (values,)
    return " or ".join(f"`{str(one).lower() if isinstance(one, bool) else one}`" for one in listed)


if __name__ == "__main__":
    head, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    tail = rest[rest.index(END) :]
    PAGE.write_text(f"{head}{BEGIN}\n\n{rendered(edge_catalogue())}\n{tail}", "utf-8")
