"""Caption texts made to hurt, of many kinds and of any size.

Each kind is a function of a size in characters and a format ("srt" or "vtt") and gives a text of about that size. What
a kind repeats grows with the size; what it does not repeat stays as it is, so that a command that looks at everything
once takes twice as long for twice the size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

Kind = Callable[[int, str], str]

KINDS: dict[str, Kind] = {}

_SENTENCE = "So what we see here is that the two of them are not the same."
_WORDS = ("so", "what", "we", "see", "here", "is", "that", "the", "two", "of", "them", "are", "not", "same", "because")


def kind(function: Kind) -> Kind:
    """Add a function to the kinds, named by its words."""
    KINDS[function.__name__.replace("_", " ")] = function
    return function


def clock(ms: int, format: str) -> str:
    """A time as the format writes it."""
    hours, rest = divmod(ms, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    seconds, rest = divmod(rest, 1000)
    return f"{hours:02}:{minutes:02}:{seconds:02}{',' if format == 'srt' else '.'}{rest:03}"


def cue(number: int, start: int, end: int, text: str, format: str, settings: str = "") -> str:
    """One cue with its number and blank line."""
    times = f"{clock(start, format)} --> {clock(end, format)}"
    return f"{number}\n{times}{' ' + settings if settings else ''}\n{text}\n\n"


def head(format: str) -> str:
    return "WEBVTT\n\n" if format == "vtt" else ""


def cues(
    size: int,
    format: str,
    text: Callable[[int], str],
    *,
    settings: Callable[[int], str] = lambda i: "",
    times: Callable[[int], tuple[int, int]] = lambda i: (i * 3000, i * 3000 + 2500),
) -> str:
    """So many cues as fit: their texts, settings and times by their index."""
    made = [head(format)]
    length = 0
    index = 0
    while length < size:
        made.append(cue(index + 1, *times(index), text(index), format, settings(index)))
        length += len(made[-1])
        index += 1
    return "".join(made)


def one_cue(format: str, text: str, settings: str = "") -> str:
    """A file whose one cue has all the text, between two ordinary ones."""
    return "".join(
        (
            head(format),
            cue(1, 1000, 3000, _SENTENCE, format),
            cue(2, 4000, 6000, text, format, settings),
            cue(3, 7000, 9000, _SENTENCE, format),
        )
    )


def repeated(size: int, piece: str) -> str:
    return piece * max(1, size // len(piece))


def numbered(size: int, piece: Callable[[int], str]) -> str:
    """Pieces by their index, each another one."""
    made: list[str] = []
    length = 0
    while length < size:
        made.append(piece(len(made)))
        length += len(made[-1])
    return "".join(made)


def _add(name: str, make: Kind) -> None:
    KINDS[name] = make


# Whole files of ordinary shape


@kind
def ordinary_cues(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"{_SENTENCE} {_WORDS[i % 15]}\n{_WORDS[i % 7]} {i} and {_WORDS[i % 11]}.")


@kind
def chinese_cues(size: int, format: str) -> str:
    return cues(size, format, lambda i: "我们今天来看一看这个问题，因为它很重要。" + "一二三四五六七"[i % 7])


@kind
def arabic_cues_with_marks(size: int, format: str) -> str:
    return cues(size, format, lambda i: "\u202bمرحبا بكم في هذه المحاضرة\u202c \u200f" + str(i))


@kind
def cues_of_one_character(size: int, format: str) -> str:
    return cues(size, format, lambda i: "abcdefg"[i % 7])


@kind
def empty_cues(size: int, format: str) -> str:
    return cues(size, format, lambda i: "")


@kind
def cues_of_spaces(size: int, format: str) -> str:
    return cues(size, format, lambda i: "  \t \u00a0 ")


@kind
def the_same_cue_again_and_again(size: int, format: str) -> str:
    return cues(size, format, lambda i: _SENTENCE, times=lambda i: (1000, 3000))


@kind
def the_same_words_at_other_times(size: int, format: str) -> str:
    return cues(size, format, lambda i: _SENTENCE)


@kind
def the_same_times_with_other_words(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"{i} {_WORDS[i % 15]}", times=lambda i: (1000, 3000))


@kind
def cues_that_all_overlap(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"{_SENTENCE} {i}", times=lambda i: (i * 10, 100_000_000))


@kind
def cues_within_cues(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"{_SENTENCE} {i}", times=lambda i: (i * 10, 200_000_000 - i * 10))


@kind
def cues_in_reverse(size: int, format: str) -> str:
    return cues(
        size, format, lambda i: f"{_SENTENCE} {i}", times=lambda i: (90_000_000 - i * 3000, 90_002_500 - i * 3000)
    )


@kind
def cues_that_end_before_they_start(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"{_SENTENCE} {i}", times=lambda i: (i * 3000 + 2000, i * 3000))


@kind
def cues_of_no_length(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"{_SENTENCE} {i}", times=lambda i: (i * 3000, i * 3000))


@kind
def cues_of_ten_milliseconds(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"{_SENTENCE} {i}", times=lambda i: (i * 20, i * 20 + 10))


@kind
def rolled_up_cues(size: int, format: str) -> str:
    return cues(
        size, format, lambda i: f"line {i} of the talk\nline {i + 1} of the talk", times=lambda i: (i * 50, i * 50 + 60)
    )


@kind
def cues_with_five_lines(size: int, format: str) -> str:
    return cues(size, format, lambda i: "\n".join([_SENTENCE] * 5))


@kind
def long_lines(size: int, format: str) -> str:
    return cues(size, format, lambda i: " ".join([_SENTENCE] * 5))


@kind
def dialogue(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"- {_SENTENCE}\n- No, {i}.")


@kind
def speakers(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"SPEAKER {i}: {_SENTENCE}")


@kind
def sounds_and_music(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"[door {i} slams] (laughs)\n♪ la la la ♪")


@kind
def credits_everywhere(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"Subtitles by www.example{i}.com")


@kind
def words_twice(size: int, format: str) -> str:
    return cues(size, format, lambda i: "the the of of we we see  see ,so what ?")


@kind
def all_capitals(size: int, format: str) -> str:
    return cues(size, format, lambda i: _SENTENCE.upper())


@kind
def positions_of_their_own(size: int, format: str) -> str:
    settings = (
        (lambda i: f"line:{i % 100} position:{i % 97}% align:start size:{i % 100}%")
        if format == "vtt"
        else (lambda i: f"X1:{i} X2:{i + 9} Y1:{i} Y2:{i + 9}")
    )
    return cues(size, format, lambda i: f"{{\\an{i % 9 + 1}}}{_SENTENCE}", settings=settings)


@kind
def settings_that_are_wrong(size: int, format: str) -> str:
    return cues(size, format, lambda i: _SENTENCE, settings=lambda i: f"foo:{i} line:{i}x% align:middle : a: size")


@kind
def tags_of_every_order(size: int, format: str) -> str:
    orders = (
        "<i><b>a</i></b>",
        "<b><i>a</b></i>",
        "<u><i><b>a</u></b></i>",
        "</i>a<i>",
        '<font color="#ff0000">a</font>',
    )
    return cues(size, format, lambda i: f"{orders[i % 5]} {i} {orders[i * 7 % 5]}")


@kind
def a_colour_a_cue(size: int, format: str) -> str:
    return cues(size, format, lambda i: f'<font color="#{i % 0xFFFFFF:06x}">{_SENTENCE}</font>')


@kind
def a_voice_a_cue(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"<v Person {i}>{_SENTENCE}")


@kind
def a_class_a_cue(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"<c.name{i}.other{i % 7}>{_SENTENCE}</c>")


@kind
def references(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"&amp; &lt;i&gt; &nbsp;&#{i % 900 + 60}; &hellip; & &unknown; &amp;amp;")


@kind
def cues_that_look_like_cues(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"{i}\n{clock(i * 10, 'srt')} -> {clock(i * 10 + 5, 'srt')}\n{_SENTENCE}")


@kind
def numbers_that_never_ascend(size: int, format: str) -> str:
    made, length = [head(format)], 0
    while length < size:
        index = len(made)
        made.append(cue(100_000_000 - index * 7, index * 3000, index * 3000 + 2000, _SENTENCE, format))
        length += len(made[-1])
    return "".join(made)


@kind
def lines_of_digits_in_cues(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"{i}\n{i + 1}\n{i + 2}")


@kind
def a_note_a_cue(size: int, format: str) -> str:
    return head(format) + numbered(
        size, lambda i: f"NOTE remark {i}\n\n" + cue(i + 1, i * 3000, i * 3000 + 2000, _SENTENCE, format)
    )


@kind
def restore_notes(size: int, format: str) -> str:
    return head(format) + numbered(
        size, lambda i: f'NOTE captionkit: cue {i} "{i}"\n\n' + cue(i + 1, i * 3000, i * 3000 + 2000, _SENTENCE, format)
    )


@kind
def suppressions(size: int, format: str) -> str:
    return head(format) + numbered(
        size,
        lambda i: (
            f"NOTE captionkit-ignore TIM{i % 30:03} LAY001\n\nNOTE captionkit: ignore SPD001\n\n"
            + cue(i + 1, i * 3000, i * 3000 + 2000, _SENTENCE, format)
        ),
    )


@kind
def regions(size: int, format: str) -> str:
    return (
        head(format)
        + numbered(size, lambda i: f"REGION\nid:r{i}\nwidth:{i % 100}%\nlines:3\n\n")
        + cues(size // 4, format, lambda i: _SENTENCE, settings=lambda i: f"region:r{i}").removeprefix("WEBVTT\n\n")
    )


@kind
def one_region_many_times(size: int, format: str) -> str:
    return head(format) + repeated(size, "REGION\nid:r\nwidth:40%\n\n") + cue(1, 0, 2000, "a", format, "region:r")


@kind
def styles(size: int, format: str) -> str:
    return (
        head(format)
        + numbered(size, lambda i: f"STYLE\n::cue(.name{i}) {{ color: #{i % 0xFFFFFF:06x} }}\n\n")
        + cues(size // 4, format, lambda i: f"<c.name{i}>a</c>").removeprefix("WEBVTT\n\n")
    )


@kind
def one_style_of_many_rules(size: int, format: str) -> str:
    return (
        head(format)
        + "STYLE\n"
        + numbered(size, lambda i: f"::cue(.name{i}) {{ color: #{i % 0xFFFFFF:06x} }}\n")
        + "\n"
        + cue(1, 0, 2000, "<c.name1>a</c>", format)
    )


@kind
def cue_lines(size: int, format: str) -> str:
    return head(format) + "STYLE\n" + repeated(size, "::cue\n") + "\n" + cue(1, 0, 2000, "a", format)


@kind
def cue_selectors_in_one_line(size: int, format: str) -> str:
    return head(format) + "STYLE\n" + repeated(size, "::cue(") + "\n\n" + cue(1, 0, 2000, "a", format)


@kind
def comments_that_do_not_end(size: int, format: str) -> str:
    return head(format) + "STYLE\n" + repeated(size, "/* ") + "\n\n" + cue(1, 0, 2000, "a", format)


@kind
def header_lines(size: int, format: str) -> str:
    return (
        head(format).rstrip("\n")
        + "\n"
        + numbered(size, lambda i: f"Key{i}: value\n")
        + "\n"
        + cue(1, 0, 2000, "a", format)
    )


@kind
def one_header_line(size: int, format: str) -> str:
    return "WEBVTT " + "x" * size + "\n\n" + cue(1, 0, 2000, "a", format)


@kind
def timestamps_within(size: int, format: str) -> str:
    return one_cue(format, numbered(size, lambda i: f"<00:00:04.{i % 1000:03}>word "))


@kind
def timestamps_in_each_cue(size: int, format: str) -> str:
    return cues(
        size, format, lambda i: f"one <{clock(i * 3000 + 500, 'vtt')}>two <{clock(i * 3000 + 900, 'vtt')}>three"
    )


@kind
def stray_blocks(size: int, format: str) -> str:
    return head(format) + numbered(size, lambda i: f"some words {i} that are no cue\nand a second line\n\n")


@kind
def broken_arrows(size: int, format: str) -> str:
    return head(format) + numbered(
        size, lambda i: f"{i}\n{clock(i * 3000, format)} -> {clock(i * 3000 + 1, format)}\nHello.\n\n"
    )


@kind
def times_of_every_shape(size: int, format: str) -> str:
    shapes = (
        "0:0:{0},5 --> 0:0:{0},9", "00:00:{0:02} --> 00:00:{0:02}.5", "00:00:{0:02};12 --> 00:00:{0:02};20",
        "-0:00:{0:02},000 --> 00:00:{0:02},900", "00:{0:02}.000 --> 00:{0:02}.900",
        "00:00:{0:02},000-->00:00:{0:02},900",
        "[00:00:{0:02}.00]", "00:00:{0:02},000 => 00:00:{0:02},900", "00:99:{0:02},0000 --> 00:99:{0:02},90000",
    )  # fmt: skip
    return head(format) + numbered(size, lambda i: f"{i}\n{shapes[i % 9].format(i % 60)}\nHello {i}\n\n")


@kind
def no_blank_lines(size: int, format: str) -> str:
    return head(format) + numbered(
        size, lambda i: f"{i + 1}\n{clock(i * 3000, format)} --> {clock(i * 3000 + 2000, format)}\nHello {i}\n"
    )


@kind
def blank_lines_in_every_cue(size: int, format: str) -> str:
    return cues(size, format, lambda i: f"Hello\n\nto {i}\n\n\nyou")


@kind
def crlf(size: int, format: str) -> str:
    return ordinary_cues(size, format).replace("\n", "\r\n")


@kind
def bare_cr(size: int, format: str) -> str:
    return ordinary_cues(size, format).replace("\n", "\r")


@kind
def mixed_line_ends(size: int, format: str) -> str:
    return cues(size, format, lambda i: "Hello\rthere\r\nyou")


@kind
def mojibake(size: int, format: str) -> str:
    return cues(size, format, lambda i: "cafÃ© â€œquotedâ€\x9d naÃ¯ve \ufffd")


@kind
def escapes_and_controls(size: int, format: str) -> str:
    return cues(size, format, lambda i: "\x1b[31mred\x07 \x85\x9b\u202e\u2066 \0 \x01\u2028x\ufeff")


@kind
def override_codes(size: int, format: str) -> str:
    return cues(size, format, lambda i: "{\\an8}{\\i1}a{\\i0}{\\pos(10,20)}{b}{{\\c&H0000FF&}x}")


@kind
def html_everywhere(size: int, format: str) -> str:
    return cues(size, format, lambda i: '<p class="a"><span style="color:red">x</span><br/><script>y</script></p>')


# One giant line, one giant cue


for _name, _piece in {
    "letters": "a",
    "words": "word ",
    "spaces": " ",
    "no-break spaces": "\u00a0",
    "digits": "7",
    "points": ".",
    "dashes": "-",
    "apostrophes": "'",
    "commas": "a, ",
    "Chinese": "我们今天看",
    "combining marks": "e\u0301\u0302\u0303",
    "only combining marks": "\u0301",
    "right-to-left marks": "\u200f",
    "overrides": "\u202e",
    "emoji of many parts": "👩‍👩‍👧‍👦",
    "joiners": "\u200d",
    "flags": "🇬🇧",
    "hangul parts": "\u1100\u1161\u11a8",
    "unclosed tags": "<i>",
    "closing tags": "</i>",
    "nested tags": "<i><b><u>",
    "alternating tags": "<i>a</i>",
    "crossed tags": "<i><b>a</i></b>",
    "unclosed voices": "<v a>",
    "voices with words": "<v Anna>Hello ",
    "classes in tags": "<c.a.b>x",
    "unclosed fonts": '<font color="#ff0000">',
    "fonts": '<font color="red" size="3">a</font>',
    "ruby": "<ruby>a<rt>b",
    "lang": "<lang en>",
    "opening brackets": "<",
    "opening brackets and spaces": "< ",
    "closing brackets": ">",
    "slashes in brackets": "</",
    "ampersands": "&",
    "references": "&amp;",
    "half references": "&am",
    "numeric references": "&#",
    "braces": "{",
    "override codes": "{\\an8}",
    "half override codes": "{\\",
    "brackets": "[",
    "sounds": "[a] ",
    "parentheses": "(",
    "music": "♪ ",
    "quotes": '"',
    "curly quotes": "“",
    "asterisks": "*",
    "underscores": "_",
    "backslashes": "\\",
    "hashes": "# ",
    "arrows": "-->",
    "colons": "a:",
    "colons and digits": "1:",
    "times": "00:00:01,000",
    "timestamps": "<00:00:05.000>",
    "web addresses": "www.example.com ",
    "half web addresses": "www.",
    "addresses": "a@b.",
    "tabs": "\t",
    "NUL": "\0",
    "mojibake": "Ã©â€œ",
    "replacement characters": "\ufffd",
    "soft hyphens": "\u00ad",
    "line separators": "\u2028",
    "same words": "the the ",
    "capitals": "A",
    "capital words": "AAA BBB ",
    "speakers": "BOB: hello ",
    "sentences": "Hello you. ",
    "questions": "?! ",
}.items():
    _add(f"one line of {_name}", lambda size, format, piece=_piece: one_cue(format, repeated(size, piece)))  # type: ignore[misc]
    if _piece.strip() and _piece not in ("\u2028", "-->"):
        _add(
            f"lines of {_name}",
            lambda size, format, piece=_piece: one_cue(format, repeated(size, piece.rstrip() + "\n").rstrip("\n")),  # type: ignore[misc]
        )

_add("one line of one tag", lambda size, format: one_cue(format, "<" + "a" * size))
_add(
    "one tag of many classes",
    lambda size, format: one_cue(format, "<c" + numbered(size, lambda i: f".k{i}") + ">x</c>"),
)
_add("one tag of one class again", lambda size, format: one_cue(format, "<c" + repeated(size, ".k") + ">x</c>"))
_add(
    "one font of many attributes",
    lambda size, format: one_cue(format, "<font" + repeated(size, ' a="b"') + ">x</font>"),
)
_add("one font that does not end", lambda size, format: one_cue(format, "<font " + repeated(size, 'a="')))
_add("one voice of many words", lambda size, format: one_cue(format, "<v " + repeated(size, "word ") + ">x"))
_add("different tags", lambda size, format: one_cue(format, numbered(size, lambda i: f"<t{i}>")))
_add("different voices", lambda size, format: one_cue(format, numbered(size, lambda i: f"<v p{i}>a</v> ")))
_add("different classes", lambda size, format: one_cue(format, numbered(size, lambda i: f"<c.k{i}>a</c> ")))
_add(
    "different colours",
    lambda size, format: one_cue(format, numbered(size, lambda i: f'<font color="#{i:06x}">a</font>')),
)
_add("different words", lambda size, format: one_cue(format, numbered(size, lambda i: f"word{i} ")))
_add("many short lines", lambda size, format: one_cue(format, numbered(size, lambda i: f"line {i}\n").rstrip("\n")))
_add("lines of dialogue", lambda size, format: one_cue(format, numbered(size, lambda i: f"- line {i}\n").rstrip("\n")))
_add("digits in many lines", lambda size, format: one_cue(format, numbered(size, lambda i: f"{i}\n").rstrip("\n")))
_add("one setting again", lambda size, format: one_cue(format, "Hello", repeated(size, "line:1 ")))
_add(
    "settings of every kind",
    lambda size, format: one_cue(format, "Hello", repeated(size, "line:1 size:5% align:end position:3% vertical:rl ")),
)
_add("different settings", lambda size, format: one_cue(format, "Hello", numbered(size, lambda i: f"k{i}:v ")))
_add("a long setting", lambda size, format: one_cue(format, "Hello", "line:" + "1" * size))
_add("a long fraction", lambda size, format: one_cue(format, "Hello", "line:1." + "1" * size + "%"))
_add("coordinates again", lambda size, format: one_cue(format, "Hello", repeated(size, "X1:1 ")))
_add("a long identifier", lambda size, format: head(format) + "i" * size + "\n00:00:01.000 --> 00:00:02.000\na\n\n")
_add("a long number", lambda size, format: head(format) + "7" * size + "\n00:00:01,000 --> 00:00:02,000\na\n\n")
_add(
    "a long note",
    lambda size, format: (
        head(format) + "NOTE\n" + repeated(size, "words and words\n") + "\n" + cue(1, 0, 2000, "a", format)
    ),
)
_add(
    "a note of one line",
    lambda size, format: (
        head(format) + "NOTE " + repeated(size, "captionkit: ") + "\n\n" + cue(1, 0, 2000, "a", format)
    ),
)
_add(
    "a note of restore lines",
    lambda size, format: (
        head(format) + "NOTE captionkit:\n" + repeated(size, "captionkit: a b\n") + "\n" + cue(1, 0, 2000, "a", format)
    ),
)
_add(
    "notes of captionkit",
    lambda size, format: head(format) + repeated(size, "NOTE captionkit: ignore\n\n") + cue(1, 0, 2000, "a", format),
)
_add(
    "a region of many lines",
    lambda size, format: (
        head(format) + "REGION\n" + repeated(size, "id:a width:5%\n") + "\n" + cue(1, 0, 2000, "a", format)
    ),
)

# No cues at all, or hardly


for _name, _piece in {
    "blank lines": "\n",
    "space lines": " \n",
    "carriage returns": "\r",
    "returns and feeds": "\n\r",
    "numbers": "7\n",
    "numbers apart": "7\n\n",
    "arrow lines": "-->\n",
    "arrow lines apart": "-->\n\n",
    "arrows under numbers": "1\n-->\n\n",
    "arrow halves": "->\n",
    "timing lines": "00:00:01,000 --> 00:00:02,000\n",
    "timing lines apart": "00:00:01,000 --> 00:00:02,000\n\n",
    "broken timing lines": "1\n00:00:0x,000 --> 00:00:02,000\n\n",
    "signatures": "WEBVTT\n\n",
    "headings": "STYLE\n\n",
    "region headings": "REGION\n\n",
    "notes": "NOTE\n\n",
    "byte order marks": "\ufeff",
    "colons": "1:",
    "letters": "a",
    "spaces": " ",
    "digits": "7",
    "arrows": "-->",
    "NUL": "\0",
}.items():
    _add(f"only {_name}", lambda size, format, piece=_piece: head(format) + repeated(size, piece))  # type: ignore[misc]

_add(
    "blank lines in a cue",
    lambda size, format: head(format) + "1\n00:00:01,000 --> 00:00:02,000\na" + "\n" * size + "b\n",
)
_add(
    "hours of a thousand digits",
    lambda size, format: head(format) + repeated(size, "1" * 1000 + ":00:00,000 --> 00:00:02,000\n\n"),
)
_add("one time of digits", lambda size, format: head(format) + "1\n" + "1" * size + ":00:00,000 --> 00:00:02,000\na\n")
_add("a line of times", lambda size, format: head(format) + "1\n" + repeated(size, "00:00:01,000 --> ") + "\na\n")


def all_kinds(names: Iterable[str] = ()) -> dict[str, Kind]:
    """All kinds, or those whose name holds one of these words."""
    wanted = tuple(names)
    return {name: make for name, make in KINDS.items() if not wanted or any(word in name for word in wanted)}
