"""Questions to ninety days of use of twenty thousand identities.

The tenant is that of `remit-sim generate`; each identity that holds a role assignment uses three writes or actions of
its scope on thirty days. The roll-up is made by the store itself, from columns.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from benchmarks.measuring import percentile, remit_command, run
from benchmarks.places import SEED, Work
from remit.app.answering import Tenant
from remit.app.using.of_principal import usage_of
from remit.bootstrap.logs import open_usage
from remit.bootstrap.reader import import_path, open_tenant
from remit.bootstrap.usage import open_tenant_usage
from remit.model.errors import StoreError
from remit.model.interval import to_micros
from remit.model.usage import LogKind
from remit.ports.usage_store import UnitPlace
from remit.usage.batches import Batch
from remit.usage.columns import ABSENT, COLUMNS, text_key
from remit.usage.statements import DAY
from remit_sim.generate import generate

IDENTITIES = 20_000
_USES, _DAYS, _WINDOW = 3, 30, 90
_ASKED = 60
_COMMANDS = 7


def _store(work: Work) -> Path:
    """Return the store, made when it is not there."""
    store = work.folder / "store-used"
    if (store / "usage").exists():
        # One of another format, left by an earlier run, is made anew.
        with suppress(StoreError):
            open_usage(store).reading()
            return store
    shutil.rmtree(store, ignore_errors=True)
    export = work.folder / "export-used"
    shutil.rmtree(export, ignore_errors=True)
    generate(IDENTITIES, SEED, export)
    import_path(store, export)
    batch = _batch(open_tenant(store))
    with open_usage(store).writing() as writing:
        intake = writing.intake(0)
        place = UnitPlace(0, "made")
        intake.add(place, batch)
        intake.done(place, batch.read)
        writing.take(intake.finish())
        writing.commit()
        writing.settle(None)
    return store


def _batch(tenant: Tenant) -> Batch:
    facts = tenant.index.facts
    dice = np.random.default_rng(SEED)
    actions = [
        facts.operations.name[row]
        for row in range(len(facts.operations.name))
        if not facts.operations.data[row] and not facts.operations.name[row].lower().endswith("/read")
    ]
    held, first = np.unique(facts.assignments.principal, return_index=True)
    scopes = [facts.scopes.text[int(facts.assignments.scope[row])] for row in first]
    people = [facts.principals.key[int(row)] for row in held]
    texts = {text_key(text): text for text in (*actions, *scopes, *people)}
    keys = {
        "principal": np.array([text_key(one) for one in people], dtype=np.int64),
        "scope": np.array([text_key(one) for one in scopes], dtype=np.int64),
        "action": np.array([text_key(one) for one in actions], dtype=np.int64),
    }
    each = _USES * _DAYS
    count = len(people) * each
    who = np.repeat(np.arange(len(people)), each)
    days = np.concatenate([np.tile(dice.choice(_WINDOW, _DAYS, replace=False), _USES) for _ in people])
    last = to_micros(tenant.at) // DAY
    number = np.arange(count)
    above = ["/".join(scope.split("/")[:3]).lower() for scope in scopes]
    texts |= {text_key(text): text for text in above}
    subscriptions = np.array([text_key(text) for text in above], dtype=np.int64)
    columns = {name: np.zeros(count, dtype=np.int64) for name in COLUMNS} | {
        "identity_hi": number * 6_364_136_223_846_793_005,
        "identity_lo": number * -3_335_678_366_873_096_957,
        "line": number,
        "time": (last - days) * DAY + dice.integers(0, DAY, count),
        "arrived": np.full(count, ABSENT),
        "log": np.full(count, int(LogKind.ACTIVITY)),
        "principal": keys["principal"][who],
        "action": keys["action"][dice.integers(0, len(actions), (len(people), _USES)).repeat(_DAYS, axis=1).ravel()],
        "scope": keys["scope"][who],
        "place": subscriptions[who],
        "correlation_hi": number * -7_046_029_254_386_353_131,
        "correlation_lo": ~number,
    }
    return Batch(count, {name: np.asarray(values, dtype=np.int64) for name, values in columns.items()}, texts)


def principal(work: Work) -> Mapping[str, float]:
    """Ask for one identity: as a process, and in a process that has been asked before."""
    store = _store(work)
    usage = open_tenant_usage(store, days=_WINDOW)
    facts = usage.index.facts
    held = np.unique(facts.assignments.principal)
    chosen = np.random.default_rng(SEED).choice(held, _ASKED, replace=False).tolist()
    names = [facts.principals.key[row] for row in chosen]
    started = time.perf_counter()
    usage_of(usage, names[0])
    first = time.perf_counter() - started
    timings = []
    for name in names[1:]:
        started = time.perf_counter()
        usage_of(usage, name)
        timings.append((time.perf_counter() - started) * 1e3)
    whole = [
        run(remit_command("usage", name, "--json", "--store", str(store))).seconds * 1e3 for name in names[:_COMMANDS]
    ]
    return {
        "p50_ms": percentile(timings, 50),
        "p95_ms": percentile(timings, 95),
        "first_ms": first * 1e3,
        "process_ms": percentile(whole[1:], 50),
    }


def everybody(work: Work) -> Mapping[str, float]:
    """Ask for all of them, as a process."""
    store = _store(work)
    done = run(remit_command("usage", "--all", "--json", "--store", str(store)))
    said = json.loads(done.output)
    return {"seconds": done.seconds, "identities": float(len(said["identities"])), "peak_mb": done.peak_mb}
