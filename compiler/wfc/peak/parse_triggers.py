"""What starts a workflow, and who hears how it went (spec 11 §1.2, §1.3)."""

from __future__ import annotations

from wfc.nodes import Entry, Mapping, Scalar
from wfc.parse_shapes import head, is_number, place, short
from wfc.peak import syntax
from wfc.peak.cron import NotCron, read_cron
from wfc.peak.parse_shapes import (
    Fields,
    fields,
    inside,
    maps,
    needed_word,
    optional_word,
    optional_words,
    reference,
    require,
    switch,
    word,
    wrong_kind,
)
from wfc.problems import Label, Problems

_RECEIVERS = ("user", "webhook", "email")


def triggers(entry: Entry, problems: Problems) -> tuple[syntax.Trigger, ...]:
    """The triggers; an empty item is none: such a workflow is started by hand."""
    return maps(entry, _trigger, problems)


def _trigger(node: Mapping, problems: Problems) -> syntax.Trigger | None:
    allowed = ("cron", "webhook", "webhookPolicy", "webhookId")
    found = fields(node, allowed, "a trigger", problems)
    cron, webhook = found.get("cron"), found.get("webhook")
    if cron is not None and webhook is not None:
        first, second = (cron, webhook) if cron.key.span < webhook.key.span else (webhook, cron)
        problems.add(
            "WFC713",
            "a trigger is a time or a webhook, and this one is both",
            second.key.span,
            others=[Label(first.key.span, "the other")],
            hint="keep one of `cron` and `webhook`",
        )
    if cron is not None:
        return _cron(cron, problems)
    policy = optional_word(found, "webhookPolicy", problems)
    identity = optional_word(found, "webhookId", problems)
    if webhook is None or not switch(found, "webhook", problems, default=True):
        return None
    preserve = policy is not None and policy.text == "preserve"
    return syntax.Webhook(preserve, identity, webhook.key.span)


def _cron(entry: Entry, problems: Problems) -> syntax.Cron:
    expression = word(entry, problems)
    if reference(entry.value) is None:
        try:
            read_cron(expression.text)
        except NotCron as error:
            span = expression.span
            if isinstance(entry.value, Scalar) and entry.value.text:
                span = entry.value.within(error.start, error.end)
            problems.add("WFC714", error.message, span, hint=error.hint)
    return syntax.Cron(expression)


def watchers(entry: Entry, problems: Problems) -> tuple[syntax.Watcher, ...]:
    return maps(entry, _watcher, problems)


def _watcher(node: Mapping, problems: Problems) -> syntax.Watcher | None:
    found = fields(node, ("events", *_RECEIVERS), "a watcher", problems)
    span = head(node)
    receivers = [found[key] for key in found if key in _RECEIVERS]
    if not receivers:
        message = "this watcher says nobody to tell"
        hint = "add one of `user`, `webhook` and `email`"
        problems.add("WFC715", message, span, hint=hint)
    elif len(receivers) > 1:
        problems.add(
            "WFC715",
            f"this watcher tells {' and '.join(f'`{one.key.text}`' for one in receivers)}",
            receivers[1].key.span,
            others=[Label(receivers[0].key.span, "the first")],
            hint="make a watcher of each",
        )
    elif "events" not in found:
        require(found, ("events",), "a watcher", span, problems)
    heard = syntax.Events(False, False, None)
    if "events" in found:
        heard = _events(found["events"], problems)
    told = [_notification(one, problems) for one in receivers]
    return syntax.Watcher(heard, told[0], span) if told else None


def _events(entry: Entry, problems: Problems) -> syntax.Events:
    found = inside(entry, ("success", "fail", "runtimeExceeded"), "`events`", problems)
    return syntax.Events(
        switch(found, "success", problems),
        switch(found, "fail", problems),
        _minutes(found, problems),
    )


def _minutes(found: Fields, problems: Problems) -> int | float | None:
    entry = found.get("runtimeExceeded")
    if entry is None:
        return None
    node = entry.value
    if isinstance(node, Scalar) and isinstance(node.value, int | float) and is_number(node):
        return node.value
    if reference(entry.value) is None:
        needed = "a number of minutes"
        wrong_kind("runtimeExceeded", needed, entry.value, place(entry), problems)
    return None


def _notification(entry: Entry, problems: Problems) -> syntax.Notification:
    key, span = entry.key.text, entry.key.span
    what = f"`{short(key)}`"
    match key:
        case "user":
            return syntax.NotifyUser(word(entry, problems))
        case "webhook":
            found = inside(entry, ("name", "url", "payload"), what, problems)
            require(found, ("name", "url", "payload"), what, span, problems)
            name, url, payload = (
                needed_word(found, one, span, problems) for one in ("name", "url", "payload")
            )
            return syntax.NotifyWebhook(name, url, payload)
        case _:
            found = inside(entry, ("name", "recipients"), what, problems)
            to = Fields()
            require(found, ("recipients",), what, span, problems)
            if "recipients" in found:
                given = found["recipients"]
                to = inside(given, ("to",), "`recipients`", problems)
                require(to, ("to",), "`recipients`", given.key.span, problems)
            return syntax.NotifyByEmail(
                optional_word(found, "name", problems), optional_words(to, "to", problems)
            )
