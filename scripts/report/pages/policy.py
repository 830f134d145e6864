"""The content security policy of every page: nothing runs or loads but what this site serves."""

import base64
import hashlib
import re

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.S)
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
    scripts = sorted({_hash(found["body"]) for found in _SCRIPT.finditer(html) if _runs(found)})
    rules = "; ".join((*RULES, " ".join(("script-src 'self'", *scripts))))
    tags = (
        f'<meta http-equiv="Content-Security-Policy" content="{rules}">'
        '<meta name="referrer" content="no-referrer">'
    )
    return html.replace(_CHARSET, _CHARSET + tags, 1)


def _runs(script: re.Match[str]) -> bool:
    attributes = script["attributes"]
    return "src=" not in attributes and "json" not in attributes


def _hash(body: str) -> str:
    digest = hashlib.sha256(body.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
