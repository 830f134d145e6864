"""Has a second process do a part of the work; the result is the same without."""

import os
import pickle
import select
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

R = TypeVar("R")

_WIDTH = 4
"""Bytes of a number in the queue; both processes read whole numbers, since all are written before."""
_SHARES = 1000
"""The queue holds no more numbers than fit into a pipe."""


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

    def end(self) -> None:
        """Stop the child, if it is still at work; what it has done is lost."""
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            self.answers()


class Shared(Generic[R]):
    """Tasks that a child process has begun with; each process takes the next as soon as it is free.

    Nothing is shared out below `least` tasks, beside other threads, on one processor or with
    REPORT_PLAIN=1. Where the child fails its tasks are done here, so that errors are raised as ever.
    """

    def __init__(self, tasks: Sequence[Callable[[], R]], least: int = 2) -> None:
        self._tasks = tasks
        self._step = len(tasks) // _SHARES + 1
        self._parent = os.getpid()
        self._child: Child[dict[int, R]] | None = None
        if len(tasks) >= least and threading.active_count() == 1 and can_fork():
            self._begin()

    def results(self) -> list[R]:
        """The results of all tasks in their order, when both processes have done what there was."""
        if not self._child:
            return [task() for task in self._tasks]
        try:
            found = self._done()
        finally:
            while os.read(self._queue, _SHARES * _WIDTH):
                pass  # after an error here the child is to find nothing more to do
            os.close(self._queue)
            answers = self._child.answers()
        for answer in answers:
            found |= answer
        return [found[n] if n in found else task() for n, task in enumerate(self._tasks)]

    def end(self) -> None:
        """Stop the child; what it has done is lost."""
        if self._child:
            self._child.end()

    def _begin(self) -> None:
        self._queue, full = os.pipe()
        numbers = range(0, len(self._tasks), self._step)
        os.write(full, b"".join(number.to_bytes(_WIDTH) for number in numbers))
        os.close(full)
        self._child = Child(self._done)

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
    """The results of all tasks in their order, with the help of a second process where it is worth it."""
    return Shared(tasks, least).results()


def can_fork() -> bool:
    """Whether a second process is to be had and wanted."""
    return hasattr(os, "fork") and (os.cpu_count() or 1) > 1 and not os.environ.get("REPORT_PLAIN")


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
