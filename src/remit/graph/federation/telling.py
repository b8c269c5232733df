"""Why an edge of federation is there, in words."""

from __future__ import annotations

from remit.graph.answers import HopReason
from remit.graph.drawing import Drawing
from remit.graph.federation.expressions import read_demands
from remit.graph.federation.issuers import issuer_of
from remit.graph.federation.subjects import WORDS, SubjectKind, subject_of
from remit.graph.network import Label
from remit.graph.nodes import NodeKind, kind_of, ref_of

Told = tuple[str, str, tuple[HopReason, ...]]
"""Id of the edge kind, what makes it possible, and why."""


def tell_federation(drawing: Drawing, label: Label, evidence: int, source_key: int, target_key: int) -> Told:
    """Tell one edge of `draw_federation`.

    Args:
        drawing: what it was drawn from.
        label: of the edge.
        evidence: row of `FederatedCredentials`, -1 where a whole list was not read.
        source_key: node key it comes from.
        target_key: node key it leads to; a hub's where many share it.
    """
    kind = label.kinds[0] if label.kinds else label.name
    if evidence < 0:
        return kind, "", (_not_known(drawing, kind, source_key, target_key),)
    table = drawing.facts.federated_credentials
    url, name, key = table.issuer[evidence], table.name[evidence], table.key[evidence]
    demands = read_demands(table.subject[evidence], table.expression[evidence])
    text = table.expression[evidence] or table.subject[evidence] or "a subject that was not read"
    subject = subject_of(issuer_of(url), demands.subject_pattern, drawing.index.facts.meta.tenant_id)
    if kind_of(target_key) == NodeKind.OUTSIDE:
        return (
            kind,
            "issues tokens" if kind_of(source_key) == NodeKind.RESOURCE else "is the subject",
            (HopReason("federation", _inside(kind_of(source_key), url, text), key, kind),),
        )
    audiences = table.audiences[evidence] or "not read"
    reasons = [
        HopReason(
            "federation",
            f"federated credential {name or key} trusts {text} of {url} ({WORDS[subject.kind]}, audience {audiences})",
            key,
            kind,
        )
    ]
    if demands.unread:
        reasons.append(HopReason("note", f"it is not known whom it trusts: {demands.unread}", key, kind))
    elif subject.kind is SubjectKind.OTHER_TENANT:
        reasons.append(
            HopReason("note", f"the identity belongs to tenant {subject.owner}, which was not read", key, kind)
        )
    return kind, f"token of {url} for {text}", tuple(reasons)


def _inside(source_kind: int, url: str, text: str) -> str:
    if source_kind == NodeKind.RESOURCE:
        return f"the cluster is the issuer {url}: who rules over its pods can run one as {text}"
    return f"its tokens of {url} are what the credential trusts"


def _not_known(drawing: Drawing, kind: str, source_key: int, target_key: int) -> HopReason:
    gaps = drawing.index.facts.meta.gaps
    for key in (source_key, target_key):
        if kind_of(key) == NodeKind.UNSEEN:
            gap = gaps[ref_of(key)]
            detail = f"{gap.api} was not read for {gap.scope} ({gap.reason}): any subject may be trusted"
            return HopReason("gap", detail, gap.scope, kind)
    # What is left are clusters that do not say whose issuer they are.
    row = ref_of(target_key)
    url = drawing.facts.federated_credentials.issuer[row] if kind_of(target_key) == NodeKind.OUTSIDE else ""
    return HopReason("gap", f"no cluster that was read says it is {url}; this one does not say what it is", "", kind)
