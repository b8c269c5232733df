"""The same generators behind hypothesis: every choice is drawn, so that a failure shrinks to a dull tenant."""

from __future__ import annotations

from hypothesis import strategies as st
from tests.strategies import conditions as texts
from tests.strategies import questions as asking
from tests.strategies import tenants as making
from tests.strategies.choices import Choices
from tests.strategies.tenants import Tenant

from remit.model.question import Question


@st.composite
def choices(draw: st.DrawFn) -> Choices:
    """Choices that go on being drawn after the strategy returned; use them within the same example only."""
    return Choices(lambda bound: draw(st.integers(0, bound - 1)))


@st.composite
def tenants_asked(draw: st.DrawFn, *, questions: int = 8) -> tuple[Choices, Tenant, list[Question]]:
    """A tenant, some questions that meet it, and the choices to go on with."""
    choose = draw(choices())
    tenant = making.tenant(choose)
    return choose, tenant, [asking.question(choose, tenant) for _ in range(questions)]


@st.composite
def conditions_asked(draw: st.DrawFn) -> tuple[str, Question]:
    """A condition text and a question with attributes."""
    choose = draw(choices())
    text = texts.conditions(choose)
    return text, asking.question(choose, NOWHERE)


NOWHERE = Tenant(making.Export({}, {}), ("/subscriptions/5ab5ab5a-cafe-4bad-8ace-000000000001",))
