"""How far a batch is: in, what its lines do; out, a moving line for who watches, and a summary."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from wfc.terminal import wants_colour
from wfc_client.batch_journal import SUCCEEDED

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

STARTING = "starting"


class Progress:
    """Counts, and draws on a terminal between `with progress:` and its end.

    counts   results by their states, also those of earlier runs of the batch
    total    how many lines there are, None where that is not known
    refused  answers that the service has no room now (429)
    """

    def __init__(
        self,
        stream: TextIO,
        counts: Counter[str],
        total: int | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counts = counts
        self.total = total
        self.refused = 0
        self._doing: dict[int, str] = {}
        self._before = counts.total()
        self._clock = clock
        self._began = clock()
        self._stream = stream
        self._live: Live | None = None

    def __enter__(self) -> Progress:
        if self._stream.isatty():
            from rich.console import Console
            from rich.live import Live

            colour = wants_colour(self._stream)
            console = Console(file=self._stream, no_color=not colour, highlight=False)
            self._live = Live(console=console, get_renderable=self._drawn, transient=True)
            self._live.start(refresh=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def blank(self) -> None:
        """A line had nothing in it."""
        if self.total is not None:
            self.total -= 1

    def does(self, line: int, state: str) -> None:
        """An unfinished line is `STARTING`, or its execution QUEUED or ACTIVE."""
        self._doing[line] = state

    def leaves(self, line: int) -> None:
        self._doing.pop(line, None)

    def line(self) -> str:
        """`412 of 1,000 done, 3 not succeeded; 20 active; 14 times 429; 38.2/s; 15 s left`"""
        done, failed = self.counts.total(), self.counts.total() - self.counts[SUCCEEDED]
        parts = [f"{done:,} of {self.total:,} done" if self.total is not None else f"{done:,} done"]
        parts[0] += f", {failed:,} not succeeded" if failed else ""
        doing = Counter(list(self._doing.values()))  # the drawing thread looks while others write
        for state in ("ACTIVE", "QUEUED", STARTING):
            if doing[state]:
                parts.append(f"{doing[state]:,} {state.lower()}")
        if self.refused:
            parts.append(f"{self.refused:,} times 429")
        rate = (done - self._before) / max(self._clock() - self._began, 0.001)
        if rate:
            parts.append(f"{rate:.1f}/s")
        if rate and self.total is not None and self.total > done:
            parts.append(f"{(self.total - done) / rate:,.0f} s left")
        return "; ".join(parts)

    def summary(self) -> str:
        """`998 of 1,000 lines succeeded, 1 failed, 1 refused; 12.4 s, 80.5/s`"""
        done, seconds = self.counts.total(), self._clock() - self._began
        parts = [f"{self.counts[SUCCEEDED]:,} of {done:,} lines succeeded"]
        parts += [
            f"{number:,} {state.lower()}"
            for state, number in sorted(self.counts.items())
            if state != SUCCEEDED and number
        ]
        new = done - self._before
        rate = f", {new / seconds:.1f}/s" if new and seconds else ""
        busy = f"; {self.refused:,} times 429" if self.refused else ""
        return f"{', '.join(parts)}; {seconds:.1f} s{rate}{busy}"

    def _drawn(self) -> Table:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        drawn = Table.grid()
        if self.total:
            drawn.add_row(ProgressBar(self.total, self.counts.total(), width=40))
        drawn.add_row(Text(self.line()))
        return drawn
