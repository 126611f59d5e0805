"""peak.syntax.Workflow -> peak.graph.Graph: which steps come before which (spec 11 §1.9, §1.10).

Besides the parents that are written a step has those that it reads something of: whose output
parameter it inherits or compares, whose status it asks for (the samples of Peak's SDK rely on it).
Reports unknown and ambiguous names and cycles.
"""

from __future__ import annotations

from heapq import heappop, heappush

from wfc.parse_shapes import short
from wfc.peak import syntax
from wfc.peak.graph import Graph
from wfc.peak.outputs import inputs_of, outputs_of
from wfc.problems import Label, Problems
from wfc.similar import Speller


def connect(workflow: syntax.Workflow, problems: Problems) -> Graph:
    """The graph; it is complete where no error has been reported."""
    connector = _Connector(workflow, problems)
    for step in workflow.steps:
        connector.written(step)
    for step in workflow.steps:
        connector.conditions(step)
        connector.inheritance(step)
    order = _ordered(workflow.steps, connector.parents)
    if len(order) < len(workflow.steps):
        _report_cycles(workflow.steps, order, connector.parents, problems)
    return Graph(
        tuple(order),
        {step: tuple(parents) for step, parents in connector.parents.items()},
        connector.inherited,
        connector.compared,
    )


class _Connector:
    """What is known of who comes before whom; `parents` has the place that says so."""

    def __init__(self, workflow: syntax.Workflow, problems: Problems) -> None:
        self.steps = {step.name.text: step for step in workflow.steps}
        self.exporters: dict[str, list[syntax.Step]] = {}
        for step in workflow.steps:
            for name in dict.fromkeys(output.name.text for output in outputs_of(step)):
                self.exporters.setdefault(name, []).append(step)
        self.problems = problems
        self.speller = Speller()
        self.parents: dict[syntax.Step, dict[syntax.Step, syntax.Word]] = {
            step: {} for step in workflow.steps
        }
        self.inherited: dict[syntax.Inherited, syntax.Step | None] = {}
        self.compared: dict[syntax.Comparison, syntax.Step] = {}

    def written(self, step: syntax.Step) -> None:
        for word in step.parents:
            parent = self._step(word, step)
            if parent is not None:
                self.parents[step].setdefault(parent, word)

    def conditions(self, step: syntax.Step) -> None:
        for comparison in step.comparisons:
            missing = not comparison.step.text  # which has been reported
            other = None if missing else self._step(comparison.step, step)
            if other is None:
                continue
            self._implied(step, other, comparison.step, "compares an output of")
            self.compared[comparison] = other
            names = [output.name.text for output in outputs_of(other)]
            name = comparison.parameter
            if name.text not in names and name.text:
                meant = self.speller.similar(name.text, names)
                message = f"`{short(other.name.text)}` has no output parameter `{short(name.text)}`"
                hint = f"did you mean `{meant}`?" if meant else _export(other, name.text)
                others = [Label(other.name.span, "the step")]
                self.problems.add("WFC734", message, name.span, others=others, hint=hint)
        for status in step.statuses:
            for word in status.parents:
                other = self._step(word, step)
                if other is not None:
                    self._implied(step, other, word, "asks for the status of")

    def inheritance(self, step: syntax.Step) -> None:
        """A parent that exports the name, else any other step that does (a guess of spec 11)."""
        for inherited in inputs_of(step).inherit:
            name = inherited.output
            sources = self.exporters.get(name.text, [])
            near = [one for one in sources if one in self.parents[step]]
            found = near or [one for one in sources if one is not step]
            self.inherited[inherited] = found[0] if found else None
            if len(found) > 1:
                self._ambiguous(name, found, bool(near))
            elif not found:
                self._nobody(step, name)
            elif not near:
                self._implied(step, found[0], name, "inherits an output of")

    def _step(self, word: syntax.Word, of: syntax.Step) -> syntax.Step | None:
        """The step that is named; an unknown one is reported."""
        found = self.steps.get(word.text)
        if found is None:
            names = (name for name in self.steps if name != of.name.text)
            meant = self.speller.similar(word.text, names)
            hint, others = "", []
            if meant:
                hint = f"did you mean `{meant}`?"
                others = [Label(self.steps[meant].name.span, "a step with a similar name")]
            message = f"no step is named `{short(word.text)}`"
            self.problems.add("WFC731", message, word.span, others=others, hint=hint)
        return found

    def _implied(self, step: syntax.Step, other: syntax.Step, word: syntax.Word, why: str) -> None:
        if other in self.parents[step]:
            return
        self.parents[step][other] = word
        if other is step:
            return  # a cycle, and reported as one
        names = f"`{short(step.name.text)}` {why} `{short(other.name.text)}`"
        parents = ", ".join(short(parent.text) for parent in (*step.parents, other.name))
        self.problems.add(
            "WFC804",
            f"{names}, which is not among its parents",
            word.span,
            hint=f"write `parents: [{parents}]`",
            note="it waits for this step as if it were a parent",
        )

    def _ambiguous(self, name: syntax.Word, found: list[syntax.Step], parents: bool) -> None:
        names = " and ".join(f"`{short(one.name.text)}`" for one in found)
        hint = "give each a name of its own"
        self.problems.add(
            "WFC733",
            f"`{short(name.text)}` is an output parameter of {names}",
            name.span,
            others=[
                Label(output.name.span, "exported here")
                for one in found
                for output in outputs_of(one)
                if output.name.text == name.text
            ],
            hint=hint if parents else "name the step that is meant in `parents`",
        )

    def _nobody(self, step: syntax.Step, name: syntax.Word) -> None:
        names = (other for other, steps in self.exporters.items() if steps != [step])
        meant = self.speller.similar(name.text, names)
        hint = "export it in `outputParameters` of a parent"
        self.problems.add(
            "WFC803",
            f"no other step has an output parameter `{short(name.text)}`",
            name.span,
            hint=f"did you mean `{meant}`?" if meant else hint,
            note="the variable is empty when the step runs",
        )


