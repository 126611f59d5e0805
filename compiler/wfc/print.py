"""pytree.Module -> str: the text of the generated module.

Statements and comments go through a small line writer, expressions are spelled by `ast.unparse`,
jinja2 makes the module's frame, black lays it out, and the source map is added at the end.
"""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from typing import TYPE_CHECKING

from wfc import pytree
from wfc.positions import positions
from wfc.source import Source
from wfc.version import VERSION
from wfc.visible import visible

if TYPE_CHECKING:
    from jinja2 import Template

_FRAME = '''\
"""{{ title }}, compiled by wfc {{ version }}.  Change the workflow, not this file."""

import {{ runtime }} as wf

{% for constant in constants %}
{{ constant }}
{% endfor %}
{% for function in functions %}

{{ function }}
{% endfor %}


workflow = wf.Workflow(
    {{ main }},
    source={{ source }},
    sha256="{{ sha256 }}",
    compiler="{{ version }}",
{% for fact, value in facts.items() %}
    {{ fact }}={{ value }},
{% endfor %}
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
'''
_PLACEHOLDER = "(positions)"


def print(
    source: Source, module: pytree.Module, *, accounting: bool = False, layout: bool = True
) -> str:
    """The same bytes for the same input, anywhere.

    `layout` has black format them for readers; what only runs can do without.
    """
    functions = ["\n".join(_lines(function, 0)) for function in module.functions.values()]
    frame = _template().render(
        title=_docstring_text(source.file_name),
        version=VERSION,
        constants=[ast.unparse(constant) for constant in module.constants],
        functions=functions,
        main=module.functions["main"].name,
        source=ast.unparse(ast.Constant(source.file_name)),
        sha256=hashlib.sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest(),
        runtime=module.runtime,
        facts=_facts(module, accounting),
    )
    text = _formatted(frame) if layout else frame
    if module.facts is not None:
        return text
    head, _, tail = text.rpartition(f'"""{_PLACEHOLDER}"""')
    return f'{head}"""{_string_text(positions(source, module, text))}"""{tail}'


def _facts(module: pytree.Module, accounting: bool) -> dict[str, str]:
    """What the module's `workflow` is told besides its source, as Python text."""
    if module.facts is not None:
        return {name: ast.unparse(value) for name, value in module.facts.items()}
    facts = {"parameters": str(int(module.takes_argument))}
    if accounting:
        facts["accounting"] = "True"
    if module.steps:
        facts["steps"] = f'"""\n{_string_text(module.steps)}"""'
    return facts | {"positions": f'"""{_PLACEHOLDER}"""'}


def _formatted(text: str) -> str:
    import black  # not at the top: importing it takes as long as compiling a small workflow

    return black.format_str(text, mode=black.Mode())


@cache
def _template() -> Template:
    import jinja2  # like black below only for who prints: `wfc check` does not

    environment = jinja2.Environment(
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,
    )
    return environment.from_string(_FRAME)


def _docstring_text(name: str) -> str:
    """A file name that cannot end the docstring, nor start an escape in it."""
    return visible(name).strip().replace("\\", "/").replace('"', "'")


def _string_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', '\\"""')


# -- the line writer ------------------------------------------------------------------------------


def _lines(statement: pytree.Statement, depth: int) -> list[str]:
    indent = "    " * depth
    match statement:
        case pytree.Comment(text, spaced):
            return ["", f"{indent}# {text}"] if spaced else [f"{indent}# {text}"]
        case pytree.Simple(inner):
            return [indent + ast.unparse(inner)]
        case pytree.If(test, body, orelse):
            return [
                f"{indent}if {ast.unparse(test)}:",
                *_body(body, depth + 1),
                *_otherwise(orelse, depth),
            ]
        case pytree.While(test, body):
            return [f"{indent}while {ast.unparse(test)}:", *_body(body, depth + 1)]
        case pytree.For(target, items, body):
            head = f"{indent}for {ast.unparse(target).strip('()')} in {ast.unparse(items)}:"
            return [head, *_body(body, depth + 1)]
        case pytree.Try(body, error, handler):
            return [
                f"{indent}try:",
                *_body(body, depth + 1),
                f"{indent}except Exception as {error}:",
                *_body(handler, depth + 1),
            ]
        case pytree.With(held, body):
            return [f"{indent}async with {ast.unparse(held)}:", *_body(body, depth + 1)]
        case pytree.Def(name, parameters, returns, body, waits):
            define = "async def" if waits else "def"
            head = f"{define} {name}({ast.unparse(parameters)}) -> {ast.unparse(returns)}:"
            return ["", indent + head, *_body(body, depth + 1), ""]


def _body(body: pytree.Body, depth: int) -> list[str]:
    lines: list[str] = []
    before: pytree.Statement | None = None
    for statement in body:
        if before is not None and _apart(before, statement):
            lines.append("")
        lines += _lines(statement, depth)
        before = statement
    return lines[1:] if lines and not lines[0] else lines


def _apart(before: pytree.Statement, statement: pytree.Statement) -> bool:
    """Whether a blank line belongs between two statements: around a loop of steps, after a `try`.

    A comment that heads a step brings its own.
    """
    match before, statement:
        case (pytree.Comment(), _) | (_, pytree.Comment(spaced=True)):
            return False
        case _, pytree.Simple(ast.Break() | ast.Continue()):
            return False
        case ((pytree.While() | pytree.For() | pytree.Try()), _):
            return True
        case _, pytree.While(body=(pytree.Comment(), *_) | (pytree.If(), pytree.Comment(), *_)):
            return True
        case _:
            return False


def _otherwise(orelse: pytree.Body, depth: int) -> list[str]:
    """`elif` where the alternative is a single `if`."""
    if not orelse:
        return []
    indent = "    " * depth
    if len(orelse) == 1 and isinstance(orelse[0], pytree.If):
        first, *rest = _lines(orelse[0], depth)
        return [f"{indent}el{first.strip()}", *rest]
    return [f"{indent}else:", *_body(orelse, depth + 1)]
