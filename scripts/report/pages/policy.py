"""The content security policy of every page: nothing runs or loads but what this site serves."""

import base64
import hashlib
import re
from functools import lru_cache

_SCRIPT = re.compile(r"<script([^>]*+)>((?:[^<]++|<(?!/script>))*+)</script>")
_CHARSET = '<meta charset="utf-8">'
RULES = (
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data: blob:",  # blob: for saving an interactive chart as a picture
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
)
"""Everything but script-src, which names the inline scripts of a page by their hashes."""


def with_policy(html: str) -> str:
    """The page with its policy as the first thing after the character set.

    Inline scripts are those that the theme puts there; each is allowed by its SHA-256 and by
    nothing else. Raises ValueError where the page has no head to put it in.
    """
    if _CHARSET not in html:
        raise ValueError("the page has no <meta charset>, so that a policy cannot be put behind it")
    scripts = {body for attributes, body in _SCRIPT.findall(html) if _runs(attributes)}
    return html.replace(_CHARSET, _CHARSET + _tags(frozenset(scripts)), 1)


def _runs(attributes: str) -> bool:
    return "src=" not in attributes and "json" not in attributes


@lru_cache  # most pages have the same scripts
def _tags(scripts: frozenset[str]) -> str:
    hashes = sorted(map(_hash, scripts))
    rules = "; ".join((*RULES, " ".join(("script-src 'self'", *hashes))))
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{rules}">'
        '<meta name="referrer" content="no-referrer">'
    )


def _hash(body: str) -> str:
    digest = hashlib.sha256(body.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
