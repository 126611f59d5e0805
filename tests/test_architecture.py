"""What may import what, and how long a file may be: the rules of ARCHITECTURE.md."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COMPILER, RUNTIME = ROOT / "compiler" / "wfc", ROOT / "runtime" / "wfc_runtime"
SERVICE, CLIENT = ROOT / "service" / "wfc_service", ROOT / "client" / "wfc_client"
PACKAGES = ["compiler", "service", "client"]

# A module imports from its own line and from those above.  A name stands for its helpers too:
# `read` for `read_json`, `checks` for `checks.calls`.
LAYERS = """
    version frozen source visible similar library literals tokens codes stopped
    problems exit_codes wrong_use discovery unknown_connector
    nodes syntax names graph shape types heap pytree
    walk weigh
    read load
    expressions mistakes foreign parse
    resolve
    check checks
    flow dominators reach checks.unreached
    structure simplify dispatch tidy
    infer alias callgraph spell
    lower
    print positions
    peak.syntax peak.graph peak.cron peak.__init__
    peak.meant
    peak.outputs peak.recognise
    peak.parse peak.bind
    peak.connect peak.check
    peak.rendered peak.placeholders
    peak.template
    peak.front peak.document
    peak.spell peak.lower
    pipeline
    render excerpt reference explain terminal
    command listening bundle failure inputs peak_options live history_tree __init__ __main__
"""

CLIENT_LAYERS = """
    errors backoff tables peak_authority
    server peak_tunnel
    peak_api
    service
    outcome find wait steps connect
    batch_inputs batch_journal batch_progress
    batch_start
    deploy listing execute describe cancel logs batch peak_proxy __init__
"""

SERVICE_LAYERS = """
    errors times
    names

    store.__init__ store.records store.log_rows store.schema store.data_folder
    store.database store.tables store.working_folders
    store.retention store.journal_rows

    worker.__init__ worker.pipe worker.marks worker.environment worker.loaded worker.reach
    worker.machine worker.beginning worker.failed
    worker.activation worker.questions worker.journal
    worker.life
    worker.histories
    worker.peak_journal worker.leftovers
    worker.peak_life
    worker.peak_lives
    worker.lives
    worker.__main__

    google.resources
    engine.__init__ engine.interface engine.news engine.identity
    engine.admission engine.modules engine.workers
    settings
    engine.insistence engine.overdue
    engine.hosted
    engine.hosting
    engine.children
    engine.beginnings
    engine.runs
    deploy
    service

    google.__init__ google.messages google.columns google.masks google.partial
    google.fields google.checks google.filters google.ordering
    google.listing
    google.operations google.locations
    google.workflows
    google.executions
    google.callbacks google.step_entries google.pubsub google.export google.logs
    google.methods
    google.openapi
    google.rest google.grpc_api

    peak.__init__ peak.errors peak.records
    peak.argument peak.query peak.bodies peak.tables peak.tenant
    peak.specs peak.shapes peak.statuses peak.queue_full peak.block_configs
    peak.block_lists peak.block_parameters peak.block_records peak.block_forms
    peak.hidden
    peak.workflows peak.executions peak.webhooks
    peak.logs peak.files
    peak.blocks peak.deployment_views
    peak.deployments
    peak.call
    peak.workflow_calls peak.press_calls
    peak.openapi
    peak.rest

    triggers.__init__ triggers.alarms triggers.watchers
    triggers.schedule triggers.notices triggers.delivery
    triggers.watch
    triggers.triggers

    front.__init__ front.monitor front.folder front.guard front.http_connection
    front.grpc_guard
    front.serve
    __init__
