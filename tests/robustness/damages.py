"""The ways in which a tired editor, a bad merge or a bad disk damages the dataset."""

import os
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

RECORDS = ("testimonies", "sources", "estimates")


@dataclass
class Bench:
    """A copy of the data in which one case does its damage, and which is mended afterwards."""

    root: Path
    chance: random.Random
    undo: list[Callable[[], object]] = field(default_factory=list)

    @property
    def data(self) -> Path:
        """The folder that is damaged."""
        return self.root / "data"

    def write(self, path: Path, content: bytes) -> None:
        """Give a file other content, or make a new one."""
        before = path.read_bytes() if path.is_file() else None
        self.undo.append(lambda: path.write_bytes(before) if before is not None else path.unlink())
        path.write_bytes(content)

    def move(self, path: Path, to: Path) -> None:
        """Move a file or a folder."""
        path.rename(to)
        self.undo.append(lambda: to.rename(path))

    def link(self, path: Path, target: str) -> None:
        """Put a symbolic link in an empty place."""
        path.symlink_to(target)
        self.undo.append(path.unlink)

    def mend(self) -> None:
        """Put everything back as it was."""
        while self.undo:
            self.undo.pop()()

    def any_file(self, *folders: str) -> Path:
        """Some data file, of all kinds alike often."""
        folder = self.chance.choice(folders or ("testimonies", "sources", "estimates", "."))
        names = sorted(p for p in (self.data / folder).iterdir() if p.suffix in (".yaml", ".csv"))
        return self.chance.choice(names)


Damage = Callable[[Bench], None]
DAMAGES: dict[str, Damage] = {}
EDITS: set[str] = set()
"""Damages that can leave a valid record by chance: then only that record may have changed."""


def damage(edit: bool = False) -> Callable[[Damage], Damage]:
    """Register a way to damage the data."""

    def register(function: Damage) -> Damage:
        DAMAGES[function.__name__] = function
        if edit:
            EDITS.add(function.__name__)
        return function

    return register


# lines ---------------------------------------------------------------------------------------


def _lines(bench: Bench, change: Callable[[list[str], int], None]) -> None:
    """Change the lines of some file, from the second on, at a random one."""
    path = bench.any_file()
    lines = path.read_text("utf-8").splitlines(keepends=True)
    change(lines, bench.chance.randrange(1, len(lines)))
    bench.write(path, "".join(lines).encode())


@damage(edit=True)
def delete_line(bench: Bench) -> None:
    """A line is gone."""
    _lines(bench, lambda lines, at: lines.__delitem__(at))


@damage(edit=True)
def delete_block(bench: Bench) -> None:
    """Several lines are gone."""
    _lines(bench, lambda lines, at: lines.__delitem__(slice(at, at + bench.chance.randrange(2, 9))))


@damage(edit=True)
def duplicate_line(bench: Bench) -> None:
    """A line stands twice."""
    _lines(bench, lambda lines, at: lines.insert(at, lines[at]))


@damage(edit=True)
def swap_lines(bench: Bench) -> None:
    """Two lines changed places."""

    def swap(lines: list[str], at: int) -> None:
        lines[at - 1], lines[at] = lines[at], lines[at - 1]

    _lines(bench, swap)


@damage(edit=True)
def indent_line(bench: Bench) -> None:
    """A line is indented by one or two more."""
    blanks = " " * bench.chance.randint(1, 2)
    _lines(bench, lambda lines, at: lines.__setitem__(at, blanks + lines[at]))


@damage(edit=True)
def outdent_line(bench: Bench) -> None:
    """A line lost its indent."""
    _lines(bench, lambda lines, at: lines.__setitem__(at, lines[at].lstrip(" ")))


@damage(edit=True)
def join_lines(bench: Bench) -> None:
    """A line break is gone."""
    _lines(bench, lambda lines, at: lines.__setitem__(at - 1, lines[at - 1].rstrip("\n")))


@damage()
def tab_indent(bench: Bench) -> None:
    """A line starts with a tab."""
    _lines(bench, lambda lines, at: lines.__setitem__(at, "\t" + lines[at].lstrip(" ")))


@damage()
def conflict_markers(bench: Bench) -> None:
    """A merge was saved with its markers."""

    def conflict(lines: list[str], at: int) -> None:
        lines[at] = f"<<<<<<< HEAD\n{lines[at]}=======\n{lines[at]}>>>>>>> branch\n"

    _lines(bench, conflict)


