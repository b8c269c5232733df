"""Names of people, teams and workloads, as a function of a number.

>>> person(0).upn
'maya.adler'
"""

from __future__ import annotations

from typing import NamedTuple

ENVIRONMENTS = ("", "prod", "test", "dev")
"""What a group, an application or a subscription says it is for; "" says nothing."""

WORKLOADS = (
    "orders", "payroll", "portal", "ledger", "tracking", "claims", "billing", "search", "media", "risk", "fleet",
    "pricing", "booking", "catalog", "loyalty", "fraud", "support", "training", "reports", "mobile", "iot", "lake",
    "audit", "partner", "customs", "routes", "depot", "invoice", "crm", "planning", "quality", "archive",
)  # fmt: skip
TEAMS = (
    "Finance", "Logistics", "Platform", "Data", "Security", "Sales", "People", "Legal", "Research", "Operations",
    "Marketing", "Support", "Engineering", "Procurement", "Quality", "Workplace",
)  # fmt: skip
PURPOSES = ("Readers", "Operators", "Developers", "Contributors", "Analysts", "On Call", "Releases", "Data")
LOCATIONS = ("westeurope", "northeurope", "eastus", "uksouth", "swedencentral")

# Both lists have 64 entries, a power of two: an odd factor then runs through all pairs before one comes again.
_FIRST = (
    "Maya", "Jonas", "Aisha", "Björn", "Chen", "Daniela", "Elif", "Farid", "Grace", "Hiroshi", "Inés", "Jakub", "Keiko",
    "Liam", "Mira", "Noor", "Olga", "Priya", "Quentin", "Rosa", "Samuel", "Tariq", "Uma", "Viktor", "Wanjiru", "Ximena",
    "Yusuf", "Zoë", "Anna", "Bruno", "Clara", "David", "Emma", "Felix", "Gloria", "Hugo", "Irina", "Jamal", "Karin",
    "Luis", "Marta", "Nikhil", "Oscar", "Petra", "Rafael", "Sofia", "Tomás", "Ursula", "Vera", "Walid", "Xander",
    "Yara", "Zane", "Agnes", "Boris", "Carmen", "Diego", "Esther", "Fatou", "Georg", "Helen", "Ivan", "Julia", "Kofi",
)  # fmt: skip
_LAST = (
    "Adler", "Okonkwo", "Weber", "Martín", "Sørensen", "Nakamura", "Kowalski", "Haddad", "Silva", "Novak", "Ahmed",
    "Lindqvist", "Moreau", "Rossi", "Patel", "Müller", "Ivanova", "Garcia", "Kim", "Osei", "Fischer", "Dubois", "Costa",
    "Yilmaz", "Brown", "Larsen", "Petrov", "Singh", "Tanaka", "Vargas", "Walsh", "Zimmer", "Abebe", "Bauer", "Cohen",
    "Duarte", "Eriksen", "Ferrari", "Gupta", "Horvat", "Ibrahim", "Jansen", "Keller", "Lopez", "Mensah", "Nguyen",
    "Olsen", "Popescu", "Quinn", "Reyes", "Schmidt", "Torres", "Ueda", "Vogel", "Wang", "Xu", "Young", "Zhang",
    "Antonov", "Becker", "Castro", "Diallo", "Evans", "Fuchs",
)  # fmt: skip
_PAIRS = len(_FIRST) * len(_LAST)
_STRIDE = 2_731
_PLAIN = str.maketrans("öéëáíøüñ", "oeeaioun")


class Person(NamedTuple):
    """A name and what stands before the @ of the user principal name."""

    name: str
    upn: str


def person(number: int) -> Person:
    """Return the name of a person; user principal names never repeat."""
    again, pair = divmod(number, _PAIRS)
    pair = pair * _STRIDE % _PAIRS
    first, last = _FIRST[pair % len(_FIRST)], _LAST[(pair // len(_FIRST)) % len(_LAST)]
    upn = f"{first}.{last}".lower().translate(_PLAIN)
    return Person(f"{first} {last}", f"{upn}{again}" if again else upn)


def group_name(number: int, environment: str) -> str:
    """Return the display name of a group."""
    team, purpose = TEAMS[number % len(TEAMS)], PURPOSES[number // 7 % len(PURPOSES)]
    return " ".join(word for word in (team, environment.capitalize(), purpose, f"{number:04d}") if word)


def software_name(number: int, environment: str) -> str:
    """Return the display name of an application."""
    return "-".join(word for word in ("app", WORKLOADS[number % len(WORKLOADS)], environment, f"{number:04d}") if word)
