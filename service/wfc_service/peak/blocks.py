"""Block specs of kind workflow and their releases, as Press has them (spec 11 §2)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid4, uuid5

from wfc_service.deploy_peak import BuiltPeak
from wfc_service.errors import ApiError
from wfc_service.peak.block_forms import check_about, sent_about, sent_spec
from wfc_service.peak.block_lists import matching, page, with_shown, without_shown
from wfc_service.peak.block_parameters import check_declared
from wfc_service.peak.block_records import (
    BLOCKS,
    RELEASES,
    Block,
    Release,
    block_of,
    find_block,
    find_release,
    release_of,
    taken,
    text,
)
from wfc_service.peak.errors import bad, conflict
from wfc_service.peak.query import Query
from wfc_service.peak.shapes import iso
from wfc_service.peak.specs import name_of, text_of
from wfc_service.peak.tenant import USER
from wfc_service.service import Service
from wfc_service.times import Nanoseconds

LOCK: Final = "peak blocks"
"""Who changes a block or a release holds it: names of blocks are unique."""

_LATEST: Final = (
    f"{RELEASES} AS one WHERE number ="
    " (SELECT max(number) FROM peak_releases WHERE block = one.block)"
)

_CHANGEABLE: Final = ("metadata", "featured", "scope", "tenants")


async def create_block(
    service: Service, form: Any, *, validate: bool, request_id: str = ""
) -> dict[str, Any]:
    """Publishes a spec with its first release, or only says whether that could be.

    An artifact is taken and not kept: what images are here, the machine says.
    """
    built = await compiled_block(service, *sent_spec(form))
    about = sent_about(form, built.spec["metadata"])
    check_about(about)
    if validate:
        return {"success": True, "message": "the spec can be published"}
    name = name_of(built.spec["metadata"])
    async with service.lock(LOCK):
        again = "SELECT id FROM peak_blocks WHERE request_id = ?"
        if request_id and (made := service.database.read(again, request_id)):
            return {"id": made[0]["id"]}
        _check_name(service, name)
        now, id = service.now(), str(uuid4())
        release = _release(id, 1, built, now)

        def put(connection: sqlite3.Connection) -> None:
            values = (id, name, text(about), now, now, request_id or None)
            connection.execute("INSERT INTO peak_blocks VALUES (?, ?, ?, ?, ?, ?)", values)
            _insert(connection, release, "")

        await service.database.write(put)
    return {"id": id}


async def create_release(
    service: Service, id: str, form: Any, *, request_id: str = ""
) -> dict[str, Any]:
    """Publishes a new release of a spec."""
    sent, parameters = sent_spec(form)
    async with service.lock(LOCK):
        block = find_block(service.database, id)
        again = "SELECT version FROM peak_releases WHERE request_id = ? AND block = ?"
        if request_id and (made := service.database.read(again, request_id, id)):
            return {"id": id, "release": {"version": made[0]["version"]}}
        spec = {**sent, **_around(block.about["metadata"])}
        built = await compiled_block(service, spec, parameters)
        latest = find_release(service.database, id)
        release = _release(id, latest.number + 1, built, service.now())
        known = "SELECT 1 FROM peak_releases WHERE block = ? AND version = ?"
        if service.database.read(known, id, release.version):
            raise conflict(f"the block spec has a release {release.version} already")
        await service.database.write(lambda connection: _insert(connection, release, request_id))
    return {"id": id, "release": {"version": release.version}}


async def compiled_block(
    service: Service, spec: Mapping[str, Any], parameters: Mapping[str, Any]
) -> BuiltPeak:
    """What a spec with its parameters is compiled to; raises ApiError 400 with all errors."""
    source = text_of({"body": spec, "parameters": parameters})
    built = await service.builder.build_peak("block.json", source)
    if built.errors:
        raise bad("\n".join(built.errors))
    if built.kind != "block":
        raise bad("this is the spec of a workflow, not of a block")
    check_declared(_parameters(built))
    return built


async def describe_block(service: Service, id: str) -> dict[str, Any]:
    """With its latest release."""
    block = find_block(service.database, id)
    return _shown(block, find_release(service.database, id))


async def list_blocks(service: Service, query: Query) -> dict[str, Any]:
    """In the order of their creation, unless another one is asked for."""
    featured, scopes = query.switch("featured"), query.texts("scope")
    blocks = list(map(block_of, service.database.read(f"{BLOCKS} ORDER BY create_time, id")))
    latest = {one.block: one for one in map(release_of, service.database.read(_LATEST))}
    # of a block that has been deleted in between there is none
    shown = [_shown(block, latest[block.id]) for block in blocks if block.id in latest]
    found = [
        one
        for one in matching(shown, query)
        if (featured is None or one["featured"] is featured)
        and (not scopes or one["scope"] in scopes)
    ]
    return page(found, query, "specs", "specsCount")


async def update_block(service: Service, id: str, sent: Any) -> dict[str, Any]:
    """Changes what describes a spec, and who sees it; of its metadata what is given."""
    if not isinstance(sent, dict) or not set(sent) <= set(_CHANGEABLE):
        raise bad(f"the body must be a map of {', '.join(_CHANGEABLE)}")
    async with service.lock(LOCK):
        block = find_block(service.database, id)
        given = {key: value for key, value in sent.items() if value is not None}
        metadata = given.get("metadata", {})
        if not isinstance(metadata, dict):
            raise bad("metadata must be a map")
        metadata = {**block.about["metadata"], **without_shown(metadata)}
        about = {**block.about, **given, "metadata": metadata}
        check_about(about)
        release = find_release(service.database, id)
        spec = whole_spec(about["metadata"], release)
        built = await compiled_block(service, spec, release.parameters)
        about["metadata"] = built.spec["metadata"]
        name = about["metadata"]["name"]
        if name != block.name:
            _check_name(service, name)
        query = "UPDATE peak_blocks SET name = ?, about = ?, update_time = ? WHERE id = ?"
        values = (name, text(about), service.now(), id)
        await service.database.write(lambda connection: connection.execute(query, values))
    return await describe_block(service, id)


async def delete_block(service: Service, id: str) -> dict[str, Any]:
    """Deletes a spec with its releases; 422 while it is deployed."""
    async with service.lock(LOCK):
        find_block(service.database, id)
        used = service.database.read("SELECT id FROM peak_deployments WHERE block = ?", id)
        if used:
            said = f"the block spec is deployed as {', '.join(row['id'] for row in used)}"
            raise ApiError("FAILED_PRECONDITION", said, code=422)
        query = "DELETE FROM peak_blocks WHERE id = ?"
        await service.database.write(lambda connection: connection.execute(query, (id,)))
    return {}


async def describe_release(service: Service, id: str, version: str) -> dict[str, Any]:
    block = find_block(service.database, id)
    return _shown_release(block, find_release(service.database, id, version))


async def list_releases(service: Service, id: str, query: Query) -> dict[str, Any]:
    """The newest first."""
    block = find_block(service.database, id)
    rows = service.database.read(f"{RELEASES} WHERE block = ? ORDER BY number DESC", id)
    shown = [_shown_release(block, release_of(row)) for row in rows]
    return page(shown, query, "releases", "releaseCount")


def whole_spec(metadata: Mapping[str, Any], release: Release) -> dict[str, Any]:
    """What a release was published as, with the metadata that its block has now."""
    return {**_around(metadata), **release.spec}


def _around(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {"version": 1, "kind": "workflow", "metadata": metadata}


def _check_name(service: Service, name: str) -> None:
    """Raises ApiError 409 where a spec has a name, which are unique (spec 11 §2)."""
    if taken(service.database, "peak_blocks", name):
        raise conflict(f"there is a block spec named `{name}` already")


def _release(block: str, number: int, built: BuiltPeak, now: Nanoseconds) -> Release:
    kept = {"release": built.spec["release"], "config": built.spec["config"]}
    return Release(block, number, str(kept["release"]["version"]), kept, _parameters(built), now)


def _parameters(built: BuiltPeak) -> Mapping[str, Any]:
    found: Mapping[str, Any] = built.beside.get("parameters") or {}
    return found


def _insert(connection: sqlite3.Connection, release: Release, request_id: str) -> None:
    values = (
        release.block,
        release.number,
        release.version,
        text(release.spec),
        text(release.parameters),
        release.create_time,
        request_id or None,
    )
    connection.execute("INSERT INTO peak_releases VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def _shown(block: Block, latest: Release) -> dict[str, Any]:
    return {
        "id": block.id,
        "kind": "workflow",
        "status": "available",
        "createdAt": iso(block.create_time),
        "updatedAt": iso(block.update_time),
        **block.about,
        "metadata": with_shown(block.about["metadata"], "available"),
        "latestRelease": {
            "version": latest.version,
            "notes": latest.spec["release"].get("notes", ""),
            "createdAt": iso(latest.create_time),
            "createdBy": USER,
            "config": latest.spec["config"],
        },
        "parameters": latest.parameters,
    }


def _shown_release(block: Block, release: Release) -> dict[str, Any]:
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{release.block}/{release.version}")),
        "version": release.version,
        "notes": release.spec["release"].get("notes", ""),
        "createdAt": iso(release.create_time),
        "createdBy": USER,
        "config": release.spec["config"],
        "parameters": release.parameters,
        "autoRunOnDeploy": block.about["autoRunOnDeploy"],
    }
