"""Blocks, their releases and deployments, and how they stand in the tables of `schema`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wfc_service.errors import ApiError
from wfc_service.peak.errors import missing
from wfc_service.store.database import Database
from wfc_service.times import Nanoseconds


@dataclass(frozen=True, slots=True)
class Block:
    """`about` has what can be changed: metadata, featured, scope, tenants, autoRunOnDeploy."""

    id: str
    name: str
    about: Mapping[str, Any]
    create_time: Nanoseconds
    update_time: Nanoseconds


@dataclass(frozen=True, slots=True)
class Release:
    """`spec` has `release` and `config`, `parameters` declares those of `build` and `run`."""

    block: str
    number: int
    version: str
    spec: Mapping[str, Any]
    parameters: Mapping[str, Any]
    create_time: Nanoseconds

    def declared(self, kind: str) -> Sequence[Mapping[str, Any]]:
        return tuple(self.parameters.get(kind) or ())


@dataclass(frozen=True, slots=True)
class Deployment:
    """`workflow` is the number of the workflow that it is, `run` has values of run parameters."""

    id: str
    name: str
    block: str
    workflow: int
    metadata: Mapping[str, Any]
    run: Mapping[str, Any]
    create_time: Nanoseconds
    update_time: Nanoseconds


@dataclass(frozen=True, slots=True)
class DeploymentRevision:
    """`build` has values of build parameters."""

    deployment: str
    number: int
    version: str
    notes: str
    build: Mapping[str, Any]
    create_time: Nanoseconds


BLOCKS: Final = "SELECT id, name, about, create_time, update_time FROM peak_blocks"
RELEASES: Final = "SELECT block, number, version, spec, parameters, create_time FROM peak_releases"
DEPLOYMENTS: Final = (
    "SELECT id, name, block, workflow, metadata, run, create_time, update_time"
    " FROM peak_deployments"
)
REVISIONS: Final = (
    "SELECT deployment, number, version, notes, build, create_time FROM peak_deployment_revisions"
)


def block_of(row: sqlite3.Row) -> Block:
    id, name, about, created, updated = row
    return Block(id, name, json.loads(about), created, updated)


def release_of(row: sqlite3.Row) -> Release:
    block, number, version, spec, parameters, created = row
    return Release(block, number, version, json.loads(spec), json.loads(parameters), created)


def deployment_of(row: sqlite3.Row) -> Deployment:
    id, name, block, workflow, metadata, run, created, updated = row
    values = json.loads(metadata), json.loads(run)
    return Deployment(id, name, block, workflow, *values, created, updated)


def revision_of(row: sqlite3.Row) -> DeploymentRevision:
    deployment, number, version, notes, build, created = row
    return DeploymentRevision(deployment, number, version, notes, json.loads(build), created)


def find_block(database: Database, id: str) -> Block:
    """Raises ApiError NOT_FOUND, as all that look for something."""
    return block_of(_one(database, BLOCKS, "id = ?", id, what=f"block spec {id}"))


def find_release(database: Database, block: str, version: str = "") -> Release:
    """A release by its version; without one the latest."""
    condition = "block = ? AND (version = ? OR ? = '') ORDER BY number DESC LIMIT 1"
    what = f"release {version} of the block spec {block}"
    return release_of(_one(database, RELEASES, condition, block, version, version, what=what))


def find_deployment(database: Database, id: str) -> Deployment:
    return deployment_of(_one(database, DEPLOYMENTS, "id = ?", id, what=f"deployment {id}"))


def find_revision(database: Database, deployment: str, number: int = 0) -> DeploymentRevision:
    """A revision by its number; without one the latest."""
    condition = "deployment = ? AND (number = ? OR ? = 0) ORDER BY number DESC LIMIT 1"
    what = f"revision {number} of the deployment {deployment}"
    return revision_of(_one(database, REVISIONS, condition, deployment, number, number, what=what))


def taken(database: Database, table: str, name: str) -> bool:
    """Whether a block spec or a deployment has a name."""
    return bool(database.read(f"SELECT 1 FROM {table} WHERE name = ?", name))


def text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _one(database: Database, query: str, condition: str, *values: Any, what: str) -> sqlite3.Row:
    rows = database.read(f"{query} WHERE {condition}", *values)
    if not rows:
        raise no(what)
    return rows[0]


def no(what: str) -> ApiError:
    return missing(f"there is no {what}")
