"""Peak's workflow files in the folder of a service, beside Google's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.peak_calls import STEP, Peak, names, spec
from tests.peak_files import BLOCK
from tests.service_calls import HELLO, PARENT, Client, serving
from tests.service_runs import until

from wfc_service.deploy import Builder
from wfc_service.front.folder import Folder
from wfc_service.peak import tables, workflows

NIGHTLY = """\
body:
  name: nightly
  triggers:
    - webhook: true
  steps:
    load:
      imageId: 1
      command: echo loading
"""
TEMPLATE = """\
body:
  name: shop-{{ shop }}
  steps:
{% include 'steps/load.yaml' %}
"""
BROKEN = NIGHTLY.replace("imageId", "imageID").replace("nightly", "broken")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


Check = Callable[[Client, Peak, Folder, list[str]], Awaitable[None]]


def watch(
    files: Path, builder: Builder, check: Check, values: Mapping[str, Any] | None = None
) -> None:
    async def main() -> None:
        said: list[str] = []
        async with serving(files.parent, builder) as client:
            folder = Folder(files, client.service, said.append, values or {})
            await check(client, Peak(client), folder, said)

    asyncio.run(main())


def test_files_of_both_languages_are_deployed(files: Path, builder: Builder) -> None:
    (files / "hello.yaml").write_text(HELLO)
    (files / "2-nightly.yaml").write_text(NIGHTLY)
    (files / "broken.yaml").write_text(BROKEN)
    (files / "json.json").write_text(json.dumps(spec("from json", steps={"a": STEP})))

    async def check(client: Client, peak: Peak, folder: Folder, said: list[str]) -> None:
        await folder.deploy_all()
        nightly, broken, hello, plain, summary = said
        assert nightly.startswith("  nightly 000001-")
        assert nightly.endswith(", Peak's workflow 1")
        assert "error[WFC702]" in broken
        assert f"--> {files}/broken.yaml:7:7" in broken
        assert broken.endswith("  broken.yaml: not deployed")
        assert hello.startswith("  hello 000001-")
        assert "  from json 000001-" in plain
        assert summary == "3 of 4 files are deployed"
        listed = await client.ok("GET", f"{PARENT}/workflows")
        assert [one["name"] for one in listed["workflows"]] == [f"{PARENT}/workflows/hello"]
        assert names((await peak.ok("GET"))["workflows"]) == ["nightly", "from json"]
        assert (await peak.run(1))["status"] == "Success"

    watch(files, builder, check)


def test_a_template_is_rendered_with_what_it_includes(files: Path, builder: Builder) -> None:
    (files / "shop.yaml").write_text(TEMPLATE)
    (files / "steps").mkdir()
    step = "    load:\n      imageId: 1\n      command: echo '{{ shop }}'\n"
    (files / "steps" / "load.yaml").write_text(step)

    async def check(client: Client, peak: Peak, folder: Folder, said: list[str]) -> None:
        await folder.deploy_all()
        assert "  shop-north 000001-" in said[0]
        assert (await peak.ok("GET", "1"))["steps"]["load"]["command"] == "echo 'north'"

    watch(files, builder, check, {"shop": "north"})


def test_a_block_is_deployed_with_its_defaults(files: Path, builder: Builder) -> None:
    (files / "block.json").write_text(json.dumps(BLOCK))

    async def check(client: Client, peak: Peak, folder: Folder, said: list[str]) -> None:
        await folder.deploy_all()
        shown = await peak.ok("GET", "1")
        assert (shown["name"], shown["metadata"]) == (
            "forecast",
            {"allowConcurrentExecution": True},
        )
        assert shown["steps"]["load"]["resources"] == {"instanceTypeId": 21, "storage": "10GB"}
        assert shown["steps"]["train"]["imageName"] == "python"
        publish = shown["steps"]["publish"]
        assert (publish["imageId"], publish["imageVersionId"]) == (2942, 3)

    watch(files, builder, check)


def test_a_saved_file_changes_the_workflow_of_its_name(files: Path, builder: Builder) -> None:
    file = files / "nightly.yaml"
    file.write_text(NIGHTLY)

    async def check(client: Client, peak: Peak, folder: Folder, said: list[str]) -> None:
        await folder.deploy_all()
        before = await peak.ok("GET", "1")
        await folder.deploy_all()
        assert await peak.ok("GET", "1") == before
        file.write_text(NIGHTLY.replace("echo loading", "echo more"))
        await folder.deploy_all()
        after = await peak.ok("GET", "1")
        assert after["triggers"] == before["triggers"]
        assert after["steps"]["load"]["command"] == "echo more"
        file.write_text(NIGHTLY.replace("name: nightly", "name: weekly"))
        await folder.deploy_all()
        assert names((await peak.ok("GET"))["workflows"]) == ["nightly", "weekly"]
        assert [line.split("-")[0] for line in said] == [
            *("  nightly 000001", "  nightly 000001", "  nightly 000002"),
            "  weekly 000001",
            "  nightly: no file has this name now; what is deployed stays",
        ]

    watch(files, builder, check)


def test_a_failure_of_ours_is_one_files_alone(
    files: Path,
    builder: Builder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (files / "hello.yaml").write_text(HELLO)
    (files / "nightly.yaml").write_text(NIGHTLY)

    async def fails(*given: Any) -> Any:
        raise ZeroDivisionError

    async def check(client: Client, peak: Peak, folder: Folder, said: list[str]) -> None:
        monkeypatch.setattr("wfc_service.front.folder.deploy_file", fails)
        await folder.deploy_all()
        assert said[0].startswith("  hello 000001-")
        assert said[1] == "  nightly.yaml: not deployed, since the service has failed"
        assert "nightly.yaml could not be deployed" in caplog.text

    watch(files, builder, check)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_file_waits_for_who_is_changing_its_workflow(
    files: Path, builder: Builder, change: str
) -> None:
    file = files / "nightly.yaml"
    file.write_text(NIGHTLY)

    async def check(client: Client, peak: Peak, folder: Folder, said: list[str]) -> None:
        await folder.deploy_all()
        file.write_text(NIGHTLY.replace("echo loading", "echo more"))
        async with (lock := client.service.lock("peak/1")):
            deploying = asyncio.create_task(folder.deploy_all())
            await until(lambda: bool(lock._waiters))
            if change == "delete":
                await workflows.remove(client.service, 1)
            else:
                before = tables.find_workflow(client.service.database, 1)
                changed = {**before.spec, "tags": [{"name": "a"}]}
                await workflows.deploy(
                    client.service, before.workflow.revision.module, changed, before
                )
        await deploying
        number = 2 if change == "delete" else 1
        assert said[-1].startswith(f"  nightly 00000{1 if change == 'delete' else 3}-")
        [shown] = (await peak.ok("GET"))["workflows"]
        assert (shown["id"], shown["tags"]) == (number, [])
        shown = await peak.ok("GET", f"{number}")
        assert shown["steps"]["load"]["command"] == "echo more"

    watch(files, builder, check)


def test_of_two_files_with_one_name_the_other_is_said(files: Path, builder: Builder) -> None:
    (files / "a.yaml").write_text(NIGHTLY)
    (files / "b.yaml").write_text(NIGHTLY)

    async def check(client: Client, peak: Peak, folder: Folder, said: list[str]) -> None:
        await folder.deploy_all()
        refused = "  b.yaml: not deployed, since `a.yaml` has the same name, `nightly`"
        assert said[1:] == [refused, "1 of 2 files are deployed"]
        (files / "a.yaml").unlink()
        said.clear()
        await folder.deploy_all()
        assert said[0].startswith("  nightly 000002-")  # its module says of which file it is

    watch(files, builder, check)


def test_a_name_is_free_again_when_its_file_is_gone(files: Path, builder: Builder) -> None:
    (files / "a.yaml").write_text(NIGHTLY)
    (files / "b.yaml").write_text(NIGHTLY)

    async def check(client: Client, peak: Peak, folder: Folder, said: list[str]) -> None:
        await folder.deploy_all()
        (files / "a.yaml").unlink()
        said.clear()
        await folder.changed({"a.yaml"})
        assert [line.split("-")[0] for line in said] == [
            *("  a: its file is gone; what is deployed stays", "  nightly 000002")
        ]

    watch(files, builder, check)


def test_a_file_takes_the_name_of_one_whose_place_it_takes(files: Path, builder: Builder) -> None:
    (files / "a.yml").write_text(NIGHTLY)

    async def check(client: Client, peak: Peak, folder: Folder, said: list[str]) -> None:
        await folder.deploy_all()
        (files / "a.yaml").write_text(NIGHTLY)
        said.clear()
        await folder.changed({"a.yaml"})
        assert [line.split("-")[0] for line in said] == ["  nightly 000002"]

    watch(files, builder, check)


def test_a_name_is_free_again_when_its_file_says_another_one(files: Path, builder: Builder) -> None:
    (files / "a.yaml").write_text(NIGHTLY)
    (files / "b.yaml").write_text(NIGHTLY)

    async def check(client: Client, peak: Peak, folder: Folder, said: list[str]) -> None:
        await folder.deploy_all()
        (files / "a.yaml").write_text(NIGHTLY.replace("nightly", "daily"))
        said.clear()
        await folder.changed({"a.yaml"})
        assert [line.split("-")[0] for line in said] == ["  daily 000001", "  nightly 000002"]

    watch(files, builder, check)


def test_two_files_can_change_their_names(files: Path, builder: Builder) -> None:
    (files / "a.yaml").write_text(NIGHTLY)
    (files / "b.yaml").write_text(NIGHTLY.replace("nightly", "daily"))

    async def check(client: Client, peak: Peak, folder: Folder, said: list[str]) -> None:
        await folder.deploy_all()
        (files / "a.yaml").write_text(NIGHTLY.replace("nightly", "daily"))
        (files / "b.yaml").write_text(NIGHTLY)
        said.clear()
        await folder.changed({"a.yaml", "b.yaml"})
        assert [line.split("-")[0] for line in said] == ["  daily 000002", "  nightly 000002"]
        assert names((await peak.ok("GET"))["workflows"]) == ["nightly", "daily"]

    watch(files, builder, check)


def test_of_what_has_never_been_deployed_nothing_is_gone(files: Path, builder: Builder) -> None:
    (files / "broken.yaml").write_text(BROKEN)

    async def check(client: Client, peak: Peak, folder: Folder, said: list[str]) -> None:
        await folder.deploy_all()
        (files / "broken.yaml").unlink()
        (files / "folder.yaml").mkdir()
        said.clear()
        await folder.changed({"broken.yaml", "folder.yaml"})
        assert said == []

    watch(files, builder, check)