def _export(step: syntax.Step, name: str) -> str:
    """How to export what is missing, where such a step can."""
    file = "response.txt" if isinstance(step.action, syntax.Http) else "output.txt"
    if not isinstance(step.action, syntax.Standard | syntax.Http):
        return "only standard and http steps have output parameters"
    return f"add it to `{short(step.name.text)}`:\noutputParameters:\n  {short(name)}: {file}"


Parents = dict[syntax.Step, dict[syntax.Step, syntax.Word]]


def _ordered(steps: tuple[syntax.Step, ...], parents: Parents) -> list[syntax.Step]:
    """Every step after all of its parents, else as written; none that a cycle keeps waiting."""
    position = {step: number for number, step in enumerate(steps)}
    waiting = {step: len(parents[step]) for step in steps}
    children: dict[syntax.Step, list[syntax.Step]] = {step: [] for step in steps}
    for step in steps:
        for parent in parents[step]:
            children[parent].append(step)
    ready = [position[step] for step in steps if not waiting[step]]
    order = []
    while ready:
        step = steps[heappop(ready)]
        order.append(step)
        for child in children[step]:
            waiting[child] -= 1
            if not waiting[child]:
                heappush(ready, position[child])
    return order


def _report_cycles(
    steps: tuple[syntax.Step, ...],
    order: list[syntax.Step],
    parents: Parents,
    problems: Problems,
) -> None:
    """One problem a cycle, spelled out as `a → b → a`: each waits for the next."""
    free = set(order)
    seen = set(order)
    for step in steps:
        path: list[syntax.Step] = []
        at = step
        while at not in seen:
            seen.add(at)
            path.append(at)
            at = next(parent for parent in parents[at] if parent not in free)
        if at not in path:
            continue  # it is free, or leads to a cycle that has been reported
        cycle = path[path.index(at) :]
        start = min(range(len(cycle)), key=lambda number: cycle[number].name.span)
        _report_cycle([*cycle[start:], *cycle[:start]], parents, problems)


def _report_cycle(cycle: list[syntax.Step], parents: Parents, problems: Problems) -> None:
    circle = [*cycle, cycle[0]]
    names = " → ".join(short(step.name.text) for step in circle)
    first, *others = (
        parents[step][following].span for step, following in zip(cycle, circle[1:], strict=True)
    )
    what = "steps wait for each other" if others else "a step waits for itself"
    problems.add(
        "WFC732",
        f"{what}: `{names}`",
        first,
        "waits for this step" if others else "",
        others=[Label(span, "which waits for this one") for span in others],
        hint="remove one of these names" if others else "remove this name",
    )
