"""Compiled templates are kept in build/cache, by their text and by what compiled them."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from jinja2 import BytecodeCache, FileSystemBytecodeCache


@cache
def compiled_templates(root: Path, compiler: str) -> BytecodeCache:
    """The store of the project at `root`; `compiler` is the program that sets the environment up.

    Jinja itself sees to it that a template with another text, or for another Python, is compiled anew.
    """
    folder = root / "build" / "cache" / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    made = f"{version('jinja2')} {Path(compiler).read_text(encoding='utf-8')}"
    digest = hashlib.sha256(made.encode()).hexdigest()[:12]
    return FileSystemBytecodeCache(str(folder), f"{digest}-%s")
