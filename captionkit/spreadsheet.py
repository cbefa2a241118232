"""Cells that no spreadsheet takes for a formula (OWASP, CSV injection): names and captions are other people's. Pure."""

from __future__ import annotations

#: What begins a formula in Excel, LibreOffice or Google Sheets, in full width too.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
#: What some of them step over before they look; a tab or a line end in front is enough for others.
_STEPPED_OVER = " \t\n\r\v\f\u00a0\u3000\ufeff\u200b"
_LEADS_IN = ("\t", "\r", "\n")


def harmless(cell: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would run it, blanks before the formula or not."""
    text = cell.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return f"'{text}" if text.lstrip(_STEPPED_OVER).startswith(_FORMULA) or text.startswith(_LEADS_IN) else text
