"""Work that a second process does is done as if there were none, whatever becomes of that process."""

import os
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from report.data.forked import Child, Shared


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def test_a_child_tells_what_came_of_its_task() -> None:
    child = Child(lambda: "x" * 1_000_000)  # more than a pipe holds
    assert wait_until(child.has_answered)
    assert child.answers() == ["x" * 1_000_000]
    child.end()


def test_a_child_that_fails_tells_nothing() -> None:
    child = Child(lambda: 1 // 0)
    assert wait_until(child.has_answered)
    assert child.answers() == []


def test_a_child_that_is_stopped_does_nothing_more(tmp_path: Path) -> None:
    def write() -> None:
        time.sleep(0.5)
        (tmp_path / "written").touch()

    child = Child(write)
    assert not child.has_answered()
    child.end()
    time.sleep(1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [2, 5, 2500])
@pytest.mark.parametrize("processors", [1, 2, 4, 64])
def test_shared_tasks_are_done_by_all_and_come_back_in_order(
    number: int, processors: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(processors))

    def task(n: int) -> tuple[int, int]:
        time.sleep(0.0005)
        return n, os.getpid()

    found = Shared([partial(task, n) for n in range(number)]).results()
    assert [n for n, _ in found] == list(range(number))
    if number > 1000 and threading.active_count() == 1:  # beside threads nothing is shared out
        assert len({pid for _, pid in found}) == min(processors, 4)


@pytest.mark.parametrize("processors", [2, 4])
def test_what_a_child_cannot_do_is_done_here(
    processors: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(processors))
    here = os.getpid()

    def task(n: int) -> int:
        time.sleep(0.01)
        return n if os.getpid() == here else n // 0

    assert Shared([partial(task, n) for n in range(20)]).results() == list(range(20))


def test_an_error_is_raised_as_ever() -> None:
    with pytest.raises(ZeroDivisionError):
        Shared([partial(divmod, 1, 0)] * 10).results()


def test_a_child_whose_parent_is_killed_begins_nothing_more(tmp_path: Path) -> None:
    def task(n: int) -> None:
        time.sleep(0.05)
        (tmp_path / f"{n}").touch()

    def begin() -> None:
        Shared([partial(task, n) for n in range(200)], least=1)
        time.sleep(60)

    parent = Child(begin)
    assert wait_until(lambda: len(list(tmp_path.iterdir())) > 1)
    parent.end()
    time.sleep(0.2)
    done = set(tmp_path.iterdir())
    time.sleep(0.5)
    assert set(tmp_path.iterdir()) == done
    assert len(done) < 100
