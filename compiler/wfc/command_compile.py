"""`wfc compile`: in, file names; out, a Python module for each, or none when one has an error."""

from __future__ import annotations

import keyword
import os
import re
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wfc.bundle import bundle_runtime, check_bundle
from wfc.exit_codes import exit_code
from wfc.load import load
from wfc.pipeline import compile_source
from wfc.problems import Problem, Problems
from wfc.render import render_files
from wfc.source import Source
from wfc.terminal import tell, wants_colour
from wfc.wrong_use import WrongUse

_MARKER = b", compiled by wfc "
"""In the first line of every module that this compiler wrote."""

_TAKEN = sys.stdlib_module_names | {"wfc_runtime", "aiohttp", "google", "re2", "requests", "tzdata"}
"""Modules that a file of the same name in the same folder would hide from the runtime."""


def compile_files(
    files: Sequence[str],
    *,
    directory: str | None,
    stdout: bool,
    bundle: bool,
    accounting: bool,
    history: bool,
    terraform: bool,
    values: Mapping[str, Any],
) -> int:
    """Writes all modules, or nothing where a file has an error."""
    if stdout and (len(files) > 1 or bundle or directory is not None):
        raise WrongUse("--stdout takes one file, and neither --output nor --bundle")
    if directory == "-":
        raise WrongUse("`--output` names a folder", "  = hint: `--stdout` prints the module")
    outputs = [] if stdout else _outputs(files, directory)
    folders = sorted({output.parent for output in outputs}) if bundle else []
    for folder in folders:
        check_bundle(folder)
    modules: list[str] = []
    found: list[tuple[Source, Sequence[Problem]]] = []
    for file in files:
        source, module, problems = compile_file(
            file, accounting=accounting, history=history, terraform=terraform, values=values
        )
        found.append((source, problems))
        if module is not None:
            modules.append(module)
    print(render_files(found, colour=wants_colour(sys.stderr)), end="", file=sys.stderr)
    code = exit_code(problem for _, problems in found for problem in problems)
    if code:
        if len(files) > 1:
            tell("nothing was written")
        return code
    if stdout:
        print(modules[0], end="")
        return 0
    for output, module, file in zip(outputs, modules, files, strict=True):
        _write(output, module)
        tell(f"wrote {output}{_renamed(file, output)}")
    for folder in folders:
        tell(f"wrote {bundle_runtime(folder)}")
    return 0


def compile_file(
    file: str,
    *,
    accounting: bool,
    terraform: bool,
    call_log: bool = False,
    history: bool = False,
    layout: bool = True,
    values: Mapping[str, Any] | None = None,
) -> tuple[Source, str | None, Sequence[Problem]]:
    """The source under the name that was typed, its module unless it has errors, its problems."""
    problems = Problems()
    source = load(Path(file), problems)
    if problems:
        return source, None, problems.sorted()
    compiled = compile_source(
        source,
        terraform=terraform,
        accounting=accounting,
        call_log=call_log,
        history=history,
        layout=layout,
        values=values,
    )
    if compiled.peak and history:
        raise WrongUse(f"`{file}` is one of Peak's workflows, which `--history` is not for")
    return source, compiled.module, compiled.problems


def module_name(file: str) -> str:
    """The name under which the module of `file` can be imported: `my-order.yaml` -> `my_order`."""
    name = unicodedata.normalize("NFKC", re.sub(r"\W", "_", Path(file).stem))
    name = name if name.isidentifier() else f"_{name}"
    return f"{name}_" if keyword.iskeyword(name) or name in _TAKEN else name


def _outputs(files: Sequence[str], directory: str | None) -> list[Path]:
    """The file each input is written to; refused where that would destroy something."""
    written: dict[str, str] = {}
    outputs = []
    for file in files:
        folder = Path(file).parent if directory is None else Path(directory)
        output = folder / f"{module_name(file)}.py"
        key = str(output.absolute()).casefold()  # some file systems do not tell cases apart
        if key in written:
            raise WrongUse(f"`{written[key]}` and `{file}` would both be written to `{output}`")
        written[key] = file
        if os.path.lexists(output) and not _generated(output):
            raise WrongUse(
                f"`{output}` was not written by wfc and is not overwritten",
                "  = hint: move it away, or write to another folder with `--output DIR`",
            )
        outputs.append(output)
    return outputs


def _generated(output: Path) -> bool:
    try:
        with output.open("rb") as file:
            return _MARKER in file.readline(10_000)
    except OSError:
        return False


def _write(output: Path, module: str) -> None:
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(module, encoding="utf-8", newline="\n")
    except (FileExistsError, NotADirectoryError):
        raise WrongUse(f"cannot write `{output}`: `{output.parent}` is not a folder") from None
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise WrongUse(f"cannot write `{output}`: {why}") from None


def _renamed(file: str, output: Path) -> str:
    name = Path(file).stem
    if output.stem == name:
        return ""
    why = "is a name Python itself uses" if name.isidentifier() else "is no Python name"
    return f": `{name}` {why}"
