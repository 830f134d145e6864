"""Strict YAML: every trap is closed, nothing raises, every problem has a place in the text."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.data.yamlio import MAX_BYTES, Document, parse, read_file

TRAPS = {
    "NO": "yaml-ambiguous",
    "yes": "yaml-ambiguous",
    "On": "yaml-ambiguous",
    "True": "yaml-ambiguous",
    "12:30": "yaml-ambiguous",
    "2015-06-14": "yaml-ambiguous",
    "010": "yaml-ambiguous",
    "0x1F": "yaml-ambiguous",
    "0o17": "yaml-ambiguous",
    "1_000": "yaml-ambiguous",
    "1e5": "yaml-ambiguous",
    "1.": "yaml-ambiguous",
    ".inf": "yaml-ambiguous",
    "=": "yaml-ambiguous",
    "1234567890123456789012": "yaml-ambiguous",
    "": "yaml-empty",
    "~": "yaml-empty",
    "null": "yaml-empty",
    "*alias": "yaml-feature",
    "&anchor x": "yaml-feature",
    "!!python/object:os.system x": "yaml-feature",
    "!!str 5": "yaml-feature",
    "{<<: x}": "yaml-feature",
    "{b: 1, b: 2}": "yaml-duplicate-key",
    "{[x]: 1}": "yaml-syntax",
    "b: c": "yaml-syntax",
    "[": "yaml-syntax",
    "\n\tb: c": "yaml-syntax",
    "\x00": "yaml-syntax",
    "\u2028": "yaml-syntax",
    "[[[[[[[[[[x]]]]]]]]]]": "yaml-depth",
}

PLAIN = {
    "true": True,
    "false": False,
    "5": 5,
    "-5": -5,
    "0.5": 0.5,
    "2015-06": "2015-06",
    "DE": "DE",
    '"NO"': "NO",
    '"2015-06-14"': "2015-06-14",
    "5-10": "5-10",
    "about 5": "about 5",
}


def rules(document: Document) -> set[str]:
    return {problem.rule for problem in document.problems}


@pytest.mark.parametrize(("text", "rule"), TRAPS.items())
def test_trap_is_closed(text: str, rule: str) -> None:
    assert rules(parse(f"a: {text}\n", "x.yaml")) == {rule}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("note: é said: that", "put a text with a colon in quotes or in a folded block (>-)"),
        ("é:\n\tb: c", "indent with blanks, not with tabs"),
        ("- a: b\n\tc: d", "indent with blanks, not with tabs"),
        ("a: @b", "put the text in quotes"),
        ("a: yes", "write true"),
        ("a: Off", "write false"),
        ("a: NO", 'write "NO"'),
        ("a: 12:30", 'write "12:30"'),
    ],
)
def test_what_is_to_be_done(text: str, hint: str) -> None:
    assert [problem.hint for problem in parse(text, "x.yaml").problems] == [hint]


@pytest.mark.parametrize(("text", "value"), PLAIN.items())
def test_plain_value(text: str, value: object) -> None:
    document = parse(f"a: {text}\n", "x.yaml")
    assert not document.problems
    assert document.data == {"a": value}
    assert type(document.data["a"]) is type(value)


@pytest.mark.parametrize(
    "text", ["", "# only a comment\n", "a: 1\n---\nb: 2\n", "a: 1\n...\n---\n"]
)
def test_one_document(text: str) -> None:
    assert rules(parse(text, "x.yaml")) == {"yaml-syntax"}


def test_aliases_never_expand() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"b{i}: [*a, *a]\n" for i in range(50))
    assert rules(parse(bomb, "x.yaml")) == {"yaml-feature"}


def test_positions() -> None:
    document = parse("a:\n  - b: 1\n    c: [x, y]\n", "x.yaml")
    assert document.position(("a", 0, "c")) == (3, 5)
    assert document.position(("a", 0, "c", 1)) == (3, 12)
    assert document.position(("a", 0, "missing")) == (2, 5)
    assert document.position(("missing",)) == (1, 1)


def test_unreadable_files(tmp_path: Path) -> None:
    def rules_of(name: str) -> set[str]:
        return rules(read_file(tmp_path / name, name))

    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    (tmp_path / "latin.yaml").write_bytes("a: 1\nb: caf\xe9\n".encode("latin-1"))
    (tmp_path / "large.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "link.yaml").symlink_to(tmp_path / "bom.yaml")
    assert rules_of("bom.yaml") == {"file-encoding"}
    assert rules_of("latin.yaml") == {"file-encoding"}
    [problem] = read_file(tmp_path / "latin.yaml", "latin.yaml").problems
    assert (problem.line, problem.column) == (2, 7)
    assert rules_of("large.yaml") == {"file-kind"}
    assert rules_of("folder.yaml") == {"file-kind"}
    assert rules_of("link.yaml") == {"file-kind"}


YAML_LIKE = st.text(alphabet=st.sampled_from("ab:-?[]{},#&*!|>'\"%@` \n\r\t\\~<0123\x85\u2028é🙂"))


@given(st.one_of(st.text(), YAML_LIKE))
def test_no_text_raises_and_every_problem_is_in_the_text(text: str) -> None:
    lines = text.split("\n")
    for problem in parse(text, "x.yaml").problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1


@given(YAML_LIKE)
def test_every_value_has_a_place(text: str) -> None:
    document = parse(text, "x.yaml")
    if isinstance(document.data, dict):
        for key in document.data:
            line, _ = document.position((key,))
            assert 1 <= line <= text.count("\n") + 1
