"""Shares work out to a second process where there is enough of it; the result is the same without."""

import os
import pickle
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

R = TypeVar("R")


def called(tasks: Sequence[Callable[[], R]], least: int = 500) -> list[R]:
    """The results of all tasks in their order; every second one comes from a child process.

    Nothing is shared out below `least` tasks, beside other threads, on one processor or with
    REPORT_PLAIN=1. Where the child fails its tasks are done here, so that errors are raised as ever.
    """
    alone = threading.active_count() == 1 and hasattr(os, "fork") and (os.cpu_count() or 1) > 1
    if len(tasks) < least or not alone or os.environ.get("REPORT_PLAIN"):
        return [task() for task in tasks]
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _answer(tasks[1::2], writing)
    os.close(writing)
    results: list[R] = [None] * len(tasks)  # type: ignore[list-item]
    with open(reading, "rb") as pipe:
        try:
            results[::2] = [task() for task in tasks[::2]]
            answer = pipe.read()
        finally:
            pipe.close()  # a child that is still writing ends then
            _, status = os.waitpid(child, 0)
    results[1::2] = pickle.loads(answer) if status == 0 else [task() for task in tasks[1::2]]
    return results


def _answer(tasks: Sequence[Callable[[], R]], writing: int) -> None:
    """Do the child's share, and end without a trace in the parent's files and handlers."""
    status = 1
    try:
        answer = pickle.dumps([task() for task in tasks], protocol=pickle.HIGHEST_PROTOCOL)
        with open(writing, "wb") as pipe:
            pipe.write(answer)
        status = 0
    finally:
        os._exit(status)
