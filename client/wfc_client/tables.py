"""Rows for people: in, titles and cells; out, columns on stdout.

A terminal gets colours, and cells that go on below themselves; anything else, and a terminal too
narrow for that, gets one line a row, with two spaces or more between cells.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
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

_NARROW: Final = 8
"""The width of a cell that can be read when it goes on below itself."""


def print_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints the rows; where there are no titles the first column says what the others are."""
    shown = [[visible(cell) for cell in row] for row in rows]
    lines = [list(titles), *shown] if titles else shown
    widths = [max(map(cell_width, column)) for column in zip(*lines, strict=True)]
    least = widths[0] + sum(2 + min(width, _NARROW) for width in widths[1:])
    if sys.stdout.isatty() and shutil.get_terminal_size().columns >= least:
        _print_rich(titles, shown)
        return
    for line in lines:
        cells = zip(line, widths, strict=True)
        print("  ".join(cell + " " * (width - cell_width(cell)) for cell, width in cells).rstrip())


def _print_rich(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(no_color=not wants_colour(sys.stdout), highlight=False)
    table = Table(box=None, show_header=bool(titles), pad_edge=False, header_style="bold")
    for number, column in enumerate(titles or rows[0]):
        # what is in the first column is to be copied
        table.add_column(Text(column) if titles else "", overflow="fold", no_wrap=not number)
    for row in rows:
        table.add_row(*(Text(cell, _STYLES.get(cell, "")) for cell in row))
    console.print(table)


def seconds(time: str) -> str:
    """A point in time of the APIs to the second: `2026-01-02 03:04:05Z`."""
    return f"{time.partition('.')[0].removesuffix('Z').replace('T', ' ')}Z" if time else ""


def brief(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
