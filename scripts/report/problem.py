"""What can be wrong with the data: a problem, the table of rules, how problems are printed."""

from collections.abc import Iterable, Sized
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One broken rule at one place; `path` is relative to the project, lines count from 1."""

    path: str
    line: int
    column: int
    rule: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.path}:{self.line}:{self.column}: {self.rule}: {self.message}"
        text = f"{text} ({self.hint})" if self.hint else text
        return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)


class BadData(Exception):
    """Raised where a build cannot go on; carries every problem that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


def counted(problems: Sized) -> str:
    """How many problems there are, in words."""
    return f"{len(problems)} problem{'s' * (len(problems) != 1)}"


RULES: dict[str, str] = {
    # reading a file
    "file-encoding": "A data file or a chapter is UTF-8 text without a byte-order mark.",
    "file-kind": (
        "A data file or a chapter is an ordinary file: no symbolic link, no folder, at most 1 MB "
        "and 20,000 values."
    ),
    "file-name": (
        "A record stands in the folder of its kind, in a file named after its id; no other "
        "files stand in the data folder."
    ),
    "file-missing": "Each file that the format names is there.",
    "yaml-syntax": "The file is one YAML document.",
    "yaml-ambiguous": (
        "A plain value that YAML 1.1 or 1.2 may read as something else (NO, 12:30, 2015-06-14, "
        "010, 1e5) is put in quotes."
    ),
    "yaml-duplicate-key": "A key stands only once in a mapping.",
    "yaml-feature": (
        "No anchors, aliases, merge keys or tags: what stands in the file is what is meant."
    ),
    "yaml-depth": "Values are nested no deeper than ten levels.",
    "yaml-empty": "A key has a value; a key without one is left out.",
    "csv-shape": "A table has the columns that the format names, and each row has them all.",
    # the shape of a record
    "missing-key": "Required keys are there.",
    "unknown-key": "Only keys of the format stand in a record.",
    "key-order": "Keys stand in the order of the format.",
    "wrong-type": "A value has the type that the format names.",
    "unknown-code": "Codes stand in the codebook, in the vocabulary of the field.",
    "codebook": (
        "The codebook has the vocabularies of the format, each with every code once, in "
        "snake_case, with label and definition."
    ),
    "bad-date": (
        "A date is a partial date in EDTF spelling: 2015, 2015-06, 2015-06-14, 2015-23, "
        "2014-41; ~ approximate, ? uncertain."
    ),
    "bad-country": "A country is an ISO 3166-1 alpha-2 code, or XK for Kosovo.",
    "bad-id": "Ids are a letter (T, S, E, F) and at least four digits.",
    "bad-language": "A language is a BCP 47 tag.",
    "bad-address": (
        "An address starts with http:// or https:// and has no blanks and no tracking parameters."
    ),
    "bad-value": "A value lies within its bounds, or is one of the words that the format names.",
    "text-control": (
        "Text holds no control characters and none that change the direction of writing."
    ),
    # within a record
    "summary-length": "A summary has 50 to 120 words.",
    "name-kind": (
        "Name, kind of name and descriptor fit together: an own name has two words and is no "
        "kunya, a given name is one word, initials have a full stop."
    ),
    "age": "An age has a value or a text, not both.",
    "repeated": "A list names each thing once.",
    "range-order": "Low is not above point, point not above high.",
    "date-order": (
        "What must come first has the earlier date: joining, leaving, speaking in public; "
        "publication, access, review. Only what is impossible is a problem."
    ),
    "evidence": (
        "Each field that needs evidence has it or is listed as unpinned; no evidence for a "
        "field that is absent."
    ),
    "not-in-sources": "Every source cited in a record stands in its list of sources.",
    "absent-field": "A field that is withheld or not applicable is not given.",
    "icsr-status": (
        "The ICSR status fits the date of first publication; a confirmed case has evidence."
    ),
    "source-address": (
        "A source has an address or a locator; a link needs an address; a source that was not "
        "seen has neither link nor copies."
    ),
    "title-basis": "Only a descriptive title stands in square brackets.",
    "date-basis": "A date of publication says what it rests on.",
    "observation": (
        "Value, qualifier, unit, reading and hold of an observation fit together, and the value stands "
        "in the words that were printed."
    ),
    "repeats-default": "A row names a code only where it differs from that of its file.",
    "fact": (
        "A fact has a unit exactly where it has a value, and the value stands in its statement or in the "
        "words that were printed."
    ),
    # across records
    "dead-reference": (
        "Every id that is mentioned was minted, and every id that a field refers to has a "
        "published record."
    ),
    "duplicate-id": "An id belongs to one record.",
    "ledger-missing": (
        "Every record's id stands in the ledger, and every published id of the ledger has its "
        "record."
    ),
    "ledger-changed": "Rows of the ledger agree with the records in kind, status and replacement.",
    "ledger-order": "The ledger names each id once, and new rows are only added at its end.",
    "duplicate-address": "An address belongs to one source.",
    "duplicate-observation": (
        "A file has one main row for each area, measure and unit, and no row twice."
    ),
    "comparable-group": (
        "A row fits the comparability group that it names, and every group has rows."
    ),
    "population": (
        "Every country with an estimate has its population for 2013, 2014 and 2015, and no year"
        " twice."
    ),
    "published-differs": "A series bears the date of publication of its source.",
    "unused-source": "A source is used by a record.",
    # do no harm
    "harm-minor": "Somebody who was under 18 in the group appears with a given name at the most.",
    "harm-contact": "No e-mail address, telephone number or account name stands in a text or a chapter.",
    "harm-place": "No coordinates stand in a text.",
    "harm-whereabouts": (
        "What became of a person names nothing finer than a country: every capitalised word is a "
        "country, a people, a month, or a court or force that the check knows, and sentences begin with "
        "one of the words that it knows for this (In, Held, Fled and so on)."
    ),
    "harm-name": (
        "Nobody's name stands in an id, a code, a file name, an image or the key of an excluded "
        "case."
    ),
    "exception-unused": (
        "Each entry of data/exceptions.yaml sets aside a problem that is still there."
    ),
    "exception-repeated": ("data/exceptions.yaml has one entry for each rule, record and key."),
    # hand-written chapters
    "marker-unknown": (
        "A marker in a chapter names a fact, an observation, a source, a testimony, a computed "
        "value, a figure or a table that exists and was not withdrawn or merged."
    ),
    "marker-open": "A marker in a chapter that begins with [[ ends with ]].",
    "marker-value": "The words of a marker agree with the value that it names.",
    "naked-number": (
        "Every number in the prose of a chapter is bound by a marker to a fact, an observation "
        "or a computed value."
    ),
    "marker-text": (
        "A marker for a fact without a value, or for a comparison, has a text, and words beside it do "
        "not say again what it says itself."
    ),
    # charts
    "comparability": "One frame holds only rows that the comparability group, or one file, allows.",
    "sum": "Only main readings of countries in persons that are not held are added up.",
}
"""Every rule: its name and what must hold. The page of rules is made of this table."""
