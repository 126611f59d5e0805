"""Whether a step runs: in go it and how the steps before it ended, out comes why it does not.

The rules in the order in which they are asked (spec 11 §1.10, §3.1, §3.3; what these leave open is
decided here):

1. a step before it failed, or could not run because of a failure, and no condition of the step is
   about how that one ended: it is blocked;
2. it was not asked for: taken as if it had succeeded;
3. it, or a step before it, has `skipDAG`: cut;
4. it has `skip`: taken as if it had succeeded;
5. a condition does not hold: not taken.  What is about steps that nobody asked for holds;
6. there are steps before it, and none of them was taken: not taken.
"""

from __future__ import annotations

from collections.abc import Collection

from wfc_runtime.peak.steps import Condition, Ended, Ending, Endings, Outputs, Step


def decide(
    step: Step, endings: Endings, outputs: Outputs, asked: Collection[str]
) -> tuple[Ending, str] | None:
    """The ending of a step that does not run, and why; None if it runs.

    All steps before it have ended; `asked` are the steps that shall run.
    """
    watched = {name for each in step.when if isinstance(each, Ended) for name in each.steps}
    for name in step.after:
        if endings[name] == "failed" and name not in watched:
            return "blocked", f"`{name}` failed"
        if endings[name] == "blocked" and name not in watched:
            return "blocked", f"`{name}` did not run because of a failure"
    if step.name not in asked:
        return "passed", "not among the steps to run"
    if step.skip_dag:
        return "cut", "`skipDAG` is set"
    for name in step.after:
        if endings[name] == "cut":
            return "cut", f"`{name}` was skipped with all that depends on it"
    if step.skip:
        return "passed", "`skip` is set"
    for condition in step.when:
        if _is_about(condition, asked) and not condition.holds(endings, outputs):
            return "not taken", f"its condition does not hold: {condition}"
    if step.after and all(endings[name] == "not taken" for name in step.after):
        return "not taken", "no step before it ran"
    return None


def _is_about(condition: Condition, asked: Collection[str]) -> bool:
    """Whether it can be asked: a step takes those that nobody asked for as satisfied."""
    return all(name in asked for name in condition.steps)
