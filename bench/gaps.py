"""Why cases miss their goal, by name: what the generated module does that a person would not.

"It would be 1.01" is measured: the generated module, changed by hand in that one way.
"""

from __future__ import annotations

GAPS = {
    "average_readings": (
        "Four calls a round of helpers in C for operators on numbers of unknown type, of which "
        "nearly all is the call: an empty helper takes 12 ns, Python's own operator 9, `wf.add` "
        "24. With native operators it would be 1.40, of which 0.17 are the copy and check of the "
        "argument, 100,000 numbers, and the rest the look-ups of `args.factor` and `args.offset`."
    ),
    "sieve_of_primes": (
        "The list is filled one by one, where a person writes `[False] * 1001`; with that it would "
        "be 1.06."
    ),
    "collatz": (
        "`3 * n` is a helper call: its test for 64 bits must stay, since nothing bounds `n`. "
        "Without it would be 1.00. In the first seven runs it is 1.5: Python 3.11 begins "
        "to specialize a function after eight calls or jumps back, and a `while` that ends in its "
        "test has none of these."
    ),
    "fibonacci": (
        "The two calls are added with a helper, `wf.add`: nothing bounds the sum. Native it would "
        "be 1.17; what is left is that the depth is counted (OQ-65): each call looks up the run of "
        "the next one, and hands it on."
    ),
    "walk_json": (
        "`wf.copy(orders)` before the loop, since `order` must not see what is written into "
        "`orders[i]`, and once more before encoding. Without them it would be 0.70."
    ),
    "retry_when_busy": (
        "Half a dozen calls of the runtime for each attempt (`run.retry`, `settle`, the policy, "
        "the clock); by hand most of the CPU time is the event loop's own. The wall time is even."
    ),
    "text_functions": (
        "Each library function tests its arguments, which the argument's unknown types leave open, "
        "and is a call more; `find_all` makes a list only to be counted."
    ),
    "text_patterns": (
        "Each call is two Python functions that check the arguments, look up the pattern of the "
        "expression and ask whether the text is ASCII: 0.15 µs where `re` takes 0.2 to match, 0.35 "
        "where it takes 0.5 to replace. With expressions that are not simple it would be 9.07: "
        "google-re2's Python wrapper makes a generator for each search and an object for each "
        "match, 4 µs where RE2 itself takes 0.6."
    ),
    "orders_report": (
        "The copy and check of the argument, 5,000 maps and lists, which by hand nobody makes: "
        "without it would be 1.30. Native operators for prices and quantities would change nothing "
        "that can be measured."
    ),
    "trivial": (
        "An execution takes 15 to 20 µs to be made and ended: its id, its objects, a ticker for "
        "the new event loop; by hand there is only the loop."
    ),
    "http_pages": (
        "No single part: of 30 µs a request, where aiohttp takes 115 by hand, arguments are "
        "checked and the URL written in 8, yarl takes a URL apart that is new each time in 8; the "
        "rest is the reply's map with its headers and half a dozen calls. It shows in the wall "
        "time because this server answers in next to no time."
    ),
    "http_fan_out, 0 ms": (
        "The same as http_pages; taking turns in the parallel step is a few microseconds of it."
    ),
}
