"""Rows for people: in, titles and cells; out, columns on stdout.

A terminal gets colours, and cells that go on below themselves where it is narrow; anything else
gets one line a row, with two spaces or more between cells.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Final

from wfc.terminal import wants_colour
from wfc.visible import cell_width, visible

_STYLES: Final[Mapping[str, str]] = {
    "ACTIVE": "cyan",
    "QUEUED": "yellow",
    "SUCCEEDED": "green",
    "FAILED": "red",
    "CANCELLED": "magenta",
    "UNAVAILABLE": "red",
}
"""Of cells that say just this."""


def print_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints the rows; where there are no titles the first column says what the others are."""
    shown = [[visible(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _print_rich(titles, shown)
        return
    if titles:
        shown.insert(0, list(titles))
    widths = [max(map(cell_width, column)) for column in zip_longest(*shown, fillvalue="")]
    for row in shown:
        padded = (
            cell + " " * (width - cell_width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        print("  ".join(padded).rstrip())


def _print_rich(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(no_color=not wants_colour(sys.stdout), highlight=False)
    table = Table(box=None, show_header=bool(titles), pad_edge=False, header_style="bold")
    for column in titles or rows[0]:
        table.add_column(Text(column) if titles else "", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, _STYLES.get(cell, "")) for cell in row))
    console.print(table)


def seconds(time: str) -> str:
    """A point in time as the APIs write it, without fractions of a second."""
    return f"{time.partition('.')[0].removesuffix('Z')}Z" if time else ""


def brief(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
