"""Library functions -> Python's own ways, where types prove them equal.

${string(n)}                        str(n)             where n is an integer
${default(map.get(m, key), 0)}      m.get(key, 0)      where m is a map without nulls, key a key
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from wfc import syntax
from wfc.library import Function
from wfc.lower_python import call

if TYPE_CHECKING:
    from wfc.lower_expressions import Expressions


def native(
    to: Expressions, function: Function, arguments: tuple[syntax.Expression, ...]
) -> ast.expr | None:
    """A call in an expression without the runtime; None where it takes that."""
    given = [to.types.of(argument) for argument in arguments]
    match function.name, arguments:
        case "len", (counted,) if given[0].only("string", "list", "map"):
            return call("len", to.value(counted))
        case "string", (number,) if given[0].only("integer"):
            return call("str", to.value(number))
        case "string", (text,) if given[0].only("string"):
            return to.value(text)
        case "map.get", _:
            return _entry(to, function, arguments)
        case "default", (syntax.Call(arguments=(entries, _)) as got, otherwise):
            found = _entry(to, to.names.callees.get(got), got.arguments)
            if found is not None and not to.types.of(entries).items.may("null"):
                found.args.append(to.value(otherwise))
                return found
    return None


def _entry(
    to: Expressions, callee: object, arguments: tuple[syntax.Expression, ...]
) -> ast.Call | None:
    """`m.get(key)` for `map.get(m, key)`, where that is the same."""
    match callee, [(argument, to.types.of(argument)) for argument in arguments]:
        case Function(name="map.get"), [(syntax.Name() as entries, held), (key, by)]:
            if held.only("map") and by.only("string", "integer"):
                method = ast.Attribute(to.value(entries), "get", ast.Load())
                return ast.Call(method, [to.value(key)], [])
    return None
