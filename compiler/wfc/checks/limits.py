"""The limit on a whole source file (spec 07 §1); `parse` checks those on lists and expressions."""

from __future__ import annotations

from wfc.problems import Problems
from wfc.source import Source, Span

_SOURCE_BYTES = 128 * 1024


def limits(source: Source, problems: Problems) -> None:
    written = source.text.encode("utf-8", "surrogatepass")
    if len(written) > _SOURCE_BYTES:
        end = len(written[:_SOURCE_BYTES].decode("utf-8", "ignore"))
        problems.add(
            "WFC410",
            f"the source has {len(written):,} bytes, the limit is {_SOURCE_BYTES:,}",
            Span(end, end + 1),
            "the limit is reached here",
            hint="move some of the routines into a workflow of their own",
        )
