"""What may import what, and how long a file may be: the rules of ARCHITECTURE.md."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COMPILER, RUNTIME = ROOT / "compiler" / "wfc", ROOT / "runtime" / "wfc_runtime"
SERVICE = ROOT / "service" / "wfc_service"

# A module imports from its own line and from those above.  A name stands for its helpers too:
# `read` for `read_json`, `checks` for `checks.calls`.
LAYERS = """
    version frozen source visible similar library literals tokens codes wrong_use
    problems exit_codes discovery unknown_connector
    nodes syntax names graph shape types pytree
    walk weigh
    read
    expressions mistakes foreign parse
    resolve
    check checks
    flow dominators reach checks.unreached
    structure simplify dispatch tidy
    infer alias callgraph spell
    lower
    print positions
    pipeline
    render excerpt load reference explain terminal
    command bundle failure inputs live __init__ __main__
"""

SERVICE_LAYERS = """
    errors times
    names records messages columns
    schema database tables engine
    resources fields checks masks partial filters ordering deploy
    listing service
    operations locations
    workflows
    executions
    callbacks step_entries pubsub export
    methods
    openapi
    rest grpc_api __init__
"""

ONLY_IN = {  # who may import which library
    "lark": ("expressions",),
    "wfc_grammar": ("expressions",),
    "googleapiclient": ("discovery",),
    "yaml": ("read",),
    "jinja2": ("print",),
    "black": ("print",),
    "typer": ("command_line",),
    "rich": ("live",),
    "wfc_runtime": ("command_children", "command_run", "failure", "inputs", "live", "reference"),
}

SERVICE_ONLY_IN = {
    "lark": ("filters",),
    "starlette": ("rest",),
    "grpc": ("grpc_api",),
    "google": ("grpc_api",),
    "wfc": ("deploy",),
}


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Every module that a file imports, by its full name, and what to say of that line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=aliases):
                names = [alias.name for alias in aliases]
            case ast.ImportFrom(module="wfc", names=aliases):  # these are modules
                names = [f"wfc.{alias.name}" for alias in aliases]
            case ast.ImportFrom(module=str(module), level=0):
                names = [module]
            case ast.ImportFrom():
                names = ["something by a relative path"]
            case _:
                continue
        for name in names:
            yield name, f"{path.relative_to(ROOT)}:{node.lineno} imports {name}"


def modules(package: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(package.rglob("*.py")):
        yield ".".join(path.relative_to(package).with_suffix("").parts), path


def stands_for(name: str, module: str) -> bool:
    return module == name or module.startswith((f"{name}_", f"{name}."))


def layer(module: str, layers: str = LAYERS) -> int:
    """The line of `layers` with the longest name that stands for a module."""
    lines = layers.strip().splitlines()
    found = [
        (len(name), number)
        for number, line in enumerate(lines)
        for name in line.split()
        if stands_for(name, module)
    ]
    assert found, f"{module}.py has no place in the table of layers"
    return max(found)[1]


def test_passes_import_only_what_comes_before_them() -> None:
    wrong = [
        place
        for module, path in modules(COMPILER)
        for name, place in imports(path)
        if name.startswith("wfc.") and layer(name.removeprefix("wfc.")) > layer(module)
    ]
    assert wrong == []


def test_the_service_imports_only_what_comes_before() -> None:
    wrong = [
        place
        for module, path in modules(SERVICE)
        for name, place in imports(path)
        if name.startswith("wfc_service.")
        and layer(name.removeprefix("wfc_service."), SERVICE_LAYERS) > layer(module, SERVICE_LAYERS)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("package", "owners"), [(COMPILER, ONLY_IN), (SERVICE, SERVICE_ONLY_IN)], ids=["wfc", "service"]
)
def test_each_library_is_imported_in_one_place(
    package: Path, owners: dict[str, tuple[str, ...]]
) -> None:
    wrong = [
        place
        for module, path in modules(package)
        for name, place in imports(path)
        if (top := name.partition(".")[0]) not in sys.stdlib_module_names | {package.name}
        and not any(stands_for(owner, module) for owner in owners.get(top, ()))
    ]
    assert wrong == []


def test_the_compiler_sees_only_the_public_face_of_the_runtime() -> None:
    wrong = [
        place
        for _, path in modules(COMPILER)
        for name, place in imports(path)
        if stands_for("wfc_runtime", name) and name != "wfc_runtime.v1"
    ]
    assert wrong == []


def test_the_runtime_imports_nothing_of_the_compiler() -> None:
    allowed = sys.stdlib_module_names | {"wfc_runtime", "aiohttp", "google", "re2", "tzdata"}
    wrong = [
        place
        for _, path in modules(RUNTIME)
        for name, place in imports(path)
        if name.partition(".")[0] not in allowed
    ]
    assert wrong == []


def test_a_module_that_makes_no_request_does_not_load_aiohttp() -> None:
    program = "import sys, wfc_runtime.v1; print(*sorted(sys.modules), sep='\\n')"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert "wfc_runtime.v1" in loaded
    heavy = {"aiohttp", "google", "wfc", "lark", "yaml", "jinja2", "black", "typer"}
    assert not heavy & set(loaded)


def test_no_file_is_longer_than_400_lines() -> None:
    folders = ("compiler", "runtime", "grammar", "service")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    lengths = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {path: length for path, length in lengths.items() if length > 400} == {}
