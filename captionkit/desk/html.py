"""The pages' common parts. What goes into them is escaped by `Markup.format` and `escape`; nothing else makes HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup, escape

from captionkit.errors import CaptionkitError, Remedy

#: The places that the head of every page leads to: (path, what it is called).
PLACES = (
    ("", "Overview"),
    ("recordings", "Recordings"),
    ("questions", "Questions"),
    ("changes", "Changes"),
    ("bring", "Bring"),
    ("history", "History"),
    ("evidence", "Evidence"),
)


def joined(parts: Iterable[object], between: str = "") -> Markup:
    """These one after the other, each escaped unless it is markup."""
    return Markup(between).join(escape(part) for part in parts)


def page(root: str, title: str, body: Markup, *, here: str | None = None, busy: Markup | None = None,
         refresh: int = 0, note: str = "", is_refused: bool = False) -> Markup:  # fmt: skip
    """A whole page.

    Args:
        root: the path of the first page.
        here: which of `PLACES` it is; None for none, and then "nav" is left out where there is no folder yet.
        busy: a line about a job that runs.
        refresh: seconds after which a browser without script asks again; 0 for never.
        note: what was just done.
        is_refused: whether what was filled in was not taken; a browser's title says so first.
    """
    links = [
        Markup('<li><a href="{}"{}>{}</a></li>').format(
            root + path, Markup(' aria-current="page"') if path == here else "", name
        )
        for path, name in PLACES
    ]
    nav = Markup('<nav aria-label="Pages"><ul>{}</ul></nav>').format(joined(links)) if here is not None else Markup("")
    again = Markup('<noscript><meta http-equiv="refresh" content="{}"></noscript>').format(refresh) if refresh else ""
    return Markup(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">{again}'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" '
        'content="light dark"><title>{refused}{title} – captionkit</title><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="{root}desk.css"><script src="{root}desk.js" defer></script></head>'
        '<body><a class="skip" href="#main">Skip to the page</a><header>{nav}{busy}</header>'
        '<main id="main" tabindex="-1"><h1>{title}</h1>{note}{body}</main></body></html>\n'
    ).format(
        again=again,
        refused="Error: " if is_refused else "",
        title=title,
        root=root,
        nav=nav,
        busy=busy or "",
        note=Markup('<p class="done" role="status">{}</p>').format(note) if note else "",
        body=body,
    )


def table(
    caption: str, heads: Sequence[object], rows: Iterable[Sequence[object]], *, empty: str = "Nothing."
) -> Markup:
    """A table with a caption; the first cell of a row is its heading. Where it is narrow, a row is a block of lines,
    each of which begins with the head of its column."""
    body = [
        Markup('<tr><th scope="row" dir="auto">{}</th>{}</tr>').format(
            row[0],
            joined(
                Markup('<td data-head="{}" dir="auto">{}</td>').format(head, cell)
                for head, cell in zip(heads[1:], row[1:], strict=True)
            ),
        )
        for row in rows
    ]
    if not body:
        return Markup("<p>{}</p>").format(empty)
    head = joined(Markup('<th scope="col">{}</th>').format(one) for one in heads)
    return Markup(
        '<div class="wide" tabindex="0" role="region" aria-label="{0}"><table><caption>{0}</caption>'
        "<thead><tr>{1}</tr></thead><tbody>{2}</tbody></table></div>"
    ).format(caption, head, joined(body))


def link(address: str, text: object) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, text)


def button(address: str, text: str, hidden: Mapping[str, str] | None = None, *, strong: bool = False) -> Markup:
    """A form that is one button, and changes something."""
    kind = Markup(' class="strong"') if strong else ""
    return Markup('<form method="post" action="{}" class="button">{}<button{}>{}</button></form>').format(
        address, hidden_fields(hidden or {}), kind, text
    )


def hidden_fields(said: Mapping[str, str]) -> Markup:
    return joined(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value) for name, value in said.items()
    )


def form(
    address: str, inside: Markup, submit: str, *, method: str = "post", strong: bool = True, has_file: bool = False
) -> Markup:
    kind = Markup(' class="strong"') if strong else ""
    how = Markup(' enctype="multipart/form-data"') if has_file else ""
    return Markup('<form method="{}" action="{}"{}>{}<p><button{}>{}</button></p></form>').format(
        method, address, how, inside, kind, submit
    )


def field(
    label: str, name: str, value: str = "", *, kind: str = "text", hint: str = "", more: Markup | str = ""
) -> Markup:
    described = Markup(' aria-describedby="{}-hint"').format(name) if hint else ""
    said = Markup('<span class="hint" id="{}-hint">{}</span>').format(name, hint) if hint else ""
    return Markup(
        '<p class="field"><label for="{0}">{1}</label><input id="{0}" name="{0}" type="{2}" value="{3}"{4} {5}>{6}</p>'
    ).format(name, label, kind, value, described, more, said)


def choice(label: str, name: str, options: Iterable[tuple[str, str]], chosen: str = "") -> Markup:
    made = joined(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if value == chosen else "", text)
        for value, text in options
    )
    return Markup('<p class="field"><label for="{0}">{1}</label><select id="{0}" name="{0}">{2}</select></p>').format(
        name, label, made
    )


def radios(
    legend: object,
    name: str,
    options: Iterable[tuple[str, object]],
    chosen: str | None = None,
    *,
    about: Markup | str = "",
    rest: Markup | str = "",
) -> Markup:
    """One of several.

    Args:
        about: is said before the choices. rest: stands after them.
    """
    made = joined(
        Markup('<label class="radio"><input type="radio" name="{}" value="{}"{}> <span>{}</span></label>').format(
            name, value, Markup(" checked") if value == chosen else "", text
        )
        for value, text in options
    )
    key, described = f"about {name}".replace(" ", "-"), Markup("")
    if about:
        about = Markup('<div class="hint" id="{}">{}</div>').format(key, about)
        described = Markup(' aria-describedby="{}"').format(key)
    return Markup('<fieldset{}><legend dir="auto">{}</legend>{}{}{}</fieldset>').format(
        described, legend, about, made, rest
    )


def tick(name: str, value: str, text: object, *, ticked: bool = False) -> Markup:
    return Markup('<label class="radio"><input type="checkbox" name="{}" value="{}"{}> <span>{}</span></label>').format(
        name, value, Markup(" checked") if ticked else "", text
    )


def lines(said: Iterable[str]) -> Markup:
    """Sentences, a paragraph each."""
    return joined(Markup('<p dir="auto">{}</p>').format(one) for one in said if one.strip())


def items(said: Iterable[object]) -> Markup:
    return Markup("<ul>{}</ul>").format(joined(Markup('<li dir="auto">{}</li>').format(one) for one in said))


#: What a person can do about an error here: (sentence, where it is done, what that is called).
_REMEDIES = {
    Remedy.CONVERT: ("", "others", "Convert them"),
    Remedy.LIFT: ("If that is what you want, allow it under Changes.", "changes", "Changes"),
    Remedy.PLAN_AGAIN: ("Look at the changes as they are now.", "changes?again=1", "Look again"),
    Remedy.RESUME: ("History says what it did, and goes on with it.", "history", "History"),
    Remedy.WAIT: ("Wait a little, then try again.", "", "Overview"),
    Remedy.RECONNECT: ("Check the network and the token.", "connect", "Connect"),
    Remedy.SIGN_IN: ("", "connect", "Connect"),
}


#: A hint that helps only at a command line: it names a command, an option, or a variable of the environment.
_OF_COMMANDS = re.compile(r"`|--|[A-Z]+_[A-Z_]+")
#: A place that is a request to a server, and tells a person nothing.
_REQUEST = re.compile(r"(?:GET|HEAD|POST|PUT|DELETE) ")


def error(root: str, failed: CaptionkitError) -> Markup:
    """An error as a person meets it: what happened, what was left alone, what to do here."""
    where, message, hint, detail = failed.where, failed.message, failed.hint, ""
    if _REQUEST.match(where):
        where, detail = "", where
    if failed.remedy is Remedy.RESUME:
        message, hint, detail = "an earlier run was cut off, and what it did is not known", "", message
    said = [f"{where}: {message}." if where else f"{message}.", failed.unchanged]
    if not _OF_COMMANDS.search(hint):
        said.append(hint)
    remedy = Markup("")
    if failed.remedy in _REMEDIES:
        sentence, path, name = _REMEDIES[failed.remedy]
        remedy = Markup("<p>{} {}</p>").format(sentence, link(root + path, name))
    first = said[0] if where else said[0][:1].upper() + said[0][1:]
    more = Markup("<p>{}</p>").format(quiet(f"For whoever helps you: {detail}")) if detail else ""
    return Markup('<div class="problem" role="alert">{}{}{}</div>').format(lines([first, *said[1:]]), remedy, more)


def quiet(text: object) -> Markup:
    return Markup('<span class="hint">{}</span>').format(escape(text))
