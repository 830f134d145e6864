"""The files of the theme, without its icons: MkDocs takes no hidden file for the site, but looks at each."""

import os
from pathlib import PurePath

from jinja2 import Environment, FileSystemLoader
from mkdocs.theme import Theme


def environment(theme: Theme) -> Environment:
    """The templates of a theme as MkDocs has them, but for what is listed of them."""
    found = type(theme).get_env(theme)
    found.loader = _Visible(theme.dirs)
    return found


class _Visible(FileSystemLoader):
    """Finds all templates, and lists those outside hidden folders."""

    def list_templates(self) -> list[str]:
        found = set()
        for top in self.searchpath:
            for folder, folders, names in os.walk(top):
                folders[:] = (name for name in folders if not name.startswith("."))
                found |= {PurePath(folder, name).relative_to(top).as_posix() for name in names}
        return sorted(found)
