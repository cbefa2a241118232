"""One self-contained, accessible HTML page: what the preview, the audit and the transcript share. Pure.

The page takes nothing from anywhere: its style and script are in it, and a Content Security Policy names them by their
digests, so nothing that stands in a caption, a title or a file name can run, even if it got in as markup. Data for the
script goes in as JSON in a block that no browser executes, with every character escaped that could end it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape

_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def attribute(text: str) -> str:
    """Text as it may stand in an element or between the quotes of an attribute."""
    return escape(text.replace("\0", "\ufffd"), quote=True)


def json_for_script(value: object) -> str:
    """JSON that cannot end the script element it stands in (HTML, 4.12.1.3), nor a line of JavaScript."""
    # Half of a surrogate pair has no UTF-8; a file name on Linux can hold one.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = text.encode("utf-8", "replace").decode()
    for character, written in _ESCAPED.items():
        if character in text:
            text = text.replace(character, written)
    return text


def page(
    title: str,
    body: str,
    *,
    style: str,
    script: str = "",
    data: object = None,
    language: str = "en",
    media_sources: Sequence[str] = (),
    talks_to_its_server: bool = False,
) -> str:
    """The whole page.

    Args:
        title: as text.
        body: as HTML, with everything in it escaped.
        style, script: ours, never anybody's data.
        data: what the script finds in the element #data, as JSON; None for nothing.
        language: BCP 47, of the page's own words.
        media_sources: where media may come from, as a policy writes it ("data:", "'self'"); by default from nowhere.
        talks_to_its_server: whether the script may ask the server that the page came from, and no other.
    """
    policy = [
        "default-src 'none'",
        f"style-src {_digest(style)}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    policy.append("require-trusted-types-for 'script'")
    if script:
        policy.append(f"script-src {_digest(script)}")
    if media_sources:
        policy.append(f"media-src {' '.join(media_sources)}")
    if talks_to_its_server:
        policy.append("connect-src 'self'")
    payload = "" if data is None else f'<script type="application/json" id="data">{json_for_script(data)}</script>\n'
    code = f"{payload}<script>{script}</script>\n" if script else ""
    html = f"""<!DOCTYPE html>
<html lang="{attribute(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{attribute("; ".join(policy))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{attribute(title)}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
{body}
{code}</body>
</html>
"""
    return html.encode("utf-8", "replace").decode()


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


#: Colours with at least 4.5:1 for text and 3:1 for what is drawn, in light and dark (WCAG 2.1, 1.4.3 and 1.4.11).
COLOURS = """
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#4d5761;--line:#7a848e;--rule:#d3d9df;--raised:#f3f5f8;
--accent:#0a58ca;--on-accent:#fff;--mark:#fff1b8;--error:#b3161b;--warning:#8a4b00;--info:#0b5c8a;--good:#1a6b34;
--bar:#3a72c4;--bar2:#8a4fb0;--gap:#d3d9df}
@media (prefers-color-scheme:dark){:root{--paper:#14181d;--ink:#e8ecf0;--soft:#b4bec8;--line:#85909b;--rule:#39424b;
--raised:#1f262d;--accent:#8ab8ff;--on-accent:#0b1a30;--mark:#4d4310;--error:#ff9a94;--warning:#ffb86b;--info:#7cc7f2;
--good:#7fd79a;--bar:#6ea3ec;--bar2:#c493e6;--gap:#39424b}}
"""

BASE = (
    COLOURS
    + """
*{box-sizing:border-box}
html{font:100%/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
body{margin:0;background:var(--paper);color:var(--ink)}
a{color:var(--accent)}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;line-height:1.3;margin:0 0 .5rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
button,input,select{font:inherit;color:inherit;background:var(--raised);border:1px solid var(--line);
border-radius:.3rem;padding:.3rem .6rem;min-height:2rem}
button{cursor:pointer}
.hidden-text{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-100vw}
.skip:focus{position:static;display:inline-block;padding:.5rem}
"""
)
