"""Terraform's template escapes: `$${a}` is `${a}` and `%%{` is `%{` in the deployed workflow.

A workflow that lives in a Terraform file or template is escaped like that; what is not escaped is
Terraform's own placeholder, whose value nobody knows here.
"""

from __future__ import annotations

import re

from wfc.problems import Problems
from wfc.read_text import Text

_MARK = re.compile(r"\$\$\{|%%\{|\$\{")


def read_terraform(text: Text, problems: Problems) -> Text:
    """The text unescaped; reports Terraform's placeholders."""
    escapes = []
    placeholders = []
    for mark in _MARK.finditer(text.content):
        if mark.group() == "${":
            placeholders.append(mark.start())
        else:
            second = mark.start() + 1  # the first stays, so that spans begin at it
            escapes.append((second, second + 1, ""))
    if placeholders:
        first = placeholders[0]
        problems.add(
            "WFC030",
            "`${` without a second `$` is a placeholder that only Terraform can fill in",
            text.span(first, first + 2),
            f"the first of {len(placeholders)}" if len(placeholders) > 1 else "",
            hint="check the text that Terraform renders, without `--terraform`",
        )
    return text.replaced(escapes)
