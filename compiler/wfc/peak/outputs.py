"""What goes into a step and comes out of it, whatever kind of step it is."""

from __future__ import annotations

from wfc.peak import syntax


def inputs_of(step: syntax.Step) -> syntax.Inputs:
    """`parameters`; an export has none."""
    match step.action:
        case syntax.Export():
            return syntax.Inputs()
        case action:
            return action.inputs


def outputs_of(step: syntax.Step) -> tuple[syntax.Output, ...]:
    """`outputParameters`, which only standard and http steps have."""
    match step.action:
        case syntax.Standard() | syntax.Http() as action:
            return action.outputs
        case _:
            return ()
