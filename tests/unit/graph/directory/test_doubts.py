"""Why a step of the directory is only possible."""

from __future__ import annotations

from tests.fakes.directory_tenant import DirectoryTenant

from remit.graph.answers import HopReason
from remit.graph.directory.telling import tell_doubt
from remit.graph.search import Search
from remit.graph.telling import Teller


def test_what_is_only_possible_says_why():
    tenant = DirectoryTenant()
    ada, later, group = tenant.user("ada"), tenant.user("later"), tenant.group("staff")
    tenant.application("app", servicePrincipalLockConfiguration={"isEnabled": True, "allProperties": True})
    tenant.member(tenant.software("app"), ada, "servicePrincipalOwners")
    tenant.role(later, "Global Administrator", eligible=True)
    tenant.role(ada, "Helpdesk Administrator")
    said = {
        tenant.user(
            "guest", userType="Guest"
        ): "a guest signs in at home: what is set here may not be what it uses there",
        tenant.user("synced", onPremisesSyncEnabled=True): "what is set here counts only where it is written back",
        later: "the user may be protected, by what it holds or may activate, or by what was not read",
        tenant.software("app"): "whether it can be changed so, or its application can, is not known",
        tenant.user("plain"): None,
    }
    drawn = tenant.draw()
    network, teller = drawn.graph.network, Teller(drawn.graph)
    for target, why in said.items():
        (found,) = Search(network).best([network.number(drawn.key(ada))], [network.number(drawn.key(target))])
        hop = teller.path(found).hops[-1]
        assert hop.edge == ("EN-05" if target == tenant.software("app") else "EN-11")
        assert hop.certain == (why is None)
        assert [one.detail for one in hop.because if one.kind == "note"][1:] == ([] if why is None else [why])
    label = network.labels[0]
    (reason,) = tell_doubt(drawn.graph.drawing, label, drawn.key(group), ())
    assert reason.detail == "whether the group can be changed so, or its rule met, is not known"
    (reason,) = tell_doubt(drawn.graph.drawing, label, drawn.key("role:Global Administrator"), ())
    assert reason.detail == "it is not sure that Azure lets this pass"
    gap = HopReason("gap", "x was not read")
    assert tell_doubt(drawn.graph.drawing, label, drawn.key(group), (gap,)) == ()