@damage()
def conflict_marker_left(bench: Bench) -> None:
    """One marker of a merge was overlooked."""
    marker = bench.chance.choice(["<<<<<<< HEAD\n", "=======\n", ">>>>>>> branch\n"])
    _lines(bench, lambda lines, at: lines.insert(at, marker))


@damage()
def windows_lines(bench: Bench) -> None:
    """The file was saved with the line ends of Windows."""
    path = bench.any_file()
    bench.write(path, path.read_bytes().replace(b"\n", b"\r\n"))


@damage()
def blank_lines(bench: Bench) -> None:
    """Blanks at the ends of all lines."""
    path = bench.any_file("testimonies", "sources", "estimates")
    bench.write(path, path.read_bytes().replace(b"\n", b"  \n"))


@damage(edit=True)
def shuffle_blocks(bench: Bench) -> None:
    """The keys of a record, or the rows of a list, stand in another order."""
    path = bench.any_file()
    head, *blocks = re.split(r"(?m)^(?=[\w-])", path.read_text("utf-8"))
    bench.chance.shuffle(blocks)
    bench.write(path, "".join([head, *blocks]).encode())


# bytes ---------------------------------------------------------------------------------------


@damage(edit=True)
def truncate(bench: Bench) -> None:
    """The end of the file is missing."""
    path = bench.any_file()
    raw = path.read_bytes()
    bench.write(path, raw[: bench.chance.randrange(len(raw))])


@damage()
def empty(bench: Bench) -> None:
    """Nothing, blanks or only a comment is left."""
    content = bench.chance.choice(
        [b"", b"\n", b"   \n", b"# nothing\n", b"---\n", b"...\n", b"~\n"]
    )
    bench.write(bench.any_file(), content)


@damage()
def byte_order_mark(bench: Bench) -> None:
    """The file starts with a byte-order mark."""
    path = bench.any_file()
    bench.write(path, b"\xef\xbb\xbf" + path.read_bytes())


@damage()
def other_encoding(bench: Bench) -> None:
    """The file was saved as Latin-1 (with a letter that differs), UTF-16 or UTF-32."""
    path = bench.any_file()
    encoding = bench.chance.choice(["latin-1", "cp1256", "utf-16", "utf-16-le", "utf-32", "cp037"])
    text = path.read_text("utf-8") + "# \xe9\n"
    bench.write(path, text.encode(encoding, errors="replace"))


@damage()
def control_character(bench: Bench) -> None:
    """A byte that is no text, or a sign that turns the direction of writing, got into the file."""
    path = bench.any_file()
    signs = [
        b"\x00",
        b"\x1b",
        b"\x7f",
        b"\xff",
        b"\xc3",
        "\u2028".encode(),
        b"\xed\xa0\x80",
        b"\x85",
    ]
    raw, sign = path.read_bytes(), bench.chance.choice(signs)
    at = bench.chance.randrange(len(raw))
    bench.write(path, raw[:at] + sign + raw[at:])


@damage(edit=True)
def flipped_bit(bench: Bench) -> None:
    """One bit of the file is another."""
    path = bench.any_file()
    raw = bytearray(path.read_bytes())
    raw[bench.chance.randrange(len(raw))] ^= 1 << bench.chance.randrange(8)
    bench.write(path, bytes(raw))


# values --------------------------------------------------------------------------------------


def _value(bench: Bench, pattern: str, make: Callable[[re.Match[str]], str], *folders: str) -> None:
    """Replace one place of a file that holds the pattern."""
    found: list[re.Match[str]] = []
    while not found:
        path = bench.any_file(*folders)
        text = path.read_text("utf-8")
        found = list(re.finditer(pattern, text, re.M))
    match = bench.chance.choice(found)
    bench.write(path, (text[: match.start()] + make(match) + text[match.end() :]).encode())


@damage()
def retype_value(bench: Bench) -> None:
    """A code or a date became a number, a list, a mapping, a truth value or nothing."""
    other = bench.chance.choice(
        ["12", "1.5", "[]", "{}", "true", "NO", "", "~", "[a, [b]]", "{a: b}"]
    )
    keys = "status|reviewed|gender|name_kind|medium|setting|kind|accessed|seen|reliability|counting"
    _value(bench, rf"^({keys}): .*$", lambda m: f"{m[1]}: {other}", *RECORDS)


