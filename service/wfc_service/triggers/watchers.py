"""Watchers: who is to hear of which end of a run, as a workflow's spec says it (spec 11 §1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Webhook:
    """Gets a POST of `payload`, JSON text."""

    name: str
    url: str
    payload: str


@dataclass(frozen=True, slots=True)
class Mail:
    """People, users of the platform or addresses."""

    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Watcher:
    """`minutes` of run time after which it is told, None for never."""

    success: bool
    fail: bool
    minutes: float | None
    receiver: Webhook | Mail


def watchers_of(spec: Mapping[str, Any]) -> tuple[Watcher, ...]:
    """Those of a workflow's spec, which has been checked.

    What still is a reference `@param:…`, for which there was no value, is as if it were not there.
    """
    found = []
    for one in spec.get("watchers") or ():
        receiver = _receiver(one)
        if receiver is not None:
            events = one.get("events")
            if not isinstance(events, Mapping):
                continue
            success, fail = events.get("success") is True, events.get("fail") is True
            minutes = events.get("runtimeExceeded")
            is_number = isinstance(minutes, int | float) and not isinstance(minutes, bool)
            found.append(Watcher(success, fail, minutes if is_number else None, receiver))
    return tuple(found)


def _receiver(watcher: Mapping[str, Any]) -> Webhook | Mail | None:
    match watcher:
        case {"webhook": {"name": name, "url": url, "payload": payload}}:
            return Webhook(str(name), str(url), str(payload))
        case {"user": user}:
            return Mail((str(user),))
        case {"email": {"recipients": {"to": to}}}:
            return Mail(tuple(_texts(to)))
    return None


def _texts(given: Any) -> Iterable[str]:
    return map(str, given) if isinstance(given, list) else (str(given),)
