"""Has other processes do a part of the work; the result is the same without."""

import os
import pickle
import select
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

R = TypeVar("R")

_WIDTH = 4
"""Bytes of a number in the queue; all processes read whole numbers, since they are written before."""
_SHARES = 1000
"""The queue holds no more numbers than fit into a pipe."""
_MOST = 3
"""So many children at a time, however many processors there are: each takes memory of its own."""
_WORTH = 100
"""So many tasks are worth one more child, which has to load and to find out much that the others know."""


class Child(Generic[R]):
    """A child process that does one task and tells what came of it; nothing else of it reaches the parent."""

    def __init__(self, task: Callable[[], R]) -> None:
        self._answer, writing = os.pipe()
        self._process = os.fork()
        if not self._process:
            os.close(self._answer)
            _do_and_end(task, writing)
        os.close(writing)

    def has_answered(self) -> bool:
        """Whether there is an answer, or never will be; asking for it takes no time then."""
        return bool(select.select([self._answer], [], [], 0)[0])

    def answers(self) -> list[R]:
        """What came of the task, when it is done; nothing where the child has failed."""
        try:
            with open(self._answer, "rb", closefd=False) as pipe:
                answer = pipe.read()
        finally:
            os.close(self._answer)  # a child that is still writing ends then
            _, status = os.waitpid(self._process, 0)
            self._process = 0
        return [pickle.loads(answer)] if status == 0 else []

    def disown(self) -> None:
        """Leave the answer to the parent, in another child of it."""
        os.close(self._answer)

    def end(self) -> None:
        """Stop the child, if it is still at work; what it has done is lost."""
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            self.answers()


class Shared(Generic[R]):
    """Tasks that child processes have begun with; each process takes the next as soon as it is free.

    Nothing is shared out below `least` tasks, beside other threads, on one processor or with
    REPORT_PLAIN=1. Where a child fails its tasks are done here, so that errors are raised as ever.
    """

    def __init__(self, tasks: Sequence[Callable[[], R]], least: int = 2) -> None:
        self._tasks = tasks
        self._step = len(tasks) // _SHARES + 1
        self._parent = os.getpid()
        self._children: list[Child[dict[int, R]]] = []
        count = min(helpers(), 1 + len(tasks) // _WORTH)
        if count and len(tasks) >= least and threading.active_count() == 1:
            self._begin(count)

    def results(self) -> list[R]:
        """The results of all tasks in their order, when all processes have done what there was."""
        if not self._children:
            return [task() for task in self._tasks]
        try:
            found = self._done()
        finally:
            while os.read(self._queue, _SHARES * _WIDTH):
                pass  # after an error here no child is to find anything more to do
            os.close(self._queue)
            answers = [answer for child in self._children for answer in child.answers()]
        for answer in answers:
            found |= answer
        return [found[n] if n in found else task() for n, task in enumerate(self._tasks)]

    def end(self) -> None:
        """Stop all children; what they have done is lost."""
        for child in self._children:
            child.end()

    def _begin(self, count: int) -> None:
        self._queue, full = os.pipe()
        numbers = range(0, len(self._tasks), self._step)
        os.write(full, b"".join(number.to_bytes(_WIDTH) for number in numbers))
        os.close(full)
        for _ in range(count):
            self._children.append(Child(self._help))

    def _help(self) -> dict[int, R]:
        for sibling in self._children:
            sibling.disown()
        return self._done()

    def _done(self) -> dict[int, R]:
        return {number: self._tasks[number]() for number in self._taken()}

    def _taken(self) -> Iterator[int]:
        """The numbers of the tasks that this process is to do; no more where its parent was killed."""
        while self._parent in (os.getpid(), os.getppid()) and (
            number := os.read(self._queue, _WIDTH)
        ):
            start = int.from_bytes(number)
            yield from range(start, min(start + self._step, len(self._tasks)))


def called(tasks: Sequence[Callable[[], R]], least: int = 500) -> list[R]:
    """The results of all tasks in their order, with the help of other processes where it is worth it."""
    return Shared(tasks, least).results()


def helpers() -> int:
    """How many child processes are to be had and wanted."""
    if os.environ.get("REPORT_PLAIN") or not hasattr(os, "fork"):
        return 0
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min((usable or 1) - 1, _MOST)


def _do_and_end(task: Callable[[], object], writing: int) -> None:
    """Do the child's part, and end without a trace in the parent's files and handlers."""
    status = 1
    try:
        answer = pickle.dumps(task(), protocol=pickle.HIGHEST_PROTOCOL)
        with open(writing, "wb") as pipe:
            pipe.write(answer)
        status = 0
    finally:
        os._exit(status)
