"""What other languages have and expressions have not, and what to write instead.

In: the spot where an expression stops making sense.  Out: the mistake, if it is a familiar one:

    a && b        ->  `&&` is not an operator; write `and`
    k not in m    ->  `not in` is not an operator; write `not (k in m)`
"""

from __future__ import annotations

import re
from typing import Final

from wfc.literals import LARGEST_HINT, SMALLEST_INTEGER, TOO_LARGE
from wfc.tokens import COMPARISON, PREFIX, Mistake, Spot, Token

_INSTEAD: Final = {
    "&&": "and",
    "||": "or",
    "=": "==",
    "===": "==",
    "!==": "!=",
    "<>": "!=",
    "=<": "<=",
    "=>": ">=",
    "->": ".",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "mod": "%",
    "div": "//",
}
_SPELLINGS: Final = {
    "and": "`and` or `AND`",
    "or": "`or` or `OR`",
    "not": "`not` or `NOT`",
    "in": "`in`",
}
_BIT_OPERATORS: Final = ("&", "|", "^", "~", "<<", ">>")
_ASSIGNMENTS: Final = ("+=", "-=", "*=", ":=")
_JOINED: Final = 'join text and values with `+`, as in `"text " + value`'
_SERVICE_ON_QUOTE: Final = "token recognition error at: '''"  # spec 09 §2, word for word


def foreign(spot: Spot) -> Mistake | None:
    """The familiar mistake at `spot`, if it is one."""
    return (
        _strings(spot)
        or _numbers(spot)
        or _braces(spot)
        or _arguments_and_slices(spot)
        or _negations(spot)
        or _conditionals(spot)
        or _operators(spot)
        or _characters(spot)
    )


def _at(token: Token, code: str, message: str, hint: str = "", note: str = "") -> Mistake:
    return Mistake(code, message, token.start, token.end, hint=hint, note=note)


def _strings(spot: Spot) -> Mistake | None:
    here, before = spot.here, spot.before
    if here.kind == "unclosed":
        message = "this string is never closed"
        return Mistake("WFC154", message, here.start, here.start + 1, hint='end it with `"`')
    if here.kind == "quoted" or here.text in ("'", "`"):
        quote = here.text[0]
        what = "a backquote" if quote == "`" else f"`{quote}`"
        right = _double_quoted(here.text) if here.kind == "quoted" else '"…"'
        hint = _JOINED if "${" in here.text else f"write `{right}`"
        note = _SERVICE_ON_QUOTE if quote == "'" else ""
        return _at(here, "WFC153", f"{what} does not start a string", hint, note)
    if here.text == '\\"':
        return _at(here, "WFC153", '`\\"` does not start a string', 'write `"`')
    if here.kind == "string" and before.kind == "name" and before.end == here.start:
        message = f"a string has no prefix, such as `{before.text}`"
        return Mistake("WFC153", message, before.start, here.end, hint=_JOINED)
    return None


def _double_quoted(text: str) -> str:
    """The same string in double quotes."""
    inner = re.sub(r"\\(['`])", r"\1", text[1:-1])
    return '"' + re.sub(r'(\\[\s\S])|"', lambda match: match[1] or '\\"', inner) + '"'


def _numbers(spot: Spot) -> Mistake | None:
    here, before, after = spot.here, spot.before, spot.after
    if here.is_number and here.text.lstrip("0") == str(-SMALLEST_INTEGER):
        # The grammar has this one number only after a minus.
        return _at(here, "WFC158", TOO_LARGE, LARGEST_HINT)
    if here.kind == "number" and not here.is_number:
        plain = here.text.replace("_", "")
        if re.fullmatch("0[xX][0-9a-fA-F]+", plain):
            plain = str(int(plain, 16)) if len(plain) < 20 else ""
        hint = f"write `{plain}`" if plain.isdecimal() else ""
        return _at(here, "WFC159", f"`{here.text}` is not a number", hint)
    if here.kind == "dot" and after.is_number and not before.is_value and after.start == here.end:
        message = f"`.{after.text}` lacks a digit before its point"
        return Mistake("WFC159", message, here.start, after.end, hint=f"write `0.{after.text}`")
    if before.kind == "dot" and spot.token(spot.index - 2).is_number:
        number = spot.token(spot.index - 2)
        message = f"`{number.text}.` lacks a digit after its point"
        return Mistake("WFC159", message, number.start, before.end, hint=f"write `{number.text}.0`")
    return None