@damage()
def other_date(bench: Bench) -> None:
    """A date is written in another way."""
    dates = ["14.06.2015", "06/14/2015", "June 2015", "2015-6-4", "2015/06", "15-06-14", "2015-00"]
    dates += [
        "2015-06-31",
        "2015-02-29",
        "2015-13",
        "2015-06-14T00:00",
        "\u0662\u0660\u0661\u0665",
        "20155",
    ]
    dates += ["2015-6", " 2015", "2015--06", "2015-06-", "last summer", "0000", "2015-25", "2015~~"]
    other = bench.chance.choice(dates)
    keys = "reviewed|joined|left|first_public|as_of|published|accessed"
    _value(bench, rf'^( *)({keys}): "[^"]*"$', lambda m: f'{m[1]}{m[2]}: "{other}"')


@damage()
def unquoted_date(bench: Bench) -> None:
    """A date lost its quotes."""
    keys = "reviewed|joined|left|first_public|as_of|published|accessed"
    _value(bench, rf'^( *)({keys}): "([^"]*)"$', lambda m: f"{m[1]}{m[2]}: {m[3]}")


@damage()
def number_in_words(bench: Bench) -> None:
    """A number is written as a word, with a separator, or in digits of another script."""
    words = [
        "twelve",
        "1,000",
        "1 000",
        "about 30",
        "-5",
        "1e3",
        "0x10",
        "\u0663\u0660",
        "\u00bd",
        "NaN",
        ".inf",
        '"30"',
    ]
    other = bench.chance.choice(words)
    keys = "low|high|point|per_million|origin_countries"
    _value(bench, rf"^( +)({keys}): [\d.]+$", lambda m: f"{m[1]}{m[2]}: {other}", "estimates")


@damage()
def huge_number(bench: Bench) -> None:
    """A number has hundreds or thousands of digits."""
    digits = "9" * bench.chance.choice([19, 400, 5000])
    number = bench.chance.choice([digits, f"{digits}.5", f"-{digits}"])
    _value(bench, r"^( +)point: [\d.]+$", lambda m: f"{m[1]}point: {number}", "estimates")


@damage()
def misspelt_code(bench: Bench) -> None:
    """A code has a letter too many, too few, or a capital one."""

    def misspell(match: re.Match[str]) -> str:
        code = match[2]
        at = bench.chance.randrange(len(code))
        wrong = [
            code[:at] + code[at + 1 :],
            code[:at] + "q" + code[at:],
            code.capitalize(),
            code + " ",
        ]
        return f'{match[1]}: "{bench.chance.choice(wrong)}"'

    keys = "name_kind|gender|medium|setting|kind|reliability|seen|title_basis|counting|residence|geography"
    _value(bench, rf"^( *(?:{keys})): (\w+)$", misspell, *RECORDS)


@damage()
def misspelt_key(bench: Bench) -> None:
    """A key is misspelt."""
    _value(bench, r"^( *)(\w{4,}):(?= |$)", lambda m: f"{m[1]}{m[2][:2]}{m[2][3:]}x:", *RECORDS)


@damage()
def misspelt_codebook(bench: Bench) -> None:
    """A code that is in use was renamed in the codebook alone."""
    path = bench.data / "codebook.yaml"
    text = path.read_text("utf-8")
    code = bench.chance.choice(
        ["male", "own_name", "fighter", "free", "newspaper", "full", "nationals"]
    )
    bench.write(path, text.replace(f"- code: {code}\n", f"- code: {code}_x\n", 1).encode())


@damage()
def other_country(bench: Bench) -> None:
    """A country is a name, a small letter, three letters, or Norway without quotes."""
    other = bench.chance.choice(["Germany", "de", "DEU", "UK", "NO", "EU", "ZZ", '""', "[DE]"])
    keys = "origin|departed_from|spoke_from"
    _value(bench, rf"^({keys}): \S+$", lambda m: f"{m[1]}: {other}", "testimonies")


@damage()
def cut_reference(bench: Bench) -> None:
    """A reference lost its last digit."""
    _value(bench, r"\b[SE]\d{4}(?=[\],])", lambda m: m[0][:-1], *RECORDS)


