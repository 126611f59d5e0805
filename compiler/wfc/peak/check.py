"""Rules that need the whole workflow; only reports, changes nothing (spec 11 §1, §2)."""

from __future__ import annotations

from wfc.parse_shapes import short
from wfc.peak import syntax
from wfc.problems import Problems
from wfc.similar import Speller


def check(workflow: syntax.Workflow, problems: Problems) -> None:
    names = [image.name.text for image in workflow.images]
    for step in workflow.steps:
        match step.action:
            case syntax.Standard(image=syntax.ImageReference(name)) if name.text not in names:
                meant = Speller().similar(name.text, names)
                hint = f"did you mean `{meant}`?" if meant else "describe it in `config.images`"
                message = f"`config.images` has no image `{short(name.text)}`"
                problems.add("WFC743", message, name.span, hint=hint)
            case _:
                pass