def _braces(spot: Spot) -> Mistake | None:
    """Map literals, `${{x}}`, and `${x}` inside an expression."""
    here = spot.here
    closing = spot.closing(spot.index)
    inside = spot.written(spot.index + 1, closing)
    if here.text == "${":
        return _at(here, "WFC167", "`${` inside an expression", f"write `{inside}` alone")
    if here.text != "{":
        return None
    doubled = spot.index == 0 and 1 < closing == len(spot.tokens) - 1
    if doubled and not any(token.text in (":", ",") for token in spot.tokens):
        return _at(here, "WFC162", "an expression has one pair of braces", f"write `${{{inside}}}`")
    end = spot.token(closing).end
    hint = "assign the map to a variable in YAML, and use the variable here"
    return Mistake("WFC162", "expressions have no map literal", here.start, end, hint=hint)


def _arguments_and_slices(spot: Spot) -> Mistake | None:
    here, before, opener = spot.here, spot.before, spot.opener
    if here.text not in ("=", ":") or not opener or not spot.tokens[opener - 1].is_value:
        return None
    if spot.tokens[opener].text == "(" and before.kind == "name":
        message = f"the argument `{before.text}` is named, but expressions pass arguments by place"
        call = _without_names(spot, opener)
        return Mistake("WFC164", message, before.start, here.end, hint=f"write `{call}`")
    if spot.tokens[opener].text == "[" and here.text == ":":
        closing = spot.closing(opener)
        text = spot.operand_before(opener, PREFIX)
        first = spot.written(opener + 1, spot.index, instead="0")
        last = spot.written(spot.index + 1, closing, instead=f"len({text})")
        start, end = spot.tokens[opener].start, spot.token(closing).end
        hint = f"write `text.substring({text}, {first}, {last})` for a part of a text"
        return Mistake("WFC165", "expressions have no slices", start, end, hint=hint)
    return None


def _without_names(spot: Spot, opener: int) -> str:
    """A call with the names of its arguments left out."""
    arguments = []
    index, closing = opener, spot.closing(opener)
    while index < closing:
        start = index + 2 if spot.token(index + 2).text in ("=", ":") else index
        end = spot.end_after(start)
        arguments.append(spot.written(start + 1, end))
        index = end
    return f"{spot.operand_before(opener, PREFIX)}({', '.join(arguments)})"


def _negations(spot: Spot) -> Mistake | None:
    here, before, after, index = spot.here, spot.before, spot.after, spot.index
    if here.text.lower() == "not" and after.text.lower() == "in" and before.is_value:
        left = spot.operand_before(index, COMPARISON)
        right = spot.operand_after(index + 1, COMPARISON)
        message = f"`{here.text} {after.text}` is not an operator"
        hint = f"write `not ({left} in {right})`"
        return Mistake("WFC161", message, here.start, after.end, hint=hint)
    if here.text == "is" and before.is_value:
        operator, last = ("!=", index + 1) if after.text.lower() == "not" else ("==", index)
        left = spot.operand_before(index, COMPARISON)
        right = spot.operand_after(last, COMPARISON)
        hint = f"write `{left} {operator} {right}`"
        return _at(here, "WFC160", "`is` is not an operator", hint)
    if here.text == "!":
        if before.kind == after.kind == "name" and before.end == here.start == after.start - 1:
            name = f"{before.text}!{after.text}"
            hint = f'write `"{name}"` if it is text'
            return Mistake("WFC152", f"`{name}` is not a name", before.start, after.end, hint=hint)
        hint = f"write `not {spot.operand_after(index, PREFIX)}`"
        return _at(here, "WFC160", "`!` is not an operator", hint)
    if here.text in ("-", "+") and before.text in ("not", "NOT"):
        hint = f"write `not ({here.text}{spot.operand_after(index, PREFIX)})`"
        return _at(here, "WFC150", f"`not` cannot stand before `{here.text}`", hint)
    for word, follows in ((here, before.is_value), (before, here.kind != "end")):
        spelling = _SPELLINGS.get(word.text.lower())
        if spelling and word.kind == "name" and follows:
            return _at(word, "WFC166", f"`{word.text}` is not an operator", f"write {spelling}")
    return None


