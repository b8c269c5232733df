"""What somebody always has: addresses, client, credential, and where their identity runs."""

from __future__ import annotations

from remit_sim.generate.dice import Dice, Ids
from remit_sim.generate.usage.facts import Person
from remit_sim.generate.usage.records import graph_calls, sign_ins

PORTAL, CLI = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
CLIENTS = {PORTAL: "Azure Portal", CLI: "Microsoft Azure CLI"}


class Traits:
    """Those of one identity."""

    __slots__ = ("address", "city", "client", "credential", "graph", "host", "other")

    def __init__(self, who: Person, seed: int, ids: Ids) -> None:
        dice = Dice(seed, f"usage/traits/{who.guid}")
        self.city = dice.below(len(sign_ins.CITIES))
        self.address = f"{'20.50' if who.kind != 'user' else '198.51'}.{dice.below(250)}.{dice.between(1, 250)}"
        self.other = f"2001:db8:{dice.below(9999):x}::{dice.between(1, 65000):x}"
        self.client = dice.pick((PORTAL, PORTAL, CLI)) if who.kind == "user" else who.app_id
        federated = dice.chance(0.3)
        self.credential = {
            "servicePrincipalCredentialKeyId": sign_ins.NO_KEY if federated else ids.guid("credential", who.guid),
            **({"federatedCredentialId": ids.guid("federated", who.guid)} if federated else {}),
            "clientCredentialType": "federatedIdentityCredential"
            if federated
            else dice.pick(("clientSecret", "clientAssertion")),
        }
        self.graph = tuple(dice.below(len(graph_calls.REQUESTS)) for _ in range(3)) if dice.chance(0.25) else ()
        shared = "userassignedidentities" in who.resource.lower()
        group = "/".join(who.resource.split("/")[:5])
        self.host = f"{group}/providers/Microsoft.Compute/virtualMachines/vm-{who.guid[:6]}" if shared else ""


class Everybody:
    """The traits of all, made when first asked for."""

    def __init__(self, seed: int, ids: Ids) -> None:
        self._seed = seed
        self._ids = ids
        self._of: dict[str, Traits] = {}

    def of(self, who: Person) -> Traits:
        """Return the traits of somebody."""
        found = self._of.get(who.guid)
        if found is None:
            found = self._of[who.guid] = Traits(who, self._seed, self._ids)
        return found
