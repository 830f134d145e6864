"""The command `report`: checks the data, mints and retires records, writes schemas and pages."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path

from report.data.schema import stale
from report.editing.cut import Refused
from report.editing.gaps import gaps
from report.editing.records import merge, new, withdraw
from report.problem import BadData, Problem, counted
from report.project import checked_corpus


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, or 1 where there are problems."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # not every terminal can show every name
    arguments = _parser().parse_args(argv)
    command: Callable[[Path, argparse.Namespace], int] = arguments.command
    try:
        status = command(project_folder(Path.cwd()), arguments)
        sys.stdout.flush()
        return status
    except (Refused, BadData) as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:  # nobody reads on; Python would complain once more when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def project_folder(start: Path) -> Path:
    """The folder of the project: the nearest one above `start` that holds mkdocs.yml."""
    for folder in (start, *start.parents):
        if (folder / "mkdocs.yml").is_file():
            return folder
    raise Refused(f"no mkdocs.yml in {start} or above: run this inside the project")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="report", description="The editors' room of the report.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, command: Callable[[Path, argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(command=command)
        return added

    add("check", _check, "Print every problem of the data and the chapters.")
    made = add("new", _new, "Mint the next id; for a testimony or a source also write a template.")
    made.add_argument("kind", choices=["testimony", "source", "estimate", "fact"])
    add("gaps", _gaps, "Print what is still poorly evidenced.")
    schema = add("schema", _schema, "Compare the JSON Schemas with the models, or write them.")
    schema.add_argument("--write", action="store_true", help="write those that differ")
    gone = add("withdraw", _withdraw, "Reduce a record to a tombstone.")
    gone.add_argument("id")
    gone.add_argument(
        "--reason", required=True, metavar="CODE", help="request, safety, identity or error"
    )
    merged = add("merge", _merge, "Let one record lead to another one.")
    merged.add_argument("id")
    merged.add_argument("into")
    compared = add("diff", _diff, "Print what changed between two versions of the data.")
    compared.add_argument("old", help="a revision of the repository, or a folder")
    compared.add_argument("new", help="a revision of the repository, or a folder")
    pages = add("pages", _pages, "Write all pages as Markdown into a new folder.")
    pages.add_argument("--out", required=True, type=Path, metavar="DIR")
    return parser


def _check(root: Path, arguments: argparse.Namespace) -> int:
    from report.pages.site import Site

    corpus, problems = checked_corpus(root)
    if (
        problems := problems or Site(root, corpus).chapter_problems
    ):  # only good data tell of chapters
        return _report(problems)
    counts = (
        (len(corpus.testimonies), "testimonies"),
        (len(corpus.sources), "sources"),
        (len(corpus.series), "series"),
        (len(corpus.observations), "estimates"),
        (len(corpus.facts), "facts"),
        (len(corpus.tombstones) + len(corpus.retired), "withdrawn or merged"),
    )
    print(", ".join(f"{number} {words}" for number, words in counts) + ": no problems")
    return 0


def _report(problems: Sequence[Problem]) -> int:
    print(*problems, sep="\n")
    files = len({problem.path for problem in problems})
    print(f"{counted(problems)} in {files} file{'s' * (files > 1)}")
    return 1


def _new(root: Path, arguments: argparse.Namespace) -> int:
    print(new(root, arguments.kind))
    return 0


def _gaps(root: Path, arguments: argparse.Namespace) -> int:
    corpus, problems = checked_corpus(root)
    if problems:
        return _report(problems)
    for heading, lines in gaps(corpus):
        print(f"{heading}: {len(lines)}", *lines, sep="\n  ")
    return 0


def _schema(root: Path, arguments: argparse.Namespace) -> int:
    corpus, _ = checked_corpus(root)
    differing = list(stale(root, corpus.codebook))
    for path, text in differing:
        shown = path.relative_to(root).as_posix()
        if arguments.write:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
            print(f"{shown}: written")
        else:
            print(f"{shown}: differs from the models (report schema --write)")
    return int(bool(differing) and not arguments.write)


def _withdraw(root: Path, arguments: argparse.Namespace) -> int:
    print(withdraw(root, arguments.id, arguments.reason))
    return _check(root, arguments)


def _merge(root: Path, arguments: argparse.Namespace) -> int:
    print(merge(root, arguments.id, arguments.into))
    return _check(root, arguments)


def _diff(root: Path, arguments: argparse.Namespace) -> int:
    from report.takeaway.changes import report
    from report.takeaway.releases import compare

    try:
        print(report(compare(root, arguments.old, arguments.new)))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _pages(root: Path, arguments: argparse.Namespace) -> int:
    from report.build import write_pages

    try:
        write_pages(root, arguments.out)
    except FileExistsError as error:
        raise Refused(error) from None
    return 0
