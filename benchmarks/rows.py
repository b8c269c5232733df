"""The rows of the table: what is measured, how it is called, and what the goal is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks import asking, collecting, escalating, folding, ingesting, normalising, processes, used
from benchmarks.places import Work

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes:
        name: key in the result.
        words: what it is, for people; `{}` stands for the number.
        goal: what it should stay below (or, with `more`, above); None where it is only told.
    """

    name: str
    words: str
    goal: float | None = None
    more: bool = False

    def reached(self, value: float) -> bool | None:
        """Tell whether the goal is reached, None without a goal."""
        if self.goal is None:
            return None
        return value > self.goal if self.more else value < self.goal


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        key: how `--only` names it.
        work: what is done.
        size: of the tenant.
        measure: runs in a process of its own and returns the figures; `peak_mb` of that process is added unless
            the row measures another one.
        figures: what is shown, in order.
        needs: what must lie ready: `export`, `store`, `questions`.
        large: only with `--large`.
    """

    key: str
    work: str
    size: str
    measure: Callable[[Work], Figures]
    figures: tuple[Figure, ...]
    needs: tuple[str, ...] = ("store", "questions")
    large: bool = False


def _compare(work: Work) -> Figures:
    from benchmarks import rivals  # noqa: PLC0415 - the rivals are installed for benchmarks only

    return rivals.compare(work, "S")


def _drawn(work: Work, size: str) -> Figures:
    # The tenant is made by a process of its own, so that its memory is not counted.
    escalating.prepare(work, size)
    return escalating.draw(work, size)


_PEAK = Figure("peak_mb", "{:,.0f} MB")

ROWS = (
    Row(
        "import-m",
        "import M: raw JSON Lines to snapshot (`remit import`)",
        "M",
        lambda work: processes.import_export(work, "M"),
        (Figure("seconds", "{:.1f} s", 60), Figure("peak_mb", "{:,.0f} MB", 1_500)),
        ("export",),
    ),
    Row(
        "import-l",
        "import L",
        "L",
        lambda work: processes.import_export(work, "L"),
        (Figure("seconds", "{:.0f} s"), Figure("peak_mb", "{:,.0f} MB", 4_000)),
        ("export",),
        large=True,
    ),
    Row(
        "index-m",
        "snapshot to ready index, M",
        "M",
        lambda work: asking.index(work, "M"),
        (
            Figure("build_s", "{:.2f} s", 2),
            Figure("keep_s", "and {:.2f} s to keep it"),
            Figure("kept_s", "{:.3f} s from the kept one"),
            _PEAK,
        ),
        ("store",),
    ),
    Row(
        "index-l",
        "snapshot to ready index, L",
        "L",
        lambda work: asking.index(work, "L"),
        (
            Figure("build_s", "{:.1f} s", 20),
            Figure("keep_s", "and {:.1f} s to keep it"),
            Figure("kept_s", "{:.3f} s from the kept one"),
            Figure("peak_mb", "{:,.0f} MB", 4_000),
        ),
        ("store",),
        large=True,
    ),
    Row(
        "can-m",
        "can(), one call through the Python API, outcome and reasons, M",
        "M",
        lambda work: asking.single(work, "M"),
        (
            Figure("p50_us", "p50 {:.1f} us", 20),
            Figure("p99_us", "p99 {:.0f} us", 100),
            Figure("guarded_p50_us", "p50 {:.1f} us with the guards"),
            Figure("texts_p50_us", "p50 {:.1f} us with guards and the question read from texts"),
        ),
    ),
    Row(
        "batch-m",
        "can(), batch with outcomes, random order, M",
        "M",
        lambda work: asking.batch(work, "M"),
        (
            Figure("per_s", "{:,.0f}/s", 1_000_000, more=True),
            Figure("texts_per_s", "{:,.0f}/s with the questions coded from texts"),
        ),
    ),
    Row(
        "jit",
        "compiling: first batch of 20,000 and first blast radius of a process, S",
        "S",
        lambda work: processes.first_calls(work, "S"),
        (
            Figure("compile_batch_s", "batch {:.1f} s compiling"),
            Figure("kept_batch_s", "{:.2f} s with kept code"),
            Figure("compile_radius_s", "blast radius {:.1f} s compiling"),
            Figure("kept_radius_s", "{:.2f} s with kept code"),
        ),
    ),
    Row(
        "who-can-m",
        "who_can, ids, M",
        "M",
        lambda work: asking.who(work, "M"),
        (Figure("p50_ms", "p50 {:.3f} ms", 1), Figure("p99_ms", "p99 {:.2f} ms")),
    ),
    Row(
        "what-can-m",
        "what_can of one principal, whole tenant, M",
        "M",
        lambda work: asking.what(work, "M"),
        (Figure("p50_ms", "p50 {:.2f} ms", 50), Figure("p99_ms", "p99 {:.1f} ms"), Figure("max_ms", "most {:.0f} ms")),
    ),
    Row(
        "radius-m",
        "exact blast radius (resources x operations by type) of every principal, M",
        "M",
        lambda work: asking.radius(work, "M"),
        (Figure("seconds", "{:.1f} s", 10), Figure("first_s", "{:.1f} s the first time"), _PEAK),
        ("store",),
    ),
    Row(
        "radius-l",
        "the same, L",
        "L",
        lambda work: asking.radius(work, "L"),
        (Figure("seconds", "{:.1f} s", 60), Figure("first_s", "{:.1f} s the first time"), _PEAK),
        ("store",),
        large=True,
    ),
    Row(
        "cold-m",
        "`remit can`, cold, as a process, M",
        "M",
        lambda work: processes.cold_can(work, "M"),
        (Figure("median_s", "{:.2f} s", 1), Figure("first_s", "{:.2f} s when the index must be built first"), _PEAK),
    ),
    Row(
        "collect-100k",
        "`remit collect` of 100,000 principals and 100,000 resources from the simulator, and bare clients that only "
        "make the same requests",
        "-",
        lambda work: collecting.against_bare(work, 100_000),
        (
            Figure("read_s", "{:.1f} s to the last page"),
            Figure("requests", "{:,.0f} requests"),
            Figure("httpx2_s", "bare httpx2 {:.1f} s"),
            Figure("share", "{:.0f} % of its rate", 70, more=True),
            Figure("aiohttp_s", "bare aiohttp {:.1f} s"),
            Figure("share_aiohttp", "{:.0f} % of its rate"),
            Figure("seconds", "{:.1f} s with the snapshot"),
        ),
        (),
    ),
    Row(
        "collect-memory",
        "memory of `remit collect`, 10,000 and 100,000 principals with as many resources",
        "-",
        collecting.memory,
        (
            Figure("large_mb", "{:,.0f} MB reading 100,000", 400),
            Figure("small_mb", "{:,.0f} MB reading 10,000"),
            Figure("growth", "{:.0f} % more", 20),
            Figure("whole_mb", "{:,.0f} MB with the making of the snapshot", 400),
            Figure("small_whole_mb", "{:,.0f} MB for 10,000"),
        ),
        (),
    ),
    Row(
        "collect-throttled",
        "`remit collect` of 100,000 principals while a tenth of all answers is 429, `Retry-After` 1 to 5 s",
        "-",
        lambda work: collecting.throttled(work, 100_000),
        (
            Figure("ratio", "{:.2f} times what the waits alone force", 1.5),
            Figure("read_s", "{:.0f} s to the last page"),
            Figure("forced_s", "{:.0f} s forced by the longest chain of waits"),
            Figure("throttled", "{:,.0f} answers 429"),
            Figure("impatient", "{:.0f} asked again too soon"),
            Figure("plain_s", "{:.0f} s unthrottled"),
        ),
        (),
    ),
    Row(
        "normalise",
        "normalising Activity Log, sign-in and Microsoft Graph records (2.2 KB), file to typed rows, and msgspec "
        "decoding the same lines into five fields",
        "-",
        normalising.compare,
        (
            Figure("share", "{:.0f} % of msgspec's rate", 50, more=True),
            Figure("per_s", "{:,.0f}/s in one process"),
            Figure("five_per_s", "msgspec {:,.0f}/s"),
            Figure("split_share", "{:.0f} % with the lines split as msgspec gets them"),
            Figure("share_digests", "{:.0f} % with SHA-256 of each record"),
            Figure("two_per_s", "{:,.0f}/s in two processes", 100_000, more=True),
            Figure("two_share", "{:.0f} % of msgspec's in two"),
            Figure("literal_per_s", "{:,.0f}/s one by one"),
        ),
        (),
    ),
    Row(
        "usage-principal",
        "`remit usage PRINCIPAL` on a roll-up of 90 days of 20,000 identities",
        "-",
        used.principal,
        (
            Figure("p50_ms", "p50 {:.1f} ms in a process that was asked before", 150),
            Figure("p95_ms", "p95 {:.1f} ms"),
            Figure("first_ms", "{:.0f} ms the first time"),
            Figure("process_ms", "{:.0f} ms as a process of its own"),
        ),
        (),
    ),
    Row(
        "usage-all",
        "`remit usage --all` on the same, as a process",
        "-",
        used.everybody,
        (Figure("seconds", "{:.1f} s", 60), Figure("identities", "{:,.0f} identities"), _PEAK),
        (),
    ),
    Row(
        "statements",
        "leaving out what was seen, folding and adding up 10 million rows: the same statements on DuckDB and on Spark",
        "-",
        folding.measure,
        (
            Figure("duckdb_s", "DuckDB {:.0f} s"),
            Figure("spark_s", "Spark, local[2], {:.0f} s"),
            Figure("rolled", "{:,.0f} rows of the roll-up, equal"),
        ),
        (),
    ),
    Row(
        "ingest-day",
        "a day of a large tenant: 20 million records, made on the fly, to the roll-up",
        "-",
        ingesting.day,
        (
            Figure("minutes", "{:.1f} min", 4),
            Figure("per_s", "{:,.0f} records/s"),
            Figure("gigabytes", "{:.0f} GB"),
            Figure("together_mb", "{:,.0f} MB, all processes together", 1_500),
        ),
        (),
        large=True,
    ),
    Row(
        "ingest-file",
        "one file of 10 GB to the roll-up, beside one of 5 GB",
        "-",
        ingesting.one_file,
        (
            Figure("large_s", "{:.0f} s"),
            Figure("large_mb", "{:,.0f} MB, all processes together", 1_500),
            Figure("small_mb", "{:,.0f} MB for 5 GB"),
            Figure("growth", "{:.0f} % more"),
        ),
        (),
        large=True,
    ),
    Row(
        "graph-m",
        "snapshot to escalation graph, M with 500,000 role assignments",
        "-",
        lambda work: _drawn(work, "M"),
        (
            Figure("seconds", "{:.0f} s", 60),
            Figure("facts_s", "{:.0f} s of it reading facts from payloads"),
            Figure("draw_s", "{:.0f} s drawing"),
            Figure("edges", "{:,.0f} edges"),
            Figure("kept_s", "{:.2f} s from the kept one"),
            Figure("tier_zero_s", "{:.2f} s for everybody who reaches tier zero"),
            Figure("peak_mb", "{:,.0f} MB", 4_000),
        ),
        (),
    ),
    Row(
        "graph-l",
        "snapshot to escalation graph, L with 5,000,000 role assignments",
        "-",
        lambda work: _drawn(work, "L"),
        (
            Figure("seconds", "{:.0f} s", 600),
            Figure("facts_s", "{:.0f} s of it reading facts from payloads"),
            Figure("draw_s", "{:.0f} s drawing"),
            Figure("edges", "{:,.0f} edges"),
            Figure("kept_s", "{:.2f} s from the kept one"),
            Figure("tier_zero_s", "{:.1f} s for everybody who reaches tier zero"),
            Figure("peak_mb", "{:,.0f} MB", 12_000),
        ),
        (),
        large=True,
    ),
    Row(
        "graph-search",
        "questions to a graph of 1,000,000 nodes and 10,000,000 edges; networkx on a tenth",
        "-",
        escalating.search,
        (
            Figure("reaching_s", "{:.2f} s for everybody who reaches tier zero", 1),
            Figure("paths_ms", "{:.0f} ms for the paths of one principal", 300),
            Figure("paths_worst_ms", "{:.0f} ms the worst of twenty"),
            Figure("radius_s", "{:.1f} s for the blast radius of all", 60),
            Figure("direct_s", "{:.1f} s more to tell what is one step away"),
            Figure("ratio_reaching", "reach {:,.0f} times networkx"),
            Figure("ratio_paths", "paths {:,.0f} times"),
            Figure("ratio_radius", "blast radius {:,.0f} times"),
            _PEAK,
        ),
        (),
    ),
    Row(
        "version",
        "`remit --version`",
        "-",
        lambda _: processes.version(),
        (Figure("median_ms", "{:.0f} ms", 250),),
        (),
    ),
    Row(
        "rivals-s",
        "the same questions asked of Remit and of others, S",
        "S",
        _compare,
        (
            Figure("ratio_batch", "batch {:,.0f} times the best of loop and pycasbin", 100, more=True),
            Figure("ratio_can", "can() {:,.1f} times"),
        ),
        ("export", "store", "questions"),
    ),
)


def chosen(only: str | None, *, large: bool) -> list[Row]:
    """Return the rows of `--only`: whole keys or starts of keys, comma-separated; without it all but the large ones.

    Raises:
        SystemExit: a word names no row.
    """
    if only is None:
        return [row for row in ROWS if large or not row.large]
    words = [word for word in only.split(",") if word]
    for word in words:
        if not any(row.key.startswith(word) for row in ROWS):
            raise SystemExit(f"no row `{word}`; there are {', '.join(row.key for row in ROWS)}")
    return [row for row in ROWS if any(row.key.startswith(word) for word in words)]
