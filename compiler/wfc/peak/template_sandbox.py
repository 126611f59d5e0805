"""Jinja2 as templates of Peak's may use it: nothing of Python's can be called, and not for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jinja2
from jinja2.ext import Extension
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from wfc.peak.template_files import TemplateFiles
from wfc.peak.template_marks import UNDEFINED, Mark, indented

_MOST = 1_000_000  # characters, items or bits that one operation may make


class TooMuch(Exception):
    """A template asks for more than a workflow file can be."""


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment over the files of one template; `without_value` is what has been missed."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, files: TemplateFiles, extensions: list[type[Extension]]) -> None:
        self.files = files
        self.without_value: list[str] = []
        marking = bool(extensions)
        super().__init__(
            loader=_Loader(files),
            extensions=extensions,
            undefined=_undefined(self.without_value, marking),
            autoescape=False,
        )
        self.filters["indent_included"] = indented

    def join_path(self, template: str, parent: str) -> str:
        return self.files.find(template, parent)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" and _bits(left) * max(_number(right), 1) > _MOST:
            raise TooMuch("a power is too large")
        if operator == "*" and _size(left) * _number(right) + _size(right) * _number(left) > _MOST:
            raise TooMuch("a text or list is repeated too often")
        if operator == "%" and isinstance(left, str):
            raise TooMuch("`%` on a text is not supported; write `~` to join texts")
        return super().call_binop(context, operator, left, right)


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 1


def _number(value: Any) -> int:
    return abs(value) if isinstance(value, int) else 0


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str | list | tuple) else 0


class _Loader(jinja2.BaseLoader):
    def __init__(self, files: TemplateFiles) -> None:
        self._files = files

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        file = self._files.get(template)
        if file is None:
            raise jinja2.TemplateNotFound(template)
        return file.text.content, template, lambda: True


def _undefined(names: list[str], marking: bool) -> type[jinja2.Undefined]:
    """What a variable without a value is: nothing when it is printed, an error when it is used."""

    class Undefined(jinja2.Undefined):
        __slots__ = ()

        def __str__(self) -> str:
            names.append(str(self._undefined_name or ""))
            return str(Mark(UNDEFINED, 0, len(names) - 1, 0)) if marking else ""

    return Undefined
