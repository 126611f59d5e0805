"""One try of a step, what its function in a generated module calls `step` (spec 11 §1.6 – §1.9)."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wfc_runtime.peak.auth import Auth
from wfc_runtime.peak.containers import NOT_RUN, contained, remove
from wfc_runtime.peak.failure import StepFailed, unusable
from wfc_runtime.peak.http import send
from wfc_runtime.peak.images import Started, started
from wfc_runtime.peak.lines import Lines
from wfc_runtime.peak.placeholders import filled
from wfc_runtime.peak.process import run_process
from wfc_runtime.peak.repository import Repository, clone
from wfc_runtime.peak.secrets import variable_of
from wfc_runtime.peak.workspace import is_inside

if TYPE_CHECKING:
    from wfc_runtime.peak.result import StepResult
    from wfc_runtime.peak.run import Run

LARGEST_VARIABLE = 128 * 1024 - 1
"""Bytes of `NAME=VALUE`, as Linux has it."""


class StepRun:
    """Does what a step does; every method raises StepFailed where that fails."""

    __slots__ = ("_result", "_run", "name")

    def __init__(self, run: Run, name: str, result: StepResult) -> None:
        self._run = run
        self._result = result
        self.name = name

    # -- inputs -----------------------------------------------------------------------------------

    def secret(self, name: str) -> str:
        """The value of a secret."""
        return self._run.secrets.value(name)

    def output(self, step: str, parameter: str) -> str:
        """An output parameter of a step that has ended; empty, and said so, where it has none."""
        found = self._run.outputs.get(step, {}).get(parameter)
        if found is None:
            self._log("WARNING", f"`{step}` has no output parameter `{parameter}`: it is empty")
        return found or ""

    def _inputs(self, env: Mapping[str, str], secrets: Sequence[str]) -> dict[str, str]:
        """The step's own, then secrets, then the run's parameters: later ones go before (§3.2)."""
        hidden = {variable_of(name): self.secret(name) for name in secrets}
        return {**env, **hidden, **self._run.params.of(self.name)}

    # -- actions ----------------------------------------------------------------------------------

    async def command(
        self,
        command: str,
        *,
        image: int | str | None = None,
        version: int | None = None,
        timeout: float | None = None,
        env: Mapping[str, str] | None = None,
        secrets: Sequence[str] = (),
        repository: Repository | None = None,
        outputs: Mapping[str, str] | None = None,
    ) -> None:
        """Runs a command by `sh -c` in the step's own folder.

        image       its id, which `Settings.images` knows
        version     of the image; only told to the command
        timeout     seconds, for each try
        secrets     names; each is a variable, see `variable_of`
        repository  is cloned into the folder before
        outputs     the files of the output parameters, by their names
        """
        await self._act(
            "standard",
            self._command(
                command, image, version, timeout, env or {}, secrets, repository, outputs or {}
            ),
        )

    async def http(
        self,
        method: str,
        url: str,
        *,
        payload: str | None = None,
        headers: Mapping[str, str] | None = None,
        auth: Auth | None = None,
        env: Mapping[str, str] | None = None,
        secrets: Sequence[str] = (),
        outputs: Sequence[str] = (),
    ) -> None:
        """Sends a request and succeeds if the answer's status is 2xx.

        payload  JSON; `{{name}}` in it stands for an input
        outputs  names of output parameters, each of which is the body of the answer
        """
        await self._act(
            "http",
            self._http(method, url, payload, headers or {}, auth, env or {}, secrets, outputs),
        )

    async def sql(self, query: str | Repository, *, env: Mapping[str, str] | None = None) -> None:
        """Runs a script on the warehouse: a file of `Settings.queries`, or of a repository."""
        await self._act("sql", self._sql(query, env or {}))

    async def export(
        self,
        schema: str,
        table: str,
        *,
        sort_by: str,
        descending: bool = False,
        compression: bool = False,
    ) -> None:
        """Writes a table of the warehouse to a CSV file in the step's folder."""
        await self._act("export", self._export(schema, table, sort_by, descending, compression))

    # -- how --------------------------------------------------------------------------------------

    async def _act(self, kind: str, work: Coroutine[None, None, None]) -> None:
        self._result.kind = kind
        try:
            await self._run.watched(self.name, kind, self._without_secrets(work))
        finally:
            await self._run.workspace.clear(self.name)

    async def _without_secrets(self, work: Coroutine[None, None, None]) -> None:
        """What a failure says may quote what a command or a server said."""
        try:
            await work
        except StepFailed as failure:
            said = self._run.secrets.redacted(str(failure))
            redacted = StepFailed(said, failure.exit_code, again=failure.again)
        else:
            return
        raise redacted  # out here, where the failure is no context of it

    async def _command(
        self,
        command: str,
        image_id: int | str | None,
        version: int | None,
        timeout: float | None,
        env: Mapping[str, str],
        secrets: Sequence[str],
        repository: Repository | None,
        outputs: Mapping[str, str],
    ) -> None:
        run, clock = self._run, self._run.execution.clock
        image = run.settings.images.find(image_id)
        variables = {**self._inputs(env, secrets), **self._platform(image_id, version)}
        for name, value in variables.items():
            if len(f"{name}={value}".encode("utf-8", "surrogatepass")) > LARGEST_VARIABLE:
                hint = "put it into a file, or into fewer words"
                raise unusable(f"the variable `{name}` is too large for a command", hint)
        folder = await run.workspace.prepare(self.name, image.files)
        if repository is not None:
            await self._clone(repository, folder)
        container = f"wfc-{run.execution.id}-{self.name}"
        if image.container is None:
            process = started(image, command, variables)
        else:
            process = await contained(image, command, variables, folder, container, clock)
        if run.goes_on or self._result.attempts > 1:
            await self._remove_container(process)
        lines = self._lines()
        try:
            code = await run_process(
                process.argv,
                folder=folder,
                env=process.env,
                clock=clock,
                timeout=timeout,
                feed=lines.feed,
                drain=run.drain,
            )
        except BaseException:  # the engine's client has ended, not the container
            await self._remove_container(process)
            raise
        finally:
            lines.end()
        self._keep_files(folder, outputs, failed=code != 0)
        if code == NOT_RUN and process.after is not None:
            message = f"exit code {code}, which is the engine's where it can run no container"
            raise StepFailed(f"{message}: see the log", code)
        if code:
            raise StepFailed(f"the command ended with exit code {code}", code)

    async def _remove_container(self, process: Started) -> None:
        """Says what may be left: that it cannot be removed must not hide why it should be."""
        if process.after is not None and (why := await remove(process, self._run.execution.clock)):
            by = " ".join(process.after)
            self._log("WARNING", f"a container may be left ({why}): remove it with `{by}`")

    def _keep_files(self, folder: Path, outputs: Mapping[str, str], *, failed: bool) -> None:
        found = {name: self._run.workspace.read(folder, file) for name, file in outputs.items()}
        for name, content in found.items():
            if content is None and not failed:
                missing = f"there is no file `{outputs[name]}`: the output parameter `{name}`"
                self._log("WARNING", f"{missing} is empty")
        # the newline that `echo` writes is not part of the value, as in the shell's $(…)
        kept = {name: it.removesuffix("\n") for name, it in found.items() if it is not None}
        self._run.keep(self.name, kept if failed else {name: kept.get(name, "") for name in found})

    async def _http(
        self,
        method: str,
        url: str,
        payload: str | None,
        headers: Mapping[str, str],
        auth: Auth | None,
        env: Mapping[str, str],
        secrets: Sequence[str],
        outputs: Sequence[str],
    ) -> None:
        inputs = self._inputs(env, secrets)
        what, answer = await send(
            self._run.execution, self._run.secrets, method, url, payload, headers, auth, inputs
        )
        self._log("INFO", what)
        self._run.keep(self.name, dict.fromkeys(outputs, answer))

    async def _sql(self, query: str | Repository, env: Mapping[str, str]) -> None:
        run = self._run
        folder, path = run.settings.queries, query
        if isinstance(query, Repository):
            cloned = await run.workspace.prepare(self.name, None)
            folder, path = await self._clone(query, cloned), query.file or ""
        file = folder / str(path).lstrip("/")
        try:
            if not is_inside(file, folder):
                hint = f"put it into `{folder}`"
                raise unusable(f"the script `{path}` is outside of the folder of scripts", hint)
            script = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise unusable(
                f"the script `{path}` cannot be read from `{folder}`",
                "put it there, or say with `--queries DIR` where SQL Explorer's scripts are",
            ) from None
        count = await run.warehouse.execute(
            filled(script, self._inputs(env, ())), run.execution.clock
        )
        self._log("INFO", f"{path}: {count} {'statement' if count == 1 else 'statements'}")

    async def _export(
        self, schema: str, table: str, sort_by: str, descending: bool, compression: bool
    ) -> None:
        run = self._run
        if not run.workspace.kept:
            raise unusable("an export has no place that stays", "give one with `--workdir DIR`")
        folder = await run.workspace.prepare(self.name, None)
        file, rows = await run.warehouse.export(
            schema,
            table,
            sort_by,
            folder,
            run.execution.clock,
            descending=descending,
            compression=compression,
        )
        self._log("INFO", f"{rows:,} {'row' if rows == 1 else 'rows'} in {file}")

    async def _clone(self, repository: Repository, folder: Path) -> Path:
        lines = self._lines()
        try:
            run = self._run
            return await clone(repository, folder, run.secrets, run.execution.clock, lines.feed)
        finally:
            lines.end()

    def _platform(self, image: int | str | None, version: int | None) -> dict[str, str]:
        """The platform's own variables; who runs the workflow may know better (spec 11 §3.2)."""
        run = self._run
        own = {
            "PEAK_WORKFLOW_ID": run.execution.workflow,
            "PEAK_WORKFLOW_NAME": run.name,
            "PEAK_STEP_ID": self.name,
            "PEAK_STEP_NAME": self.name,
            "PEAK_RUN_ID": run.execution.id,
            "PEAK_EXEC_ID": run.execution.id,
            "PEAK_RUNTIME": "workflow",
        }
        if image is not None:
            own["PEAK_IMAGE_ID"] = own["PEAK_IMAGE_NAME"] = str(image)
        if version is not None:
            own["PEAK_IMAGE_VERSION"] = str(version)
        return {**own, **run.platform}

    def _lines(self) -> Lines:
        return Lines(self._run.secrets, lambda line: self._log("DEFAULT", line))

    def _log(self, severity: str, text: str) -> None:
        self._run.log(self.name, severity, text)
