"""The files of a template, each as the template engine reads it (spec 11 §1.0).

An include keeps the indentation of its line; `context:` in an included file is rewritten relative
to the folder of the file that was given, which includes cannot leave.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from wfc.load import load
from wfc.peak.rendered import TemplateFile
from wfc.problems import Problems
from wfc.read_text import Text, text_of
from wfc.source import Source

_LINE_END = re.compile(r"\r\n?")
_INCLUDE = re.compile(r"^(.*)\{%([+-]?)(\s*include\s+.*?)([+-]?)%\}.*$", re.MULTILINE)
_CONTEXT = re.compile(r"^(\s*context\s*:\s+)(.+)$", re.MULTILINE)


class IncludeRefused(Exception):
    """An include that is not followed."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class TemplateFiles:
    """The file that was given and what it includes, by the names that the engine uses."""

    def __init__(self, source: Source) -> None:
        self._folder = Path(source.name).parent
        self.root_name = source.file_name
        self.root = TemplateFile(source, _as_read(text_of(source.text)))
        self._files = {self.root_name: self.root}
        self._includes: dict[str, set[str]] = {}

    def numbered(self, number: int) -> TemplateFile:
        return list(self._files.values())[number]

    def number(self, name: str) -> int:
        return list(self._files).index(name)

    def get(self, name: str) -> TemplateFile | None:
        """The file of a name that `find` has given."""
        return self._files.get(name)

    def find(self, written: str, including: str) -> str:
        """The name of the file that `including` includes as `written`; raises `IncludeRefused`.

        It is looked for in the folder of the file that was given, then in that of `including`.
        """
        written = written.strip()
        for folder in dict.fromkeys((self._folder, (self._folder / including).parent)):
            path = folder / written
            if path.is_file():
                break
        else:
            where = f"the folder of `{self.root_name}`"
            raise IncludeRefused(f"there is no file `{written}` to include in {where}")
        name = self._inside(path, written)
        self._includes.setdefault(including, set()).add(name)
        if self._reaches(name, including):
            circle = "itself" if name == including else "the file that includes it"
            raise IncludeRefused(f"`{written}` includes {circle}", "break the circle")
        if name not in self._files:
            self._files[name] = self._load(self._folder / name, name)
        return name

    def _inside(self, path: Path, written: str) -> str:
        """The path from the folder, as a name; also a symbolic link must not lead out of it."""
        folder = self._folder.resolve()
        try:
            return path.resolve().relative_to(folder).as_posix()
        except ValueError:
            message = f"`{written}` is outside of the folder of `{self.root_name}`"
            hint = "include only files that are in this folder or below it"
            raise IncludeRefused(message, hint) from None

    def _reaches(self, start: str, goal: str) -> bool:
        seen: set[str] = set()
        left = [start]
        while left:
            name = left.pop()
            if name == goal:
                return True
            if name not in seen:
                seen.add(name)
                left += self._includes.get(name, ())
        return False

    def _load(self, path: Path, name: str) -> TemplateFile:
        problems = Problems()
        source = load(path, problems)
        for problem in problems.sorted():
            raise IncludeRefused(problem.message, problem.hint)
        text = text_of(source.text)
        folder = os.path.dirname(name)

        def relative(found: re.Match[str]) -> str:
            written = found[2].strip().strip("\"'")
            return found[1] + os.path.normpath(os.path.join(folder, written)).replace("\\", "/")

        edits = [
            (found.start(), found.end(), relative(found))
            for found in _CONTEXT.finditer(text.content)
        ]
        return TemplateFile(source, _as_read(text.replaced(edits)))


def _as_read(text: Text) -> Text:
    """Lines end with a line feed, and includes keep the indentation of their line."""
    ends = [(found.start(), found.end(), "\n") for found in _LINE_END.finditer(text.content)]
    text = text.replaced(ends) if ends else text
    edits = []
    for found in _INCLUDE.finditer(text.content):
        before, left, statement, right = found.groups()
        width = f"{{%{left} filter indent_included({len(before)}) %}}"
        tag = f"{width}{{%{statement.replace('indent content', '')}%}}{{% endfilter {right}%}}"
        edits.append((found.start() + len(before), found.end(), tag))
    return text.replaced(edits) if edits else text
