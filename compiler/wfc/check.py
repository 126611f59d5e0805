"""All rules that need the whole tree and its names; only reports, changes nothing.

Errors are what the service refuses to deploy (spec 09 §3, and 01–04, 07); what it would find only
at run time is a warning, and only where it is certain.
"""

from __future__ import annotations

from wfc import syntax
from wfc.checks.arguments import arguments
from wfc.checks.calls import calls
from wfc.checks.conditions import conditions
from wfc.checks.connectors import connectors
from wfc.checks.jumps import jumps
from wfc.checks.limits import limits
from wfc.checks.operators import operators
from wfc.checks.parallel import parallel
from wfc.checks.requests import requests
from wfc.checks.retry import retry
from wfc.checks.text import text
from wfc.checks.types import certain_types
from wfc.checks.variables import variables
from wfc.names import Names
from wfc.problems import Problems
from wfc.source import Source


def check(source: Source, workflow: syntax.Workflow, names: Names, problems: Problems) -> None:
    limits(source, problems)
    jumps(workflow, names, problems)
    variables(workflow, names, problems)
    parallel(workflow, names, problems)
    calls(source, workflow, names, problems)
    types = certain_types(source, workflow, names)
    requests(workflow, names, types, problems)
    arguments(workflow, names, types, problems)
    connectors(workflow, names, types, problems)
    retry(workflow, names, types, problems)
    conditions(source, workflow, types, problems)
    operators(source, workflow, types, problems)
    text(source, workflow, names, problems)