"""

ONLY_IN = {  # who may import which library
    "lark": ("expressions",),
    "wfc_grammar": ("expressions",),
    "googleapiclient": ("discovery",),
    "yaml": ("read",),
    "jinja2": ("print", "peak.template"),
    "black": ("print",),
    "typer": ("command_line",),
    "rich": ("history_tree", "live"),
    "wfc_client": ("command_line",),
    "wfc_service": ("command_serve",),
    "wfc_runtime": (
        *("command_children", "command_run", "failure", "history_tree", "inputs", "live"),
        *("reference", "version"),  # `version` says whether the runtime is accelerated
    ),
}

CLIENT_ONLY_IN = {
    "aiohttp": ("server",),
    "aiostream": ("batch",),
    "cryptography": ("peak_authority",),
    "certifi": ("peak_authority",),
    "platformdirs": ("peak_proxy",),
    "rich": ("tables", "batch_progress"),
    "wfc": tuple(CLIENT_LAYERS.split()),
    "wfc_runtime": ("execute", "outcome", "batch"),
}

SERVICE_ONLY_IN = {
    "lark": ("google.filters",),
    "starlette": (
        "google.rest",
        "front.guard",
        "front.monitor",
        "front.serve",
        "peak.rest",
        "peak.bodies",
        "peak.workflow_calls",
    ),
    "uvicorn": ("front.http_connection", "front.serve"),
    "watchfiles": ("front.folder",),
    "prometheus_client": ("front.monitor",),
    "grpc": ("google.grpc_api", "front.grpc_guard"),
    "grpc_status": ("google.grpc_api",),
    "google": ("google.grpc_api",),
    "wfc": ("deploy", "triggers.schedule"),
    "wfc_runtime": (
        *("worker.histories", "worker.life", "worker.lives", "worker.loaded", "worker.machine"),
        *("worker.peak_journal", "worker.peak_life", "worker.peak_lives"),
        *("peak.argument", "triggers.delivery", "worker.questions", "worker.reach"),
        *("engine.beginnings", "engine.overdue", "engine.runs"),
        "front.serve",
        *("worker.__main__", "worker.journal"),
    ),
}

OF_MODULES = ("wfc", "wfc.peak", *(f"wfc_service.{name}" for name in ("google", "peak", "store")))
"""Packages of which modules are imported by name."""


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Every module that a file imports, by its full name, and what to say of that line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=aliases):
                names = [alias.name for alias in aliases]
            case ast.ImportFrom(module=str(package), names=aliases) if package in OF_MODULES:
                names = [f"{package}.{alias.name}" for alias in aliases]
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


@pytest.mark.parametrize(
    ("package", "layers"), [(SERVICE, SERVICE_LAYERS), (CLIENT, CLIENT_LAYERS)], ids=PACKAGES[1:]
)
def test_service_and_client_import_only_what_comes_before(package: Path, layers: str) -> None:
    own = f"{package.name}."
    wrong = [
        place
        for module, path in modules(package)
        for name, place in imports(path)
        if name.startswith(own) and layer(name.removeprefix(own), layers) > layer(module, layers)
    ]
    assert wrong == []


def test_of_the_compiler_the_client_uses_what_shows_things_to_people() -> None:
    shows = "exit_codes failure live load problems render similar source stopped terminal visible"
    reads = "peak.document pipeline"  # what is deployed as something else than its text
    allowed = {f"wfc.{name}" for name in f"{shows} {reads} version wrong_use".split()}
    wrong = [
        place
        for _, path in modules(CLIENT)
        for name, place in imports(path)
        if (name.startswith("wfc.") and name not in allowed)
        or (stands_for("wfc_runtime", name) and name != "wfc_runtime.v1")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("package", "owners"),
    [(COMPILER, ONLY_IN), (SERVICE, SERVICE_ONLY_IN), (CLIENT, CLIENT_ONLY_IN)],
    ids=PACKAGES,
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
        if stands_for("wfc_runtime", name)
        and name not in ("wfc_runtime.v1", "wfc_runtime.peak.v1", "wfc_runtime.accelerator")
    ]
    assert wrong == []


def test_the_runtime_imports_nothing_of_the_compiler() -> None:
    libraries = {"aiohttp", "google", "re2", "sqlalchemy", "sqlparse", "tzdata", "uvloop"}
    allowed = sys.stdlib_module_names | libraries | {"wfc_runtime"}
    wrong = [
        place
        for _, path in modules(RUNTIME)
        for name, place in imports(path)
        if name.partition(".")[0] not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("face", ["wfc_runtime.v1", "wfc_runtime.peak.v1"])
def test_a_module_that_makes_no_request_does_not_load_aiohttp(face: str) -> None:
    program = f"import sys, {face}; print(*sorted(sys.modules), sep='\\n')"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert face in loaded
    heavy = {"aiohttp", "google", "wfc", "lark", "yaml", "jinja2", "black", "typer", "sqlalchemy"}
    assert not heavy & set(loaded)


@pytest.mark.parametrize("face", ["wfc_runtime.v1", "wfc_runtime.peak.v1"])
def test_the_public_face_of_the_runtime_is_looked_up_fast(face: str) -> None:
    """Python specializes `wf.add` only for modules that have no `__getattr__`."""
    assert not hasattr(import_module(face), "__getattr__")


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_google_workflow_loads_nothing_of_the_client_or_of_peak(
    folder: Path, command: str
) -> None:
    program = f"""
import sys
from wfc.command import main
sys.argv = ["wfc", "{command}", "warned.yaml"]
try:
    main()
finally:
    heavy = {{"wfc.command_line_client", "wfc_client", "aiohttp", "wfc.peak.parse"}}
    assert not heavy & set(sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True
    )
    assert (done.returncode, "Hello" in done.stdout) == (0, True), done.stderr


def test_no_file_is_longer_than_400_lines() -> None:
    folders = ("compiler", "runtime", "grammar", "service", "client")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    lengths = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {path: length for path, length in lengths.items() if length > 400} == {}
