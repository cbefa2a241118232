"""The parsing algorithm of WebVTT, transcribed step by step, slow and literal, to hold our reader against.

https://www.w3.org/TR/webvtt1/ sections 6.1 (file parsing), 6.2 (region settings) and 6.3 (cue timings and settings).
Each function is one algorithm of the specification, each numbered comment one of its steps. Nothing here is ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field

WHITESPACE = "\t\n\f\r "
DIGITS = "0123456789"


@dataclass
class SpecRegion:
    identifier: str = ""
    width: float = 100
    lines: int = 3
    anchor: tuple[float, float] = (0, 100)
    viewport_anchor: tuple[float, float] = (0, 100)
    scroll: str = "none"


@dataclass
class SpecCue:
    identifier: str
    start: int = 0
    end: int = 0
    region: str | None = None
    direction: str = "horizontal"
    snap: bool = True
    line: float | None = None
    line_align: str = "start"
    position: float | None = None
    position_align: str = "auto"
    size: float = 100
    align: str = "center"
    text: str = ""


@dataclass
class SpecResult:
    cues: list[SpecCue] = field(default_factory=list)
    stylesheets: list[str] = field(default_factory=list)
    regions: list[SpecRegion] = field(default_factory=list)


class Parser:
    def __init__(self, string: str) -> None:
        # 1. Replace NUL, CRLF, and the remaining CR.
        self.input = string.replace("\0", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")
        # 2. Let position be a pointer to the start.
        self.position = 0
        # 3. Let seen cue be false.
        self.seen_cue = False
        self.result = SpecResult()

    def past_end(self) -> bool:
        return self.position >= len(self.input)

    def collect(self, allowed: str | None = None, *, not_in: str = "") -> str:
        """Collect a sequence of code points."""
        begin = self.position
        while not self.past_end():
            char = self.input[self.position]
            if (char in not_in) if allowed is None else (char not in allowed):
                break
            self.position += 1
        return self.input[begin : self.position]

    def parse(self) -> SpecResult:
        """WebVTT parser algorithm."""
        text = self.input
        # 4. to 6. The signature.
        if len(text) < 6:
            return self.result
        if len(text) == 6 and text != "WEBVTT":
            return self.result
        if len(text) > 6 and (text[:6] != "WEBVTT" or text[6] not in " \t\n"):
            return self.result
        # 7. Collect a sequence of code points that are not LF.
        self.collect(not_in="\n")
        # 8. If position is past the end, abort.
        if self.past_end():
            return self.result
        # 9. Advance position.
        self.position += 1
        # 10. If position is past the end, abort.
        if self.past_end():
            return self.result
        # 11. Header.
        if self.input[self.position] != "\n":
            self.collect_block(in_header=True)
        else:
            self.position += 1
        # 12. Collect LF.
        self.collect("\n")
        # 13. Regions: kept in the result.
        # 14. Block loop.
        while not self.past_end():
            block = self.collect_block()
            if isinstance(block, SpecCue):
                self.result.cues.append(block)
            elif isinstance(block, str):
                self.result.stylesheets.append(block)
            elif isinstance(block, SpecRegion):
                self.result.regions.append(block)
            self.collect("\n")
        return self.result

    def collect_block(self, *, in_header: bool = False) -> SpecCue | str | SpecRegion | None:
        """Collect a WebVTT block."""
        # 2. to 10.
        line_count = 0
        previous_position = self.position
        buffer = ""
        seen_eof = False
        seen_arrow = False
        cue: SpecCue | None = None
        is_stylesheet = False
        region: SpecRegion | None = None
        # 11. Loop.
        while True:
            # 1. Collect the line.
            line = self.collect(not_in="\n")
            # 2. Increment line count.
            line_count += 1
            # 3. End of file, or advance.
            if self.past_end():
                seen_eof = True
            else:
                self.position += 1
            # 4. An arrow.
            if "-->" in line:
                if not in_header and (line_count == 1 or (line_count == 2 and not seen_arrow)):
                    seen_arrow = True
                    previous_position = self.position
                    cue = SpecCue(identifier=buffer)
                    if not self.collect_timings_and_settings(line, cue):
                        cue = None
                    else:
                        buffer = ""
                        self.seen_cue = True
                else:
                    self.position = previous_position
                    break
            # 5. An empty line.
            elif line == "":
                break
            # 6. Otherwise.
            else:
                if not in_header and line_count == 2:
                    if not self.seen_cue and buffer.startswith("STYLE") and not buffer[5:].strip(WHITESPACE):
                        is_stylesheet = True
                        buffer = ""
                    elif not self.seen_cue and buffer.startswith("REGION") and not buffer[6:].strip(WHITESPACE):
                        region = SpecRegion()
                        buffer = ""
                if buffer != "":
                    buffer += "\n"
                buffer += line
                previous_position = self.position
            # 7. End of file.
            if seen_eof:
                break
        # 12. to 15.
        if cue is not None:
            cue.text = buffer
            return cue
        if is_stylesheet:
            return buffer
        if region is not None:
            collect_region_settings(buffer, region)
            return region
        return None

    def collect_timings_and_settings(self, line: str, cue: SpecCue) -> bool:
        """Collect WebVTT cue timings and settings."""
        inner = _Line(line)
        inner.skip_whitespace()
        start = inner.collect_timestamp()
        if start is None:
            return False
        cue.start = start
        inner.skip_whitespace()
        for expected in "-->":
            if inner.char() != expected:
                return False
            inner.position += 1
        inner.skip_whitespace()
        end = inner.collect_timestamp()
        if end is None:
            return False
        cue.end = end
        parse_cue_settings(line[inner.position :], self.result.regions, cue)
        return True


class _Line:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def char(self) -> str:
        return self.text[self.position : self.position + 1]

    def skip_whitespace(self) -> None:
        while self.char() and self.char() in WHITESPACE:
            self.position += 1

    def collect_digits(self) -> str:
        begin = self.position
        while self.char() and self.char() in DIGITS:
            self.position += 1
        return self.text[begin : self.position]

    def collect_timestamp(self) -> int | None:
        """Collect a WebVTT timestamp, in milliseconds; None for an error."""
        # 2. Most significant units: minutes.
        units = "minutes"
        # 3., 4. Past the end, or no digit.
        if not self.char() or self.char() not in DIGITS:
            return None
        # 5. to 7.
        string = self.collect_digits()
        value1 = int(string)
        if len(string) != 2 or value1 > 59:
            units = "hours"
        # 8. A colon.
        if self.char() != ":":
            return None
        self.position += 1
        # 9. to 11.
        string = self.collect_digits()
        if len(string) != 2:
            return None
        value2 = int(string)
        # 12.
        if units == "hours" or self.char() == ":":
            if self.char() != ":":
                return None
            self.position += 1
            string = self.collect_digits()
            if len(string) != 2:
                return None
            value3 = int(string)
        else:
            value3 = value2
            value2 = value1
            value1 = 0
        # 13. A full stop.
        if self.char() != ".":
            return None
        self.position += 1
        # 14. to 16.
        string = self.collect_digits()
        if len(string) != 3:
            return None
        value4 = int(string)
        # 17.
        if value2 > 59 or value3 > 59:
            return None
        # 18.
        return ((value1 * 60 + value2) * 60 + value3) * 1000 + value4


def split_on_spaces(text: str) -> list[str]:
    tokens, token = [], ""
    for char in text:
        if char in WHITESPACE:
            if token:
                tokens.append(token)
            token = ""
        else:
            token += char
    return [*tokens, token] if token else tokens


def parse_percentage(text: str) -> float | None:
    """Parse a percentage string."""
    body, sign = text[:-1], text[-1:]
    whole, dot, rest = body.partition(".")
    if sign != "%" or not whole or (dot and not rest) or any(char not in DIGITS for char in whole + rest):
        return None
    number = float(body)
    return None if number > 100 else number


def parse_cue_settings(text: str, regions: list[SpecRegion], cue: SpecCue) -> None:
    """Parse the WebVTT cue settings."""
    for setting in split_on_spaces(text):
        at = setting.find(":")
        if at < 0 or at == 0 or at == len(setting) - 1:
            continue
        name, value = setting[:at], setting[at + 1 :]
        if name == "region":
            found = [region.identifier for region in regions if region.identifier == value]
            cue.region = found[-1] if found else None
        elif name == "vertical":
            if value == "rl":
                cue.direction = "growing left"
            elif value == "lr":
                cue.direction = "growing right"
            if cue.direction != "horizontal":
                cue.region = None
        elif name == "line":
            _line_setting(value, cue)
        elif name == "position":
            _position_setting(value, cue)
        elif name == "size":
            number = parse_percentage(value)
            if number is None:
                continue
            cue.size = number
            if cue.size != 100:
                cue.region = None
        elif name == "align" and value in ("start", "center", "end", "left", "right"):
            cue.align = value


def _line_setting(value: str, cue: SpecCue) -> None:
    linepos, comma, rest = value.partition(",")
    linealign = rest if comma else None
    if not any(char in DIGITS for char in linepos):
        return
    if linepos[-1] == "%":
        number = parse_percentage(linepos)
        if number is None:
            return
    else:
        if any(char not in "-." + DIGITS for char in linepos):
            return
        if "-" in linepos[1:]:
            return
        if linepos.count(".") > 1:
            return
        if "." in linepos:
            dot = linepos.index(".")
            if dot == 0 or dot == len(linepos) - 1:
                return
            if linepos[dot - 1] not in DIGITS or linepos[dot + 1] not in DIGITS:
                return
        number = float(linepos)
    if linealign in ("start", "center", "end"):
        cue.line_align = linealign
    elif linealign is not None:
        return
    cue.line = number
    cue.snap = linepos[-1] != "%"
    cue.region = None


def _position_setting(value: str, cue: SpecCue) -> None:
    colpos, comma, rest = value.partition(",")
    colalign = rest if comma else None
    number = parse_percentage(colpos)
    if number is None:
        return
    if colalign in ("line-left", "center", "line-right"):
        cue.position_align = colalign
    elif colalign is not None:
        return
    cue.position = number


def collect_region_settings(text: str, region: SpecRegion) -> None:
    """Collect WebVTT region settings."""
    for setting in split_on_spaces(text):
        at = setting.find(":")
        if at < 0 or at == 0 or at == len(setting) - 1:
            continue
        name, value = setting[:at], setting[at + 1 :]
        if name == "id":
            region.identifier = value
        elif name == "width":
            percentage = parse_percentage(value)
            if percentage is not None:
                region.width = percentage
        elif name == "lines":
            if any(char not in DIGITS for char in value):
                continue
            region.lines = int(value)
        elif name in ("regionanchor", "viewportanchor"):
            if "," not in value:
                continue
            x_text, y_text = value.split(",", 1)
            x, y = parse_percentage(x_text), parse_percentage(y_text)
            if x is None or y is None:
                continue
            if name == "regionanchor":
                region.anchor = (x, y)
            else:
                region.viewport_anchor = (x, y)
        elif name == "scroll" and value == "up":
            region.scroll = "up"


def parse(string: str) -> SpecResult:
    """What a browser reads from this text."""
    return Parser(string).parse()