@damage()
def dead_reference(bench: Bench) -> None:
    """A reference leads nowhere."""
    _value(bench, r"\bS\d{4}(?=[\],])", lambda m: f"S9{m[0][2:]}", *RECORDS)


@damage()
def small_reference(bench: Bench) -> None:
    """A reference has a small letter, or a letter for a digit."""
    _value(
        bench,
        r"\bS\d{4}(?=[\],])",
        lambda m: bench.chance.choice([m[0].lower(), "SO" + m[0][2:]]),
        *RECORDS,
    )


@damage()
def own_id(bench: Bench) -> None:
    """The id of a record is not that of its file."""
    _value(bench, r"^(id|source): ([TS])\d+$", lambda m: f"{m[1]}: {m[2]}0999", *RECORDS)


@damage()
def yaml_feature(bench: Bench) -> None:
    """Anchors, aliases, tags and merge keys."""
    other = bench.chance.choice(
        [
            "&a x",
            "*a",
            "!!python/object/apply:os.system [id]",
            "!!str x",
            "{<<: {a: b}}",
            "!x y",
            "!!binary eA==",
        ]
    )
    _value(bench, r"^( *)(\w+): \w+$", lambda m: f"{m[1]}{m[2]}: {other}", *RECORDS)


@damage()
def quotes(bench: Bench) -> None:
    """A quotation mark was opened and never closed, or a bracket."""
    sign = bench.chance.choice(['"', "'", "[", "{", "|x", "`", "@", "%"])
    _value(bench, r"^(\w+): (?=\w)", lambda m: f"{m[1]}: {sign}", *RECORDS)


# bombs ---------------------------------------------------------------------------------------


@damage()
def alias_bomb(bench: Bench) -> None:
    """A few lines that expand to billions."""
    names = "abcdefghijklmnop"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]\n"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in pairwise(names)]
    bench.write(bench.any_file(), "".join(lines).encode())


@damage()
def deep_nesting(bench: Bench) -> None:
    """Lists or mappings in each other, thousands of them."""
    opening = bench.chance.choice(["[", "{", "- ", "? ", "[?", "{a: ", "&a [", "!x {"])
    depth = bench.chance.choice([11, 60, 1001, 100_000])
    bench.write(
        bench.any_file(), b"summary: " * bench.chance.randint(0, 1) + opening.encode() * depth
    )


