"""Any text is answered or refused, and a query means the same however it is written."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.queries import Questions

WORDS = st.sampled_from(
    [
        *(
            "resources",
            "resourcecontainers",
            "|",
            "where",
            "project",
            "extend",
            "order by",
            "take",
            "count",
            "summarize",
        ),
        *(
            "count()",
            "by",
            "id",
            "name",
            "properties",
            "tags",
            "kind",
            "asc",
            "desc",
            "nulls first",
            "and",
            "or",
            "not(",
        ),
        *(
            "(",
            ")",
            "[",
            "]",
            ".",
            ",",
            "=",
            "==",
            "=~",
            "!=",
            "<",
            "in",
            "!in~",
            "contains",
            "!has",
            "'a'",
            '"b"',
            "1",
        ),
        *(
            "-2",
            "1.5",
            "14d",
            "datetime(2026-01-01)",
            "now()",
            "ago(",
            "tostring(",
            "true",
            "null",
            "'",
            "\\",
            "//",
            "\n",
        ),
    ]
)
GRAPH = Questions()
NAMES = [name for (name,) in GRAPH.rows("resources | project name")]


@given(
    st.one_of(st.lists(WORDS, max_size=14).map(" ".join), st.text(max_size=40)).map(lambda text: f"resources {text}")
)
@settings(max_examples=300, deadline=None)
def test_every_text_is_answered_or_refused_with_a_reason(text):
    answer = GRAPH.post({"query": text})
    if answer.status == 200:
        assert json.loads(answer.body)["count"] >= 0
    else:
        assert answer.status == 400
        assert json.loads(answer.body)["error"]["details"][-1]["message"]


CONDITIONS = st.recursive(
    st.sampled_from(NAMES).flatmap(
        lambda name: st.sampled_from([(f"name == '{name}'", {name}), (f"name != '{name}'", set(NAMES) - {name})])
    ),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: (f"({two[0][0]}) and ({two[1][0]})", two[0][1] & two[1][1])),
        st.tuples(inner, inner).map(lambda two: (f"{two[0][0]} or {two[1][0]}", two[0][1] | two[1][1])),
        inner.map(lambda one: (f"not({one[0]})", set(NAMES) - one[1])),
    ),
    max_leaves=8,
)


@given(CONDITIONS)
@settings(max_examples=150, deadline=None)
def test_conditions_mean_what_sets_mean(condition):
    text, expected = condition
    assert GRAPH.names(f"resources | where {text} | project name") == sorted(expected)


@given(st.text(max_size=20))
@settings(max_examples=150, deadline=None)
def test_a_text_reads_back_however_strange(text):
    quoted = "".join(f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else sign for sign in text)
    row = GRAPH.ask(f"resources | take 1 | project x = '{quoted}', y = strcat('{quoted}', '!')")["data"][0]
    assert row == {"x": text, "y": f"{text}!"}
