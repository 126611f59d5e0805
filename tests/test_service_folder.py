"""A folder of workflow files is what is deployed."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.service_calls import HELLO, PARENT, Client, serving

from wfc_service.deploy import Builder
from wfc_service.front.folder import Folder
from wfc_service.store.data_folder import DataFolder, DataFolderInUse

BROKEN = HELLO.replace("greet", "greet it").replace("return", "retrun")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


@asynccontextmanager
async def watching(
    files: Path, builder: Builder, said: list[str]
) -> AsyncIterator[tuple[Client, Folder]]:
    async with serving(files.parent, builder) as client:
        yield client, Folder(files, client.service, said.append)


def test_every_file_is_deployed_and_problems_are_said_as_by_check(
    files: Path, builder: Builder
) -> None:
    (files / "hello.yaml").write_text(HELLO)
    (files / "broken.yaml").write_text(BROKEN)
    (files / "2nd.yaml").write_text(HELLO)
    (files / "old.yml").write_bytes(b"main: \xff")
    (files / "large.json").write_text('"' + "x" * 200_000 + '"')
    (files / ".hidden.yaml").write_text(HELLO)
    (files / "notes.txt").write_text(HELLO)
    said: list[str] = []

    async def main() -> None:
        async with watching(files, builder, said) as (client, folder):
            await folder.deploy_all()
            listed = (await client.ok("GET", f"{PARENT}/workflows"))["workflows"]
            assert [one["name"] for one in listed] == [f"{PARENT}/workflows/hello"]
            assert (await client.run())["result"] == '"Hello world"'

    asyncio.run(main())
    assert len(said) == 6
    second, broken, hello, large, old, summary = said
    assert summary == "1 of 5 files are deployed"
    assert "`2nd` cannot be the id of a workflow" in second
    assert "error[WFC" in broken
    assert "--> broken.yaml:" in broken
    assert broken.endswith("broken.yaml: not deployed")
    assert hello.startswith("  hello 000001-")
    assert "131072" in large
    assert "it is not UTF-8" in old


def test_of_two_files_with_one_id_the_other_is_said(files: Path, builder: Builder) -> None:
    (files / "hello.yaml").write_text(HELLO)
    (files / "hello.json").write_text("{}")
    (files / "hello.2.yaml").write_text(BROKEN)
    said: list[str] = []

    async def main() -> None:
        async with watching(files, builder, said) as (_, folder):
            await folder.deploy_all()

    asyncio.run(main())
    assert said[0].startswith("  hello 000001-")
    assert said[1:] == [
        "  hello.json: not deployed, since `hello.yaml` has the same id",
        "  hello.2.yaml: not deployed, since `hello.yaml` has the same id",
    ]


def test_when_one_of_two_files_with_one_id_is_gone_the_other_is_deployed(
    files: Path, builder: Builder
) -> None:
    (files / "hello.yaml").write_text(HELLO)
    (files / "hello.yml").write_text(HELLO.replace("Hello", "Bye"))
    said: list[str] = []

    async def main() -> None:
        async with watching(files, builder, said) as (client, folder):
            await folder.deploy_all()
            assert (await client.run())["result"] == '"Hello world"'
            (files / "hello.yaml").unlink()
            await folder.changed({"hello.yaml"})
            assert (await client.run())["result"] == '"Bye world"'
            (files / "hello.yml").unlink()
            await folder.changed({"hello.yml"})

    asyncio.run(main())
    assert [line.partition("-")[0] for line in said] == [
        "  hello 000001",
        "  hello.yml: not deployed, since `hello.yaml` has the same id",
        "  hello 000002",
        "  hello: its file is gone; what is deployed stays",
    ]


def test_a_folder_without_workflow_files_is_said(files: Path, builder: Builder) -> None:
    said: list[str] = []

    async def main() -> None:
        async with watching(files, builder, said) as (_, folder):
            await folder.deploy_all()

    asyncio.run(main())
    assert said == ["  no workflow files yet: none here ends in .yaml, .yml, .json"]


def test_a_file_that_has_not_changed_makes_no_new_revision(files: Path, builder: Builder) -> None:
    (files / "hello.yaml").write_text(HELLO)
    said: list[str] = []

    async def main() -> None:
        async with watching(files, builder, said) as (client, folder):
            await folder.deploy_all()
            before = await client.ok("GET", f"{PARENT}/workflows/hello")
            await folder.deploy_all()
            assert await client.ok("GET", f"{PARENT}/workflows/hello") == before
            (files / "hello.yaml").write_text(HELLO.replace("Hello", "Bye"))
            await folder.deploy_all()
            assert (await client.run())["result"] == '"Bye world"'

    asyncio.run(main())
    assert [line.split()[1].partition("-")[0] for line in said] == ["000001", "000001", "000002"]


def test_saved_files_are_deployed_and_what_is_gone_stays(files: Path, builder: Builder) -> None:
    (files / "hello.yaml").write_text(HELLO)
    said: asyncio.Queue[str] = asyncio.Queue()

    def tell(line: str) -> None:
        said.put_nowait(line)
        if line.startswith("  hello 000001-"):  # the files that there were are known by now
            (files / "added.yaml").write_text(HELLO)

    async def heard(text: str) -> None:
        while text not in await said.get():
            pass

    async def main() -> None:
        stop = asyncio.Event()
        async with serving(files.parent, builder) as client:
            folder = Folder(files, client.service, tell)
            watching = asyncio.create_task(folder.watch(stop))
            await asyncio.sleep(0)
            await folder.deploy_all()
            await heard("added 000001-")
            assert (await client.run("added"))["result"] == '"Hello world"'
            (files / "hello.yaml").write_text(BROKEN)
            await heard("hello.yaml: not deployed")
            assert (await client.run())["result"] == '"Hello world"'
            (files / "hello.yaml").unlink()
            await heard("hello: its file is gone")
            assert (await client.run())["result"] == '"Hello world"'
            stop.set()
            await watching

    asyncio.run(asyncio.wait_for(main(), 60))


def test_one_service_at_a_time_has_the_data(tmp_path: Path) -> None:
    path = tmp_path / "project" / ".wfc"
    first = DataFolder(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert (path / ".gitignore").read_text() == "*\n"
    with pytest.raises(DataFolderInUse):
        DataFolder(path)
    first.close()
    DataFolder(path).close()
