"""What a machine has for Peak's workflows, on its way from the service to its workers, as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wfc_runtime.peak.v1 import Image, Images
from wfc_runtime.peak.v1 import Settings as Machine

__all__ = ["Machine", "machine_json", "machine_of"]


def machine_json(machine: Machine) -> dict[str, Any]:
    """As `machine_of` takes it; with the secrets, so it is for nobody but a worker."""
    images = machine.images
    return {
        "secrets": dict(machine.secrets),
        "images": [[id, _image_json(image)] for id, image in images.known.items()],
        "default": _image_json(images.default),
        "workdir": _text(machine.workdir),
        "database": machine.database,
        "queries": _text(machine.queries),
        "keep": machine.keep,
    }


def machine_of(found: dict[str, Any]) -> Machine:
    known = {id: _image_of(image) for id, image in found["images"]}
    return Machine(
        found["secrets"],
        Images(known, _image_of(found["default"])),
        _path(found["workdir"]),
        found["database"],
        Path(found["queries"]),
        found["keep"],
    )


def _image_json(image: Image) -> dict[str, Any]:
    return {
        "venv": _text(image.venv),
        "container": image.container,
        "engine": image.engine,
        "files": _text(image.files),
        "env": dict(image.env),
        "options": list(image.options),
    }


def _image_of(found: dict[str, Any]) -> Image:
    return Image(
        _path(found["venv"]),
        found["container"],
        found["engine"],
        _path(found["files"]),
        found["env"],
        found["options"],
    )


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path.absolute())


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
