"""Workers: processes of their own, or this one where there is little to do.

Processes are started anew, not forked, and end when the one that started them does, however it ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from multiprocessing.util import Finalize

from remit.app.ingesting.working import Task, Tools, work
from remit.model.errors import UnavailableError
from remit.ports.usage_store import Taken

MakeTools = Callable[[], Tools]
"""A function of a module, so that another process finds it by name."""

_AHEAD = 3
"""Tasks given out for each worker beyond what was taken back."""


class _Worker:
    tools: Tools | None = None


def in_order(tasks: Iterable[Task], make_tools: MakeTools, processes: int) -> Iterator[tuple[Task, Taken]]:
    """Do tasks, and yield what came of them in their order; only a few are waiting at any time.

    Args:
        tasks: in order.
        make_tools: makes what a worker needs, in its own process.
        processes: workers; with 1 all is done here.

    Raises:
        CollectionError: a service refuses or does not answer.
        StoreError: something cannot be written, or a worker was ended from outside.
    """
    if processes <= 1:
        tools = make_tools()
        yield from ((task, work(task, tools)) for task in tasks)
        return
    pool = ProcessPoolExecutor(
        processes, mp_context=multiprocessing.get_context("spawn"), initializer=_begin, initargs=(make_tools,)
    )
    waiting: deque[tuple[Task, Future[Taken]]] = deque()
    try:
        for task in tasks:
            waiting.append((task, pool.submit(_work, task)))
            if len(waiting) > _AHEAD * processes:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)
    except BrokenProcessPool as error:
        raise UnavailableError(
            "a worker process was ended from outside", hint="try fewer --processes if memory is short"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _first(waiting: deque[tuple[Task, Future[Taken]]]) -> tuple[Task, Taken]:
    task, future = waiting.popleft()
    return task, future.result()


def _begin(make_tools: MakeTools) -> None:
    # The one at the terminal decides what an interruption means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _Worker.tools = make_tools()
    # What tools hold goes before the interpreter does: libraries complain about what is left of them then.
    Finalize(None, _give_back, exitpriority=1)


def _give_back() -> None:
    _Worker.tools = None


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _work(task: Task) -> Taken:
    if _Worker.tools is None:
        raise UnavailableError("a worker process has no tools")
    return work(task, _Worker.tools)
