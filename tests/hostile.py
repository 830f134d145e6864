"""A project in which every text field of some records tries to be markup, script, template or formula."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from report.data import yamlio

ATTEMPTS = (
    '<script>hit("script")</script>',
    '<img src=x onerror=hit("image")>',
    '<img src="https://evil.example/x.png">',
    '<svg onload=hit("svg")><a xlink:href="javascript:hit(1)"><text>x</text></a></svg>',
    '"><iframe srcdoc="<script>parent.hit(1)</script>"></iframe>',
    """" onmouseover="hit('attribute')" ' onfocus='hit(1)' autofocus x=""",
    "[link](javascript:hit(1)) [data](data:text/html,<script>hit(1)</script>)",
    "![image](https://evil.example/y.png) <https://evil.example/> <javascript:hit(1)>",
    "[reference][r] [r]: javascript:hit(1)",
    "{{ 7 * 7 }} {% include 'x' %} {# note #} ${7 * 7} <%= 7 * 7 %>",
    "[[figure: unknown]] [[f0001]] [[count.testimonies]] {: onclick=hit(1) } { #id .class }",
    "--> <!-- ]]> <![CDATA[ </title></style></script></textarea></table></svg>",
    "&lt;script&gt; &#60;b&#62; &amp;amp; **bold** _slant_ `code` ~~gone~~ | cell | # heading",
    "javascript:hit(1) data:text/html,x ../../../etc/passwd \\\\host\\share %2e%2e%2f",
    "??? note !!! warning === tab --8<-- 'mkdocs.yml' :smile: ++ctrl++ ==mark== ^^under^^",
    "}}, author = {{Evil}} } @ article{evil,title={x}} \\input{/etc/passwd} % $\\def\\x{y}",
    '\nTY  - JOUR\nTI  - evil\nER  - \n@ misc{evil,}\n"a";,\n=1+1\n',
)
PAYLOAD = '=HYPERLINK("https://evil.example/") zqhostile ' + " ".join(ATTEMPTS)
TEXTS = {  # every key that takes a text; in the codebook and the excluded cases, too
    *("name", "descriptor", "role_text", "time_in_group", "note", "basis", "text", "summary"),
    *("verification", "says", "notes", "at", "title", "publisher", "published_basis", "locator"),
    *("reliability_basis", "terms", "series", "definition", "scope", "method", "derived_note"),
    *("as_printed", "statement", "description", "reason", "label", "include", "exclude"),
}
LISTS = {"places", "authors", "caveats"}
RECORDS = {
    "testimonies/T0001": "testimonies/T0001/",
    "testimonies/T0008": "testimonies/T0008/",
    "sources/S0001": "sources/S0001/",
    "estimates/S0501": "estimates/S0501/",
}
OTHERS = (
    *("testimonies/", "sources/", "estimates/", "countries/", "countries/BE/", "reasons/"),
    *("figures/", "codebook/", "facts/", "methods/", "leaving/", "who/", "foreign-fighters/", ""),
)
ADDRESS = (
    """https://evil.example/"onmouseover="hit(1)"<script>hit(1)</script>')](javascript:hit(1))"""
)


def hostile(data: Any, key: str = "") -> Any:
    """The data with the payload in every text."""
    if isinstance(data, dict):
        return {name: hostile(value, name) for name, value in data.items()}
    if isinstance(data, list):
        return [hostile(item, key if key in LISTS else "") for item in data]
    if key in ("statement", "as_printed"):  # chapters quote from these
        return f"{data} {PAYLOAD}"
    return PAYLOAD if key in TEXTS or key in LISTS else data


def change(path: Path, change: Callable[[Any], Any]) -> None:
    """Change the data of a file, written as JSON, which is YAML."""
    data = yamlio.read_file(path, path.name).data
    path.write_text(json.dumps(change(data), ensure_ascii=False), "utf-8")


def make_hostile(root: Path) -> None:
    """Make every text field of some records of a project hostile."""
    for name in (*RECORDS, "facts", "excluded", "codebook"):
        change(root / "data" / f"{name}.yaml", hostile)
    t0001 = root / "data/testimonies/T0001.yaml"
    change(t0001, lambda data: {**data, "name_kind": "pseudonym"})
    change(root / "data/sources/S0001.yaml", lambda data: {**data, "url": ADDRESS})
    reviewed = {"rule": "harm-whereabouts", "record": "T0008", "field": "aftermath"}
    reviewed |= {"reason": "CDATA is no place.", "reviewed": "2026"}
    change(root / "data/exceptions.yaml", lambda data: [*data, reviewed])
