"""A repository to clone before a step: in go its URL and branch, out comes where `git` puts it."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wfc_runtime.clock import Clock
from wfc_runtime.peak.failure import StepFailed, unusable
from wfc_runtime.peak.process import run_process
from wfc_runtime.peak.secrets import Secrets
from wfc_runtime.redact import redacted_url

_KEPT = ("PATH", "HOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSH_AUTH_SOCK", "HTTPS_PROXY")


@dataclass(frozen=True, slots=True)
class Repository:
    """`token` is the name of a credential (spec 11 §1.6), `file` is for SQL."""

    url: str
    branch: str
    token: str | None = None
    file: str | None = None

    @property
    def name(self) -> str:
        """The folder it is cloned into: `https://host/team/etl.git` → `etl`"""
        return self.url.rstrip("/").rpartition("/")[2].rpartition(":")[2].removesuffix(".git")


async def clone(
    repository: Repository,
    folder: Path,
    secrets: Secrets,
    clock: Clock,
    feed: Callable[[bytes], None],
) -> Path:
    """Clones the newest state of a branch into `folder`; raises StepFailed where that cannot be."""
    git = shutil.which("git")
    if git is None:
        raise unusable("there is no `git` on this machine", "install it")
    env = {name: os.environ[name] for name in _KEPT if name in os.environ}
    env |= {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1"}
    if repository.token is not None:  # in a variable: neither the clone nor `ps` shows it
        pair = base64.b64encode(f"x-access-token:{secrets.value(repository.token)}".encode())
        secrets.hide(pair.decode())
        env |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{repository.url}.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {pair.decode()}",
        }
    argv = (
        *(git, "clone", "--quiet", "--depth=1", f"--branch={repository.branch}"),
        *("--", repository.url, repository.name or "repository"),
    )
    code = await run_process(argv, folder=folder, env=env, clock=clock, timeout=None, feed=feed)
    if code:
        where = f"{redacted_url(repository.url)}, branch `{repository.branch}`"
        raise StepFailed(f"`git clone` of {where} ended with exit code {code}; see the log")
    return folder / (repository.name or "repository")
