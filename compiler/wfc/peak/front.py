"""A file of Peak's -> its tree and graph, or its problems: all passes of the front on one screen.

│  template    rendered.Rendered      where the file is a template, with its values
▼  read        nodes.Node             as in the first language
▼  recognise   recognise.Recognised   which language it is
▼  parse       peak.syntax.Workflow   what the author wrote
▼  connect     peak.graph.Graph       who waits for whom, whose output goes where
▼  check       –                      problems only
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wfc.frozen import frozen_value
from wfc.parse_shapes import head
from wfc.peak import syntax
from wfc.peak.check import check
from wfc.peak.connect import connect
from wfc.peak.graph import Graph
from wfc.peak.parse import parse
from wfc.peak.recognise import Recognised, recognise
from wfc.problems import Problem, Problems
from wfc.read import read
from wfc.read_text import Text
from wfc.source import Source, Span


@frozen_value
class Checked:
    """All that the back end needs of a workflow without errors."""

    workflow: syntax.Workflow
    graph: Graph


def front(found: Recognised, problems: Problems) -> Checked | None:
    """Parse, connect, check; None where there is an error."""
    workflow = parse(found, problems)
    graph = connect(workflow, problems)
    check(workflow, problems)
    return None if problems.has_errors() else Checked(workflow, graph)


def front_template(
    source: Source, values: Mapping[str, Any]
) -> tuple[list[Problem], Checked | None]:
    """A template rendered and read as any file: its problems by place, and what is checked.

    Problems are looked for in the rendered text, then told of the template with a note of what was
    rendered; the tree is made once more, with its places in the template.
    """
    from wfc.peak.template import template  # which loads jinja2

    problems = Problems()
    text = template(source, values, problems)
    if text is None:
        return problems.sorted(), None
    inside = Problems()
    checked = _front(text.source(), inside)
    located = map(text.located, inside.sorted())  # of a loop the same for each time round
    found = dict.fromkeys([*problems.sorted(), *located])
    if checked is not None:
        checked = _front(source, Problems(), text.text())
    return sorted(found, key=lambda problem: (problem.label.span, problem.code)), checked


def _front(source: Source, problems: Problems, rendered: Text | None = None) -> Checked | None:
    node = read(source, problems, rendered=rendered)
    found = None if node is None else recognise(source, node, problems)
    if found == "google":
        message = "this template renders to no workflow of Peak's"
        problems.add("WFC701", message, head(node) if node is not None else Span(0, 0))
        return None
    return None if found is None else front(found, problems)
