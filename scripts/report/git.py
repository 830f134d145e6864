"""What git knows of the project; the project works without it, too."""

import subprocess
from pathlib import Path


def told(root: Path, *arguments: str, asked: bytes | None = None) -> bytes | None:
    """What a command of git prints when it is asked in `root`; None where git is missing or fails."""
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, input=asked, capture_output=True)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
