"""Each federated credential as a value: issuer, subject, demands, audiences, and whom it signs in.

>>> trusts = trusts_of(facts, tenant_id)                                         # doctest: +SKIP
>>> trusts[0].subject.kind                                                       # doctest: +SKIP
<SubjectKind.GITHUB: 'github'>

Credentials are at most twenty for each application or identity, so one value for each is affordable: some ten
microseconds. Principals, resources and assignments stay in columns.
"""

from __future__ import annotations

from msgspec import Struct

from remit.graph.facts import GraphFacts
from remit.graph.federation.expressions import Demands, read_demands
from remit.graph.federation.issuers import Issuer, issuer_of
from remit.graph.federation.subjects import Subject, subject_of


class Trust(Struct, frozen=True, gc=False):
    """One federated credential.

    Attributes:
        row: of `FederatedCredentials`.
        issuer_url: as it is written there; Entra compares it word for word.
        issuer, subject: what they are. demands: what a token must say. audiences: those accepted.
        shown: the subject or the expression, as it is written there.
        doubt: why it is not certain that a matching token is accepted, "" where it is.
    """

    row: int
    issuer_url: str
    issuer: Issuer
    subject: Subject
    demands: Demands
    audiences: tuple[str, ...]
    shown: str
    doubt: str = ""


def trusts_of(facts: GraphFacts, tenant_id: str) -> tuple[Trust, ...]:
    """Return every federated credential, in the order of the table.

    Args:
        facts: of the tenant.
        tenant_id: of the tenant, lower case.

    Cost: some ten microseconds a credential.
    """
    table = facts.federated_credentials
    issuers: dict[str, Issuer] = {}
    found = []
    for row, texts in enumerate(zip(table.issuer, table.subject, table.expression, table.audiences, strict=True)):
        url = texts[0]
        if url not in issuers:
            issuers[url] = issuer_of(url)
        found.append(trust_of(row, *texts, tenant_id=tenant_id, issuer=issuers[url]))
    return tuple(found)


def trust_of(
    row: int,
    url: str,
    subject: str,
    expression: str,
    audiences: str,
    *,
    tenant_id: str = "",
    issuer: Issuer | None = None,
) -> Trust:
    """Return one federated credential as a value.

    Args:
        row: of `FederatedCredentials`.
        url: of the issuer.
        subject: word for word, or "" where there is an expression.
        expression: `claimsMatchingExpression`, or "".
        audiences: joined by blanks.
        tenant_id: of the tenant, lower case.
        issuer: what the URL says, where somebody knows it already.
    """
    issuer = issuer_of(url) if issuer is None else issuer
    demands = read_demands(subject, expression)
    return Trust(
        row,
        url,
        issuer,
        subject_of(issuer, demands.subject_pattern, tenant_id),
        demands,
        tuple(audiences.split()),
        expression or subject,
        _doubt(issuer, demands, expression),
    )


def _doubt(issuer: Issuer, demands: Demands, expression: str) -> str:
    if demands.unread:
        return demands.unread
    if not expression:
        return ""
    if not issuer.flexible:
        return "expressions are not documented for this issuer"
    strange = sorted({one.claim for one in demands.clauses} - set(issuer.claims))
    return f"the claim {strange[0]} is not documented for this issuer" if strange else ""
