"""The words for what is wrong with an expression or with the target of an assignment.

In: a text, and the offset of the first thing in it that cannot follow what is before it.  Out: a
`Mistake`.  What belongs to other languages is found by `foreign`; here is the rest:

    f(a, b      ->  `(` is never closed; add `)`
    "a" b       ->  no operator stands between `"a"` and `b`; write `"a" + b`
"""

from __future__ import annotations

import re
from typing import Final

from wfc.foreign import foreign
from wfc.library import FUNCTIONS
from wfc.tokens import PREFIX, Mistake, Spot, tokens

_CLOSING: Final = {"(": ")", "[": "]", "{": "}", "${": "}"}
_OPENING: Final = {")": "(", "]": "[", "}": "{"}
_LONGEST_QUOTED: Final = 40  # characters of a token in a message

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NEARLY_NAME: Final = re.compile(r"[\w$\"'-][\w$\"' -]*", re.ASCII)
_PLACE: Final = re.compile(r"[A-Za-z_]\w*(?:\.\w+|\[\w+\])*", re.ASCII)
_RESERVED: Final = re.compile(r"and|AND|or|OR|not|NOT|in|true|True|TRUE|false|False|FALSE|null")
_KEY_WITH_HYPHEN: Final = re.compile(r"(.+)\.([A-Za-z_]\w*(?:-\w+)+)", re.DOTALL)


def explain(text: str, offset: int) -> Mistake:
    """The mistake in an expression of which the part before `offset` makes sense."""
    spot = Spot.at(text, offset)
    return (
        foreign(spot)
        or _dot(spot)
        or _function_form_of_in(spot)
        or _comma(spot)
        or _bracket(spot)
        or _missing_operator(spot)
        or _missing_value(spot)
        or _unexpected(spot)
    )


def unclosed(text: str) -> Mistake:
    """The mistake in `text` that stands after a `${` for which there is no `}`."""
    found = tokens(text)
    if found and found[-1].kind == "unclosed":
        return explain(text, found[-1].start)
    return Mistake("WFC155", "`${` is never closed", -2, 0, hint="add `}` after the expression")


def _dot(spot: Spot) -> Mistake | None:
    here, before = spot.here, spot.before
    if here.kind == spot.after.kind == "dot" and not before.is_value:
        dots = re.match(r"\.+", spot.text[here.start :])
        end = here.start + len(dots[0]) if dots else here.end
        return Mistake("WFC150", "dots stand for nothing", here.start, end)
    if before.kind != "dot":
        return None
    message = "a name must follow `.`"
    if here.kind in ("number", "string"):
        hint = f"write `{spot.operand_before(spot.index - 1, PREFIX)}[{here.text}]`"
        return Mistake("WFC150", message, here.start, here.end, hint=hint)
    hint = "remove the `.`" if here.text in ("[", "(") else ""
    return Mistake("WFC150", message, before.start, before.end, hint=hint)


def _function_form_of_in(spot: Spot) -> Mistake | None:
    """`in(x, c)` with more or fewer arguments; the operator stands after a value."""
    here, opener = spot.here, spot.opener
    if opener is None or here.text not in (",", ")") or not spot.before.is_value:
        return None
    word = spot.token(opener - 1)
    if word.kind != "word" or word.text != "in" or spot.token(opener - 2).is_value:
        return None
    message = "`in` takes two arguments, an element and a list or map"
    return Mistake("WFC150", message, word.start, here.end, hint="write `x in c`")


def _comma(spot: Spot) -> Mistake | None:
    here, before, opener = spot.here, spot.before, spot.opener
    if here.kind == "close" and before.kind == "comma":
        message = f"nothing stands between `,` and `{here.text}`"
        return Mistake("WFC168", message, before.start, before.end, hint="remove the `,`")
    if here.kind != "comma" or not before.is_value:
        return None
    if opener is None:
        hint = f"write `[{spot.written(0, len(spot.tokens))}]` for a list"
    elif spot.tokens[opener].text == "(":
        hint = f"write `[{spot.written(opener + 1, spot.closing(opener))}]` for a list"
    else:
        hint = "write one index in each pair of brackets"
    message = "`,` stands only in lists and between arguments"
    return Mistake("WFC150", message, here.start, here.end, hint=hint)


