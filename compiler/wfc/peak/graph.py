"""What `peak.connect` returns: who comes before whom, and whose output goes where.

Only for a workflow without an unknown parent and without a cycle is it complete.
"""

from __future__ import annotations

from wfc.frozen import frozen
from wfc.peak import syntax


@frozen
class Graph:
    """The steps as a graph without cycles (spec 11 §1.9, §1.10, §3.3).

    `order` has every step after all of its parents, else in the order of the file.  `parents` are
    those that were written and those that are implied by what a step reads of others, each once.
    `inherited` has for each inherited parameter the step that exports it, None where nobody does
    (the parameter is then empty), `compared` the step whose parameter a comparison reads.
    """

    order: tuple[syntax.Step, ...]
    parents: dict[syntax.Step, tuple[syntax.Step, ...]]
    inherited: dict[syntax.Inherited, syntax.Step | None]
    compared: dict[syntax.Comparison, syntax.Step]
