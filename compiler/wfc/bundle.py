"""`--bundle`: in, a folder of compiled modules; out, the runtime package beside them."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from wfc.wrong_use import WrongUse

_PACKAGE = "wfc_runtime"


def check_bundle(folder: Path) -> None:
    """Refuses, before anything is written, a folder with some other `wfc_runtime` in it."""
    target = folder / _PACKAGE
    ours = (target / "v1" / "__init__.py").is_file() and not target.is_symlink()
    if (target.exists() or target.is_symlink()) and not ours:
        raise WrongUse(f"`{target}` is not the runtime and is not overwritten")


def bundle_runtime(folder: Path) -> Path:
    """Copies the runtime's own files, without caches; what an older one left stays unused."""
    target = folder / _PACKAGE
    origin = _origin()
    if target.exists() and target.samefile(origin):
        return target
    try:
        for compiled in target.glob("_accelerator.*"):  # one for other files would be used
            compiled.unlink()
        shutil.copytree(
            origin, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
        )
    except OSError as error:
        raise WrongUse(f"cannot write `{target}`: {error}") from None
    return target


def _origin() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0])