def _conditionals(spot: Spot) -> Mistake | None:
    here, before, index = spot.here, spot.before, spot.index
    if here.text == "?":
        colon = spot.end_after(index)
        end = spot.end_after(colon)
        condition, then, otherwise = "condition", "then", "otherwise"
        if spot.token(colon).text == ":" and spot.token(end).text != "?":
            condition = spot.operand_before(index, 0)
            then, otherwise = spot.written(index + 1, colon), spot.written(colon + 1, end)
        hint = f"write `if({condition}, {then}, {otherwise})`"
        return _at(here, "WFC163", "`? :` is not an operator", hint)
    if here.text == "if" and before.is_value:
        otherwise_at = spot.find("else", index)
        condition = spot.written(index + 1, otherwise_at)
        then = spot.operand_before(index, 0)
        otherwise = spot.operand_after(otherwise_at, 0)
        hint = f"write `if({condition}, {then}, {otherwise})`"
        return _at(here, "WFC163", "`if` is a function, not an operator", hint)
    if here.text == "for" and before.is_value:
        return _at(here, "WFC163", "expressions have no loops", "write a `for` step")
    if here.text in ("??", "?:"):
        left = spot.operand_before(index, COMPARISON)
        right = spot.operand_after(index, COMPARISON)
        message = f"`{here.text}` is not an operator"
        return _at(here, "WFC163", message, f"write `default({left}, {right})`")
    if here.text == "?.":
        base, key = spot.operand_before(index, PREFIX), spot.after.text
        return _at(here, "WFC163", "`?.` is not an operator", f'write `map.get({base}, "{key}")`')
    return None


def _operators(spot: Spot) -> Mistake | None:
    here, before, index = spot.here, spot.before, spot.index
    message = f"`{here.text}` is not an operator"
    if here.kind == "operator" or (here.kind == "name" and before.is_value):
        instead = _INSTEAD.get(here.text)
        if instead:
            return _at(here, "WFC160", message, f"write `{instead}`")
    if here.text == "**":
        base, power = spot.operand_before(index, PREFIX), spot.operand_after(index, PREFIX)
        hint = f"write `{base} * {base}`" if power == "2" else "multiply in a loop"
        return _at(here, "WFC160", message, hint)
    if here.text in _ASSIGNMENTS:
        return _at(here, "WFC160", message, "assign in an `assign` step")
    if here.text in _BIT_OPERATORS:
        return _at(here, "WFC160", f"{message}: there are none on bits")
    if here.text == ";":
        return _at(here, "WFC160", "`;` cannot end an expression", "write one expression")
    if here.text == ":":
        message = "`:` has no meaning in an expression"
        return _at(here, "WFC160", message, "write text in double quotes")
    return None


def _characters(spot: Spot) -> Mistake | None:
    here, after = spot.here, spot.after
    if here.text in ("#", "/*"):
        return _at(here, "WFC152", "expressions have no comments", "write the comment in YAML")
    if here.text == "$":
        hint = f"write `{after.text}`" if after.kind == "name" else ""
        return _at(here, "WFC152", "`$` has no meaning inside an expression", hint)
    if here.kind == "name" and not here.text.isascii():
        hint = "names have letters from `a` to `z` and `A` to `Z`, digits and `_`"
        return _at(here, "WFC152", f"`{here.text}` is not a name", hint)
    if here.kind == "other":
        visible = here.text.isprintable() and not here.text.isspace()
        character = f"`{here.text}`" if visible else f"U+{ord(here.text):04X}"
        return _at(here, "WFC152", f"the character {character} has no meaning in an expression")
    return None
