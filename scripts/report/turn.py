"""Builds of one project take turns: they share its caches, and the place where a site is made."""

import logging
import os
from functools import cache
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None  # type: ignore[assignment]

log = logging.getLogger("mkdocs.hooks.report")


@cache  # whoever holds a project need not wait for it
def wait_for_turn(root: Path) -> None:
    """Wait for whoever holds the project at `root`, and hold it until this process and all its children have ended.

    So a build also waits for what a killed one has left running. Where the system has no such locks,
    nobody waits.
    """
    if not fcntl:
        return
    held = os.open(root, os.O_RDONLY)  # never closed: the system does that, whoever is killed
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        log.info("Another build of this project is under way: waiting for it")
        fcntl.flock(held, fcntl.LOCK_EX)
    except OSError:  # disks of other machines may know none
        pass
