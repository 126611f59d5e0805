"""Specs of workflows: in goes what a client sent, out comes what is compiled and kept.

What the API shows of a workflow it also takes back: a list as a step's `env`, a webhook by its id,
fields that only the service sets (spec 11 §4.4).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from wfc_service.peak.errors import bad
from wfc_service.peak.records import PeakWorkflow

_ONLY_SHOWN: Final = ("id", "status", "createdAt", "updatedAt", "lastModifiedBy", "lastExecution")
_NO_SPEC: Final = "the body must be a map with `name` and `steps`"
_KEPT: Final = ("metadata", "retryOptions")


def read_spec(sent: Any, before: PeakWorkflow | None = None) -> dict[str, Any]:
    """The spec that a request asks for; what is wrong in it is for the compiler to say.

    An update that says nothing of `metadata` or `retryOptions` keeps them: the SDK's
    `patch_workflow` never sends them (spec 11 §4.4).
    """
    if not isinstance(sent, dict):
        raise bad(_NO_SPEC)
    if "body" in sent and "steps" not in sent:
        raise bad("send what stands below `body`, with `name` and `steps` at the top")
    if "config" in sent and "steps" not in sent:
        raise bad("this is the spec of a block, which Press takes at /v1/blocks/specs/")
    if "name" not in sent and "steps" not in sent:
        raise bad(_NO_SPEC)
    spec = {key: value for key, value in sent.items() if key not in _ONLY_SHOWN}
    if isinstance(spec.get("triggers"), list):
        own = "" if before is None else before.webhook
        spec["triggers"] = [_trigger(one, own) for one in spec["triggers"]]
    if isinstance(spec.get("steps"), dict):
        spec["steps"] = {name: _step(step) for name, step in spec["steps"].items()}
    for key in _KEPT:
        if before is not None and key not in sent and key in before.spec:
            spec[key] = before.spec[key]
    return spec


def text_of(spec: Mapping[str, Any]) -> str:
    """A spec as the compiler reads it."""
    try:
        return json.dumps(spec, ensure_ascii=False, indent=2)
    except RecursionError:
        raise bad("the body is nested too deeply") from None


def name_of(spec: Mapping[str, Any]) -> str:
    """The name of a spec that has been compiled: numbers are as JSON writes them."""
    name = spec["name"]
    return name if isinstance(name, str) else json.dumps(name)


def webhook_of(spec: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The trigger that asks for a webhook, if one does (spec 11 §1.2)."""
    for trigger in spec.get("triggers") or ():
        if trigger.get("webhook"):
            return dict(trigger)
    return None


def _trigger(trigger: Any, own: str) -> Any:
    if not isinstance(trigger, dict):
        return trigger
    taken = {key: value for key, value in trigger.items() if key != "scheduled"}
    if own and taken.get("webhook") == own:
        taken |= {"webhook": True, "webhookPolicy": "preserve"}
    return taken


def _step(step: Any) -> Any:
    if not isinstance(step, dict):
        return step
    taken = {key: value for key, value in step.items() if key not in ("imageName", "imageVersion")}
    parameters = taken.get("parameters")
    env = parameters.get("env") if isinstance(parameters, dict) else None
    if isinstance(env, list) and all(isinstance(one, dict) for one in env):
        merged = {name: value for one in env for name, value in one.items()}
        taken["parameters"] = {**taken["parameters"], "env": merged}
    return taken
