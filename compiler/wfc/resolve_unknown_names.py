"""A name that means nothing where it stands -> the problem that explains it best."""

from __future__ import annotations

from bisect import bisect
from typing import assert_never

from wfc import library, syntax
from wfc.names import Binding, Names, Scope
from wfc.problems import Label, Problems
from wfc.resolve_jumps import StepTable
from wfc.similar import Speller
from wfc.source import Span

_NULLS = ("None", "Null", "NULL", "nil", "undefined")
_ARGUMENTS = ("args", "argument", "arguments", "data", "event", "input", "params", "payload")
_ERRORS = ("e", "err", "error", "ex", "exc", "exception")


class UnknownNames:
    """Reports names; `resolve_reads` has found that they are neither variables nor routines."""

    def __init__(
        self, workflow: syntax.Workflow, names: Names, table: StepTable, problems: Problems
    ) -> None:
        self.table = table
        self.problems = problems
        self.speller = Speller()
        self.hyphenated: dict[syntax.Name, str] = {}
        self.owners: dict[str, Binding] = {}
        self.bindings: dict[tuple[syntax.Routine, str], list[Binding]] = {}
        for scope in names.scopes.values():
            for name, binding in scope.bindings.items():
                self.owners.setdefault(name, binding)
                self.bindings.setdefault((scope.routine, name), []).append(binding)
        for bindings in self.bindings.values():
            bindings.sort(key=lambda binding: binding.origin)

    def report(self, name: syntax.Name, scope: Scope, returned_by: syntax.Step | None) -> None:
        """An unknown name in an expression; `returned_by` is the step if it is in a `return`."""
        if self._elsewhere(name.name, name.span, scope):
            return
        if name.name in library.FUNCTIONS or name.name in library.MODULES:
            self.report_library(name.name, name.span)
            return
        note = f"symbol '{name.name}' is neither a variable nor a sub-workflow name"
        if returned_by is not None:  # the one place whose whole text is known (spec 09 §2)
            note = (
                f"failed to build: error in step {returned_by.name}: "
                f"error evaluating return value: {note}"
            )
        hint, others = self._advice(name.name, scope)
        if name in self.hyphenated:
            hint, others = f'write `["{self.hyphenated[name]}"]` for a key with `-` in it', []
        routine = scope.routine
        if name.name in _ARGUMENTS and routine.name == "main" and not routine.parameters:
            hint = (
                hint or f"to receive the workflow's argument, add `params: [{name.name}]` to `main`"
            )
        message = f"`{name.name}` is neither a variable nor a routine"
        self.problems.add("WFC201", message, name.span, others=others, hint=hint, note=note)

    def note_hyphens(self, difference: syntax.Binary) -> None:
        """`reply.headers.Content-Type`, which subtracts a variable from a field."""
        here: syntax.Expression = difference
        names: list[syntax.Name] = []
        while isinstance(here, syntax.Binary) and isinstance(here.right, syntax.Name):
            if here.operator != "-" or here.left.span.end + 1 != here.right.span.start:
                return
            names.append(here.right)
            here = here.left
        if isinstance(here, syntax.Member):
            key = "-".join([here.name, *(name.name for name in reversed(names))])
            for name in names:
                self.hyphenated.setdefault(name, key)

    def report_target(self, variable: syntax.Variable, scope: Scope) -> None:
        """A part of something that does not exist is assigned: `m.k: v` without an `m`."""
        if self._elsewhere(variable.name, variable.span, scope):
            return
        hint, others = self._advice(variable.name, scope)
        self.problems.add(
            "WFC201",
            f"nothing assigns the variable `{variable.name}` as a whole",
            variable.span,
            "only a part of it is assigned",
            others=others,
            hint=hint or f"assign it first: `- {variable.name}: {{}}`",
        )

    def report_library(self, name: str, span: Span) -> None:
        """A library function, value or module where a value is needed."""
        function = library.FUNCTIONS.get(name)
        if function is not None:
            what = "a library function, not a value"
            parameters = ", ".join(part.name for part in function.parameters if part.required)
            hint = f"call it: `{name}({parameters})`"
            if function.blocking:
                hint = f"write `call: {name}`"
        elif name in library.VALUES:
            what = "of use only in a `retry`"
            hint = f"write it in the `try` step: `retry: ${{{name}}}`"
        else:
            what = "a library module, not a variable"
            functions = [known for known in library.FUNCTIONS if known.rpartition(".")[0] == name]
            hint = f"call one of its functions, such as `{functions[0]}`" if functions else ""
        self.problems.add("WFC206", f"`{name}` is {what}", span, hint=hint)

    def misspelt_library(self, name: str, span: Span, routine: syntax.Routine) -> bool:
        """Reports `http.default_retries`, unless `http` is a variable in another block."""
        module = name.partition(".")[0]
        if module not in library.MODULES or (routine, module) in self.bindings:
            return False
        meant = self.speller.similar(name, (*library.VALUES, *library.FUNCTIONS))
        if meant:
            message = f"`{name}` is not in the library module `{module}`"
            self.problems.add("WFC206", message, span, hint=f"did you mean `{meant}`?")
        return bool(meant)

    def _elsewhere(self, name: str, span: Span, scope: Scope) -> bool:
        """Reports a name of a block that `scope` does not see into (spec 02 §4)."""
        same = self.bindings.get((scope.routine, name))
        if not same:
            return False
        before = bisect(same, span, key=lambda binding: binding.origin)
        binding = same[max(before - 1, 0)]
        branch = _sibling(binding.scope, scope)
        if branch is not None:
            self.problems.add(
                "WFC209",
                f"`{name}` is assigned only in another branch",
                span,
                "not visible in this branch",
                others=[Label(binding.origin, f"assigned in branch `{branch.name}`")],
                hint=f"move this into the branch `{branch.name}`, after the assignment",
            )
            return True
        block, hint = _block(binding)
        what = "defined here" if binding.kind in ("loop", "error") else "assigned here"
        self.problems.add(
            "WFC202",
            f"`{name}` exists only inside the {block}",
            span,
            "used outside",
            others=[Label(binding.origin, what)],
            hint=hint,
        )
        return True

    def _advice(self, name: str, scope: Scope) -> tuple[str, list[Label]]:
        """What may have been meant by a name that this routine does not define."""
        routine = scope.routine
        if name in _NULLS:
            return "write `null`", []
        if name == "var":
            return "if Terraform fills this in, check the text that it renders", []
        for step in self.table[routine].get(name, [])[:1]:
            match step.action:
                case syntax.CallStep(result=syntax.Variable(name=result)):
                    hint = f"the result of the step is in `{result}`"
                case syntax.CallStep():
                    hint = f"to keep the result of the step, add `result: {name}` to it"
                case _:
                    hint = ""
            return hint, [Label(step.name_span, "a step, not a variable")]
        similar = self.speller.similar(name, scope.visible())
        if similar and similar.lower() == name.lower():
            return f"did you mean `{similar}`?", []
        owner = self.owners.get(name)
        if owner is not None and routine.name != "main":
            what = f"a variable of `{owner.scope.routine.name}`, not of `{routine.name}`"
            hint = f"pass it on: add `{name}` to the `params` of `{routine.name}`"
            return hint, [Label(owner.origin, what)]
        if binding := scope.find(similar):
            return f"did you mean `{similar}`?", [Label(binding.origin, "a similar name")]
        return self._error_hint(name, scope)

    @staticmethod
    def _error_hint(name: str, scope: Scope) -> tuple[str, list[Label]]:
        """Inside an `except`, a usual name of the error that it does not have."""
        around = [outer for outer in scope.outward() if outer.kind == "except"]
        if name not in _ERRORS or not around:
            return "", []
        for binding in around[0].bindings.values():
            if binding.kind == "error":
                hint = f"did you mean `{binding.name}`?"
                return hint, [Label(binding.origin, "the name of the error")]
        return f"to receive the error, add `as: {name}` to the `except`", []


def _sibling(defining: Scope, reading: Scope) -> syntax.Branch | None:
    """The branch that defines a name, when another branch of the same step reads it."""
    read_in = {scope.parallel: scope for scope in reading.outward()}
    for scope in defining.outward():
        if isinstance(scope.owner, syntax.Branch):
            other = read_in.get(scope.parallel, scope)
            if other is not scope:
                return scope.owner
    return None


def _block(binding: Binding) -> tuple[str, str]:
    """The block that a variable is local to, and how to get its value out."""
    name = binding.name
    if binding.kind in ("loop", "error"):
        block = "`except` that catches it" if binding.kind == "error" else "loop over it"
        return block, "inside it, copy the value to a variable that is also assigned before it"
    match binding.scope.kind:
        case "for":
            return "loop that assigns it", f"assign it before the loop too: `- {name}: null`"
        case "except":
            return "`except` that assigns it", f"assign it before the `try` too: `- {name}: null`"
        case "branch" | "iteration":
            return "parallel step that assigns it", (
                f"assign it before the parallel step and share it: `shared: [{name}]`"
            )
        case "routine":
            raise AssertionError("a routine sees its own variables")
        case _:
            assert_never(binding.scope.kind)
