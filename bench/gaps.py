"""Why cases miss their goal, by name: what the generated module does that a person would not."""

from __future__ import annotations

GAPS = {
    "sum_of_squares": (
        "`total` calls `wf.add` and `wf.sub`, since its range is not known: it would follow "
        "from the 1,000 rounds of the loop and the bounds of what each adds. The rest is native "
        "already."
    ),
    "average_readings": (
        "Five of six operations are helper calls in Python; no type can be known. The floor is "
        "that of helpers in C. `count` counts rounds of a list and needs no guard."
    ),
    "build_text": (
        "All types are proven, but `built + … + …` from the left copies the text with every `+` "
        "and `wf.string` is called for integers: it should be one `built + f'…'`."
    ),
    "append_to_list": (
        "`wf.list.concat` copies the list in every round, so the gap grows with its length; "
        "nothing else sees `squares`, so `squares.append` is the same."
    ),
    "count_words": (
        "Four helper calls a round for `counts[word] = counts.get(word, 0) + 1`: `counts` is "
        "surely a map and its values integers, `words` surely strings, but the inside of maps "
        "and lists has no types."
    ),
    "sieve_of_primes": (
        "`wf.copy(wf.list.concat(…))` copies the list twice a round while it grows (by hand, "
        "`[False] * 1001`); then `wf.truth` and `wf.put` guard what is surely a list of "
        "booleans."
    ),
    "nested_switch": (
        "Conditions and products are native; what is left are the four counters, whose ranges "
        "follow only from how often the two loops run."
    ),
    "collatz": (
        "The jumps cost nothing; `3 * n + 1` and `steps + 1` are helper calls on what is surely "
        "an integer. The test for 64 bits must stay on both, since nothing bounds `n` or the "
        "rounds: inline it, once a step."
    ),
    "order_states": (
        "`wf.item(events, at)` up to three times and `wf.len` once an event, and a helper call "
        "for every counter and for `at`; the dispatch loop over step names adds a comparison a "
        "state."
    ),
    "fibonacci": (
        "Each call makes a `Run` to count its depth (a third of the time) and calls four "
        "helpers, since parameters have no types even where all callers pass integers. The "
        "floor against a plain `def` is 1.36: the depth must be counted (OQ-65)."
    ),
    "walk_json": (
        "Two thirds are copies: `wf.copy(orders)` before the loop and before encoding, and "
        "`wf.copy(order['lines'])`, because `orders[i]` is written to; a fifth is the encoder "
        "in Python."
    ),
    "raise_and_catch": (
        "`try` and `raise` cost what they cost by hand; the helper calls of `i % 4` and of the "
        "counters are the gap, and `i` is an integer, since a range that begins with 1 has only "
        "those."
    ),
    "retry_when_busy": (
        "Half a dozen calls of the runtime for each attempt (`run.retry`, `settle`, the policy, "
        "the clock); by hand most of the CPU time is the event loop's own. The wall time is "
        "even."
    ),
    "text_functions": (
        "Each library function tests its arguments although they are surely strings and "
        "integers; `find_all` makes a list only to be counted, and `list.concat` copies."
    ),
    "text_patterns": (
        "Most of the time is google-re2's: its Python wrapper makes a match object with all groups "
        "for each match. The meaning of RE2 is the language's, so `re` cannot stand in for it."
    ),
    "orders_report": (
        "Three fifths are `wf.copy`: one deep write (`customers[…].spent`) has `order`, `rates` "
        "and lines copied in every round, although what is written into is never one of them; a "
        "quarter is the copy and check of the argument, which by hand nobody makes."
    ),
    "six_hundred_steps": (
        "Three `wf.add` an order on integers that are surely small, two in `describe`, whose "
        "parameters have no types, and `wf.string` of integers."
    ),
    "trivial": (
        "An execution takes 40 µs to be made, most of it for a copy of the environment and two "
        "`isinstance` of protocols; by hand there is only the event loop."
    ),
    "http_pages": (
        "No single part: arguments and URL are checked, routes and redirects looked at, the reply "
        "made a map with its headers. It is a fifth of the CPU time that aiohttp takes, and shows "
        "in the wall time because this server answers in next to no time."
    ),
    "http_fan_out, 0 ms": (
        "The same as http_pages; taking turns in the parallel step is a few microseconds of it."
    ),
}