def _bracket(spot: Spot) -> Mistake | None:
    here, before = spot.here, spot.before
    opener = spot.tokens[spot.opener] if spot.opener is not None else None
    if here.kind == "close" and opener and _CLOSING[opener.text] == here.text:
        if before.kind != "open":
            return None
        message = f"nothing stands between `{opener.text}` and `{here.text}`"
        return Mistake("WFC150", message, opener.start, here.end)
    if here.kind == "close":
        message = f"`{here.text}` closes no `{_OPENING[here.text]}`"
        others = ((opener.start, opener.end, "open here"),) if opener else ()
        hint = f"write `{_CLOSING[opener.text]}`" if opener else f"remove `{here.text}`"
        return Mistake("WFC156", message, here.start, here.end, others=others, hint=hint)
    if here.kind == "end" and opener and (before.is_value or before.kind in ("open", "comma")):
        message = f"`{opener.text}` is never closed"
        hint = f"add `{_CLOSING[opener.text]}`"
        return Mistake("WFC155", message, opener.start, opener.end, hint=hint)
    return None


def _missing_operator(spot: Spot) -> Mistake | None:
    here, before = spot.here, spot.before
    if not before.is_value or here.kind not in ("name", "number", "string", "word", "open"):
        return None
    left, right = _short(before.text), _short(here.text)
    hint = ""
    if "string" in (before.kind, here.kind):
        first = spot.operand_before(spot.index, PREFIX)
        second = spot.operand_after(spot.index - 1, PREFIX)
        hint = f"write `{first} + {second}`"
        if before.end == here.start:
            hint = 'write `\\"` for a quote inside a string'
    elif before.text in FUNCTIONS:
        hint = f"write `{before.text}({spot.operand_after(spot.index - 1, PREFIX)})`"
    message = f"no operator stands between `{left}` and `{right}`"
    return Mistake("WFC170", message, here.start, here.end, hint=hint)


def _missing_value(spot: Spot) -> Mistake | None:
    here, before = spot.here, spot.before
    if here.kind == before.kind == "end":
        return Mistake("WFC151", "this expression is empty", 0, len(spot.text))
    if here.kind in ("end", "close", "comma") and before.kind in ("operator", "word"):
        message = f"nothing stands after `{before.text}`"
        return Mistake("WFC150", message, before.start, before.end, "needs a value after it")
    lonely = here
    if before.text == "in" and not spot.token(spot.index - 2).is_value:
        lonely = before  # read as the start of `in(x, c)`
    elif before.kind not in ("end", "open", "comma"):
        return None
    if lonely.kind in ("operator", "word", "comma"):
        message = f"nothing stands before `{lonely.text}`"
        return Mistake("WFC150", message, lonely.start, lonely.end, "needs a value before it")
    return None


def _unexpected(spot: Spot) -> Mistake:
    here = spot.here
    what = f"`{_short(here.text)}`" if here.text else "end of the expression"
    expected = "an operator or the end" if spot.before.is_value else "a value"
    label = f"{expected} is expected here"
    return Mistake("WFC150", f"unexpected {what}", here.start, max(here.end, here.start + 1), label)


def _short(text: str) -> str:
    text = re.sub(r"\s*\n\s*", " ", text)
    return text if len(text) <= _LONGEST_QUOTED else text[: _LONGEST_QUOTED - 1] + "…"


# -- targets --------------------------------------------------------------------------------------


def in_target(text: str) -> Mistake | None:
    """The mistake in a target that does not start with a variable's name."""
    target = text.strip()
    start = text.find(target)
    if not target:
        return Mistake("WFC181", "the target of this assignment is empty", 0, len(text))
    if target.startswith("${"):
        inside = target[2:-1].strip()
        hint = f"write `{inside}`" if _PLACE.fullmatch(inside) else ""
        message = "the target of an assignment cannot be computed"
        return Mistake("WFC180", message, start, start + len(target), hint=hint)
    name = re.split(r"[.\[(]", target, maxsplit=1)[0].rstrip()
    if _NAME.fullmatch(name) and not _RESERVED.fullmatch(name):
        return None
    if not name:
        message = "the target of an assignment must start with a variable's name"
        return Mistake("WFC181", message, start, start + 1)
    likely = _likely(name)
    hint = f"write `{likely}`" if likely else ""
    message = f"`{_short(name)}` cannot be a variable's name"
    return Mistake("WFC181", message, start, start + len(name), hint=hint)


def _likely(written: str) -> str:
    """The name that was meant, if it is clear."""
    if len(written) > _LONGEST_QUOTED or not _NEARLY_NAME.fullmatch(written):
        return ""
    name = re.sub(r"\W+", "_", written).strip("_")
    if _RESERVED.fullmatch(name):
        return f"{name}_"
    return f"_{name}" if name[:1].isdigit() else name


def no_target(text: str) -> Mistake:
    """The mistake in a target that is an expression, but no variable or part of one."""
    target = text.strip()
    start = text.find(target)
    hint = "write `name`, `name.key` or `name[index]`"
    match = _KEY_WITH_HYPHEN.fullmatch(target)
    if match:
        hint = f'write `{match[1]}["{match[2]}"]`'
    message = f"`{_short(target)}` is not a variable or a part of one"
    return Mistake("WFC181", message, start, start + len(target), hint=hint)