@damage()
def long_lists(bench: Bench) -> None:
    """As many rows as a megabyte holds."""
    row = bench.chance.choice(
        [b"a,", b"- x\n", b"- [\n", b"a: 1\n", b"- {}\n", b"'a\n", b"- - - -\n", b'"x",']
    )
    bench.write(bench.any_file(), b"- [" * bench.chance.randint(0, 1) + row * (900_000 // len(row)))


@damage()
def huge_file(bench: Bench) -> None:
    """A text of 50 megabytes; the disk need not hold it all."""
    path = bench.any_file()
    raw = path.read_bytes()
    bench.undo.append(lambda: path.write_bytes(raw))
    sign = bench.chance.choice([b"x", b" ", b"\n"])
    with path.open("ab") as file:
        file.write(b"\nnotes: ")
        for _ in range(50):
            file.write(sign * 1_000_000)


@damage()
def noise(bench: Bench) -> None:
    """Bytes at random."""
    bench.write(bench.any_file(), bench.chance.randbytes(bench.chance.choice([1, 40, 4000])))


@damage()
def geography(bench: Bench) -> None:
    """The map of the world is cut, emptied, retyped, or no map."""
    path = bench.data / "world.geojson"
    raw = path.read_bytes()
    other = [
        raw[: len(raw) // 2],
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"features": 1}',
        b'{"features": [1]}',
        b"[" * 99_999,
    ]
    other += [
        b'{"features": [{"id": "DE", "geometry": null}]}',
        raw.replace(b'"Polygon"', b'"Point"', 1),
    ]
    other += [b'{"type": "FeatureCollection", "features": []}', raw.replace(b"[[[", b'[[["', 1)]
    other += [
        b"\xef\xbb\xbf" + raw,
        raw.replace(b'"coordinates"', b'"coordinate"', 1),
        raw.decode().encode("utf-16"),
    ]
    bench.write(path, bench.chance.choice(other))


# files ---------------------------------------------------------------------------------------


@damage()
def delete_file(bench: Bench) -> None:
    """A file is gone."""
    path = bench.any_file()
    bench.move(path, bench.root / "gone")


@damage()
def case_of_name(bench: Bench) -> None:
    """The name of a file or of its ending is written with other letters."""
    path = bench.any_file()
    names = [
        path.name.swapcase(),
        path.stem + ".YAML",
        path.stem + ".yml",
        path.name + ".txt",
        path.name + "~",
    ]
    bench.move(path, path.with_name(bench.chance.choice(names)))


@damage()
def stray_file(bench: Bench) -> None:
    """A file that does not belong there."""
    folder = bench.any_file().parent
    name = bench.chance.choice(
        ["Thumbs.db", "T0001 (1).yaml", "T0001.yaml.orig", "S1.yaml", "T0000.yaml", "a\nb.yaml"]
    )
    bench.write(folder / name, b"id: T0001\n")


@damage()
def copied_file(bench: Bench) -> None:
    """A record was copied to a new id and not changed."""
    path = bench.any_file(*RECORDS)
    bench.write(path.with_name(f"{path.stem[0]}9{path.stem[2:]}.yaml"), path.read_bytes())


@damage()
def swapped_files(bench: Bench) -> None:
    """Two records changed names."""
    one = bench.any_file(*RECORDS)
    two = bench.chance.choice(sorted(p for p in one.parent.iterdir() if p != one))
    here, there = one.read_bytes(), two.read_bytes()
    bench.write(one, there)
    bench.write(two, here)


@damage()
def swapped_ids(bench: Bench) -> None:
    """Two rows of one file changed their ids, or two ids of the ledger."""
    path = bench.chance.choice([bench.data / "ids.csv", bench.data / "population.csv"])
    lines = path.read_text("utf-8").splitlines(keepends=True)
    one, two = bench.chance.sample(range(1, len(lines)), 2)
    if path.name == "population.csv":
        lines[one] = lines[one].replace(",", ";", 1)
    lines[one], lines[two] = lines[two], lines[one]
    bench.write(path, "".join(lines).encode())


@damage()
def other_folder(bench: Bench) -> None:
    """A record lies in the folder of another kind."""
    path = bench.any_file(*RECORDS)
    folder = bench.chance.choice([f for f in (*RECORDS, ".") if f != path.parent.name])
    target = bench.data / folder / path.name
    if target.exists():
        target = target.with_name("T0999.yaml")
    bench.move(path, target)


@damage()
def symbolic_link(bench: Bench) -> None:
    """A file or a folder is a link: to its text elsewhere, to itself, to nothing, to a device."""
    path = bench.chance.choice([bench.any_file(), bench.data / bench.chance.choice(RECORDS)])
    aside = bench.root / "aside"
    bench.move(path, aside)
    bench.link(
        path,
        bench.chance.choice([str(aside), path.name, "nowhere", "/dev/zero", ".", "/etc/passwd"]),
    )


@damage()
def folder_for_file(bench: Bench) -> None:
    """A folder, or a pipe, bears the name of a file; or a file that of a folder."""
    path = bench.chance.choice([bench.any_file(), bench.data / bench.chance.choice(RECORDS)])
    bench.move(path, bench.root / "aside")
    if path.suffix and bench.chance.random() < 0.5:
        os.mkfifo(path)
        bench.undo.append(path.unlink)
    elif path.suffix:
        path.mkdir()
        bench.undo.append(path.rmdir)
    else:
        bench.write(path, b"x\n")


@damage()
def ledger_row(bench: Bench) -> None:
    """A row of a table has other cells."""
    path = bench.data / bench.chance.choice(["ids.csv", "population.csv"])
    lines = path.read_text("utf-8").splitlines(keepends=True)
    at = bench.chance.randrange(1, len(lines))
    cells = lines[at].rstrip("\n").split(",")
    wrong = [
        ",".join(cells[:-1]),
        ",".join([*cells, "x"]),
        f'"{lines[at][:-1]}',
        ";".join(cells),
        "," * len(cells),
    ]
    wrong += [
        "x," * 100_000,
        ",".join(reversed(cells)),
        lines[at].replace(",", "\t"),
        ",".join(cells) + "\n,",
    ]
    wrong += [",".join(['="a"', *cells[1:]]), f"\n{cells[0]}", ",".join(cells) + "\r\r"]
    lines[at] = bench.chance.choice(wrong) + "\n"
    bench.write(path, "".join(lines).encode())
