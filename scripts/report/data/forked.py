"""Shares work out to a second process where there is enough of it; the result is the same without."""

import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

R = TypeVar("R")

_WIDTH = 4
"""Bytes of a number in the queue; both processes read whole numbers, since all are written before."""
_SHARES = 1000
"""The queue holds no more numbers than fit into a pipe."""


class Shared(Generic[R]):
    """Tasks that a child process has begun with; each process takes the next as soon as it is free.

    Nothing is shared out below `least` tasks, beside other threads, on one processor or with
    REPORT_PLAIN=1. Where the child fails its tasks are done here, so that errors are raised as ever.
    """

    def __init__(self, tasks: Sequence[Callable[[], R]], least: int = 2) -> None:
        self._tasks = tasks
        self._step = len(tasks) // _SHARES + 1
        self._child = 0
        alone = threading.active_count() == 1 and hasattr(os, "fork") and (os.cpu_count() or 1) > 1
        if len(tasks) >= least and alone and not os.environ.get("REPORT_PLAIN"):
            self._begin()

    def results(self) -> list[R]:
        """The results of all tasks in their order, when both processes have done what there was."""
        if not self._child:
            return [task() for task in self._tasks]
        try:
            found = self._done()
            with open(self._answer, "rb", closefd=False) as pipe:
                answer = pipe.read()
        finally:
            while os.read(self._queue, _SHARES * _WIDTH):
                pass  # after an error here the child is to find nothing more to do
            os.close(self._queue)
            os.close(self._answer)  # a child that is still writing ends then
            _, status = os.waitpid(self._child, 0)
        if status == 0:
            found |= pickle.loads(answer)
        return [found[n] if n in found else task() for n, task in enumerate(self._tasks)]

    def end(self) -> None:
        """Stop the child; what it has done is lost."""
        if self._child:
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)

    def _begin(self) -> None:
        self._queue, full = os.pipe()
        numbers = range(0, len(self._tasks), self._step)
        os.write(full, b"".join(number.to_bytes(_WIDTH) for number in numbers))
        os.close(full)
        self._answer, writing = os.pipe()
        self._child = os.fork()
        if not self._child:
            os.close(self._answer)
            self._do_and_end(writing)
        os.close(writing)

    def _done(self) -> dict[int, R]:
        return {number: self._tasks[number]() for number in self._taken()}

    def _taken(self) -> Iterator[int]:
        """The numbers of the tasks that this process is to do."""
        while number := os.read(self._queue, _WIDTH):
            start = int.from_bytes(number)
            yield from range(start, min(start + self._step, len(self._tasks)))

    def _do_and_end(self, writing: int) -> None:
        """Do the child's share, and end without a trace in the parent's files and handlers."""
        status = 1
        try:
            answer = pickle.dumps(self._done(), protocol=pickle.HIGHEST_PROTOCOL)
            with open(writing, "wb") as pipe:
                pipe.write(answer)
            status = 0
        finally:
            os._exit(status)


def called(tasks: Sequence[Callable[[], R]], least: int = 500) -> list[R]:
    """The results of all tasks in their order, with the help of a second process where it is worth it."""
    return Shared(tasks, least).results()
