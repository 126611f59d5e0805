"""Builds the accelerator for both wheels: in goes this machine's C compiler, out the extension.

Where nothing can be compiled, the wheel is one of pure Python and does the same, only slower: that
is no failure, and nothing is said of it but with `-v`.  With WFC_PURE_PYTHON set, which also
switches a built accelerator off, none is built.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_HERE = Path(__file__).resolve().parent
_MODULE = "wfc_runtime._accelerator"

_SETUP = """\
import sys
from setuptools import Extension, setup
name, folder, *sources = sys.argv[1:]
setup(
    name=name,
    ext_modules=[Extension(name, sources, py_limited_api=True)],
    script_args=["build_ext", "--build-lib", folder, "--build-temp", "objects"],
)
"""


# hatchling makes the interface generic for type checkers alone: it has no `[]` when this runs
class AcceleratorHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the extension into the wheel; for an editable install, beside the package's modules."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        if version == "editable":
            self._compile(_HERE)
            return
        self._folder = TemporaryDirectory()
        built = self._compile(Path(self._folder.name))
        if built is not None:
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["pure_python"] = False
            build_data["tag"] = f"cp311-abi3-{platform}"
            build_data["force_include"][str(built)] = f"wfc_runtime/{built.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if self.target_name == "wheel" and version != "editable":
            self._folder.cleanup()

    def _compile(self, folder: Path) -> Path | None:
        """The extension, built below `folder`; None where that cannot be."""
        suffix = ".pyd" if sys.platform == "win32" else ".abi3.so"
        built = folder.joinpath(*_MODULE.split(".")).with_suffix(suffix)
        built.unlink(missing_ok=True)  # an older one is none for the modules beside it
        if os.environ.get("WFC_PURE_PYTHON") or sys.implementation.name != "cpython":
            return None
        sources = map(str, sorted((_HERE / "accelerator").glob("*.c")))
        with TemporaryDirectory() as elsewhere:  # setuptools reads the pyproject.toml where it runs
            done = subprocess.run(
                [sys.executable, "-c", _SETUP, _MODULE, str(folder), *sources],
                cwd=elsewhere,
                capture_output=True,
                text=True,
                check=False,
            )
        self.app.display_debug(done.stdout + done.stderr)
        return built if done.returncode == 0 and built.exists() else None
