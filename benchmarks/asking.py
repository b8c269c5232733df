"""Rows that ask an open snapshot through the Python API; each runs in a process of its own."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measuring import percentile
from benchmarks.places import Work
from benchmarks.questions import Ask
from remit.adapters.clock import SystemClock
from remit.app.answering import Tenant
from remit.bootstrap.reader import open_store
from remit.engine.batch import encode, outcome_codes
from remit.engine.blast_radius import blast_radius
from remit.engine.decide import decide
from remit.engine.enumerate import who_can
from remit.engine.index import INDEX_VERSION, TenantIndex
from remit.model.question import Plane, Question
from remit.model.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

WARM_UP = 2_000
CALLS = 50_000
FIRST_BATCH = 20_000


def to_question(ask: Ask) -> Question:
    """Read a question from its texts."""
    return Question(ask.principal, ask.action, Plane.DATA if ask.data else Plane.CONTROL, Scope.parse(ask.scope))


def open_tenant(work: Work, size: str) -> Tenant:
    """Open the newest snapshot of the store."""
    return Tenant.open(open_store(work.store(size)), None, SystemClock())


def index(work: Work, size: str) -> Mapping[str, float]:
    """Build the index of the stored snapshot, keep it, and open it again."""
    for kept in work.store(size).rglob("index-*"):
        shutil.rmtree(kept)
    store = open_store(work.store(size))
    began = time.perf_counter()
    snapshot = store.resolve(None)
    if store.load_index(snapshot, INDEX_VERSION) is not None:
        raise RuntimeError("the kept index was not removed")
    built = TenantIndex.build(store.facts(snapshot))
    ready = time.perf_counter()
    store.save_index(snapshot, INDEX_VERSION, built.to_arrays(), {})
    kept_at = time.perf_counter()
    open_tenant(work, size)
    return {"build_s": ready - began, "keep_s": kept_at - ready, "kept_s": time.perf_counter() - kept_at}


def single(work: Work, size: str) -> Mapping[str, float]:
    """Ask one question at a time."""
    tenant = open_tenant(work, size)
    asked = work.questions(size)[: WARM_UP + 3 * CALLS]
    for ask in asked[:WARM_UP]:
        tenant.can(to_question(ask))
    plain = []
    for ask in asked[WARM_UP : WARM_UP + CALLS]:
        question = to_question(ask)
        began = time.perf_counter_ns()
        decide(tenant.index, question, at=tenant.at, beside=False)
        plain.append((time.perf_counter_ns() - began) / 1e3)
    guarded = []
    for ask in asked[WARM_UP + CALLS : WARM_UP + 2 * CALLS]:
        question = to_question(ask)
        began = time.perf_counter_ns()
        tenant.can(question)
        guarded.append((time.perf_counter_ns() - began) / 1e3)
    texts = []
    for ask in asked[WARM_UP + 2 * CALLS :]:
        began = time.perf_counter_ns()
        tenant.can(to_question(ask))
        texts.append((time.perf_counter_ns() - began) / 1e3)
    return {
        "p50_us": percentile(plain, 50),
        "p99_us": percentile(plain, 99),
        "mean_us": float(np.mean(plain)),
        "max_us": max(plain),
        "guarded_p50_us": percentile(guarded, 50),
        "texts_p50_us": percentile(texts, 50),
        "calls": len(plain),
    }


def batch(work: Work, size: str) -> Mapping[str, float]:
    """Ask all questions at once, five times; the first time is left out here and told in the row about compiling."""
    tenant = open_tenant(work, size)
    questions = [to_question(ask) for ask in work.questions(size)]
    began = time.perf_counter()
    coded = encode(tenant.index, questions)
    coding = time.perf_counter() - began
    outcome_codes(tenant.index, coded, at=tenant.at, compiled=True)
    timings = []
    for _ in range(5):
        began = time.perf_counter()
        outcome_codes(tenant.index, coded, at=tenant.at, compiled=True)
        timings.append(time.perf_counter() - began)
    answering = percentile(timings, 50)
    return {
        "per_s": len(questions) / answering,
        "texts_per_s": len(questions) / (coding + answering),
        "questions": len(questions),
    }


def first_calls(work: Work, size: str) -> Mapping[str, float]:
    """Time the first batch and the first blast radius of this process, importing and compiling included."""
    tenant = open_tenant(work, size)
    coded = encode(tenant.index, [to_question(ask) for ask in work.questions(size)[:FIRST_BATCH]])
    began = time.perf_counter()
    outcome_codes(tenant.index, coded, at=tenant.at, compiled=True)
    answered = time.perf_counter()
    blast_radius(tenant.index, at=tenant.at)
    return {"batch_s": answered - began, "radius_s": time.perf_counter() - answered}


def radius(work: Work, size: str) -> Mapping[str, float]:
    """Count the blast radius of every principal, twice: the first time brings in compiled code."""
    tenant = open_tenant(work, size)
    began = time.perf_counter()
    blast_radius(tenant.index, at=tenant.at)
    once = time.perf_counter()
    found = blast_radius(tenant.index, at=tenant.at)
    return {
        "seconds": time.perf_counter() - once,
        "first_s": once - began,
        "principals": len(found.principals),
        "pairs": float(found.pairs.sum()),
        "with_any": int((found.pairs.sum(axis=1) > 0).sum()),
    }


def who(work: Work, size: str) -> Mapping[str, float]:
    """Ask who can do random actions at random places; ids only."""
    tenant = open_tenant(work, size)
    timings = []
    holders = []
    for ask in work.questions(size)[:2_200]:
        question = to_question(ask)
        began = time.perf_counter_ns()
        found = who_can(tenant.index, question.action, question.plane, question.scope, at=tenant.at)
        timings.append((time.perf_counter_ns() - began) / 1e6)
        holders.append(len(found.allowed))
    timings = timings[200:]
    return {
        "p50_ms": percentile(timings, 50),
        "p99_ms": percentile(timings, 99),
        "median_holders": percentile(holders, 50),
    }


def what(work: Work, size: str) -> Mapping[str, float]:
    """Ask what random principals hold in the whole tenant."""
    tenant = open_tenant(work, size)
    timings = []
    held = []
    for ask in work.questions(size)[:1_020]:
        began = time.perf_counter_ns()
        found = tenant.what_can(ask.principal, None)
        timings.append((time.perf_counter_ns() - began) / 1e6)
        held.append(len(found.permissions))
    timings = timings[20:]
    return {
        "p50_ms": percentile(timings, 50),
        "p99_ms": percentile(timings, 99),
        "max_ms": max(timings),
        "median_permissions": percentile(held, 50),
    }
