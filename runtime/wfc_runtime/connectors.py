"""Connectors: a method of a Google API as a function that a `call` step can name (spec 06).

A generated module has one constant for each method it calls:

    SECRETMANAGER_VERSIONS_ACCESS = wf.Connector(
        "googleapis.secretmanager.v1.projects.secrets.versions.access",
        "GET",
        "https://secretmanager.googleapis.com/v1/{+name}:access",
    )

    secret = await run.call("read", SECRETMANAGER_VERSIONS_ACCESS, name=secret_name)

Nulls count as left out.  The result is the body of the reply, or the finished operation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote

from wfc_runtime.auth import OAuth2
from wfc_runtime.connector_params import Settings, settings
from wfc_runtime.conversions import string
from wfc_runtime.errors import WorkflowError, http_error, timeout_error, type_error, value_error
from wfc_runtime.operations import address, finished
from wfc_runtime.stdlib import http
from wfc_runtime.values import Value, word

if TYPE_CHECKING:
    from wfc_runtime.request import Request
    from wfc_runtime.run import Run

_PLACE = re.compile(r"\{(\+?)([\w.]+)\}")
_PATH_SAFE = "/%:@!$&'()*+,;=~"
_HOST_PART = re.compile(r"[a-z0-9-]+")
_OF_EVERY_METHOD = ("alt", "fields", "prettyPrint", "quotaUser", "uploadType")
CLOUD_PLATFORM = ("https://www.googleapis.com/auth/cloud-platform",)


@dataclass(frozen=True, slots=True)
class Connector:
    """One method of a Google API.

    name       as the workflow calls it
    method     the http method
    url        the address; `{+name}` and `{zone}` stand for path parameters
    query      the method's own query parameters
    body       whether a request has a body
    region     the argument that names the region of the host
    upload     the address for `uploadType: media`
    operation  which kind of operation the reply begins (operations.py); empty for none
    poll       where the operation is asked for, a template of its fields; empty for its own link
    scopes     OAuth2 scopes for the call
    """

    name: str
    method: str
    url: str
    query: tuple[str, ...] = ()
    body: bool = False
    region: str = ""
    upload: str = ""
    operation: str = ""
    poll: str = ""
    scopes: tuple[str, ...] = CLOUD_PLATFORM

    async def __call__(self, run: Run, /, **given: Value) -> Value:
        """Makes the call and waits for the operation that it begins.

        Raises the workflow's HttpError, ConnectionError, ConnectionFailedError, TimeoutError,
        OperationError, ResponseTypeError, and TypeError or ValueError for a bad argument.
        """
        chosen = settings(given.get("connector_params"))
        sent = self.request(given, chosen)
        deadline = run.execution.clock.time() + chosen.timeout
        reply = await exchange(run, sent, deadline)
        if not self.operation or chosen.skip_polling:
            return reply
        return await self._follow(run, sent, reply, chosen, deadline)

    def request(self, given: dict[str, Value], chosen: Settings) -> Request:
        """What is sent for the arguments of a call."""
        from wfc_runtime.request import request

        given = {name: value for name, value in given.items() if value is not None}
        given.pop("connector_params", None)
        body = given.pop("body", None) if self.body else None
        url = self._host(given.pop(self.region, None))
        headers = {}
        if self.upload and given.get("uploadType") is not None:
            if given["uploadType"] != "media":
                raise value_error(f"{self.name}(): `uploadType` can only be `media`")
            url = self.upload
            if type(body) is str:  # the object's text, not JSON
                headers["Content-Type"] = "text/plain; charset=utf-8"
        in_path = {name for _, name in _PLACE.findall(url)}
        parts = {name: given.pop(name, None) for name in in_path}
        query = self._query(given)
        url = _PLACE.sub(lambda place: self._part(place[2], parts[place[2]]), url)
        sent = request(self.method, url, None, body, headers, query or None, None, None, None)
        scopes = self.scopes if chosen.scopes is None else chosen.scopes
        return replace(sent, auth=OAuth2(scopes))

    async def _follow(
        self, run: Run, sent: Request, reply: Value, chosen: Settings, deadline: float
    ) -> Value:
        """Asks for an operation until it has ended (spec 06)."""
        clock = run.execution.clock
        for question in count(1):
            if finished(self.operation, reply):
                break
            delay = chosen.polling.delay(question)
            if clock.time() + delay >= deadline:
                await clock.sleep(max(0.0, deadline - clock.time()))
                raise timeout_error(
                    f"{self.name}: the operation did not end within {chosen.timeout:g} seconds"
                )
            await clock.sleep(delay)
            url = address(reply, self.poll, sent.url)
            headers = {"User-Agent": sent.headers["User-Agent"]}
            asked = replace(sent, method="GET", url=url, headers=headers, body=None)
            reply = await exchange(run, asked, deadline)
        return reply

    def _host(self, region: Value) -> str:
        """The address on the host of a region, where one is given."""
        if region is None:
            return self.url
        if type(region) is not str:
            raise type_error(f"{self.name}(): `{self.region}` must be a string, not {word(region)}")
        if not _HOST_PART.fullmatch(region):
            raise value_error(f"{self.name}(): `{region}` is not a region")
        return self.url.replace("https://", f"https://{region}-", 1)

    def _part(self, name: str, value: Value) -> str:
        """A path parameter as it stands in the address.

        It goes in as it is: a `/` in the name of a storage object has to be encoded in the
        workflow, as on the service.  Only what no path can hold is encoded.
        """
        if value is None:
            raise type_error(f"{self.name}(): the argument `{name}` is missing")
        if type(value) is not str and type(value) is not int:
            raise type_error(f"{self.name}(): `{name}` must be a string, not {word(value)}")
        if value == "":
            raise value_error(f"{self.name}(): `{name}` must not be empty")
        return quote(string(value), safe=_PATH_SAFE)

    def _query(self, given: dict[str, Value]) -> dict[str, Value]:
        """Query parameters: by name, as a map of the parts of a name, or all in a map `query`."""
        query: dict[str, Value] = {}
        for name, value in given.items():
            if name in self.query or name in _OF_EVERY_METHOD:
                query[name] = value
            elif name == "query" or any(known.startswith(f"{name}.") for known in self.query):
                if type(value) is not dict:
                    raise type_error(f"{self.name}(): `{name}` must be a dict, not {word(value)}")
                inside = value if name == "query" else {f"{name}.{k}": v for k, v in value.items()}
                query |= {key: one for key, one in inside.items() if one is not None}
            else:
                raise type_error(f"{self.name}(): no parameter is named `{name}`")
        return query


async def exchange(run: Run, sent: Request, deadline: float) -> Value:
    """The body of the reply to a request, tried again as connectors do (spec 06).

    GET has the idempotent policy, all else the other.  `deadline` is a time of the run's clock.
    """
    from wfc_runtime.request import LONGEST_TIMEOUT

    clock = run.execution.clock
    policy, worth_it = http.default_retry, http.default_retry_predicate
    if sent.method != "GET":
        policy = http.default_retry_non_idempotent
        worth_it = http.default_retry_predicate_non_idempotent
    attempt = 0
    while True:
        attempt += 1
        left = deadline - clock.time()
        if left <= 0:
            raise timeout_error()
        try:
            answer = await http._send(run, replace(sent, timeout=min(left, LONGEST_TIMEOUT)))
            if answer["code"] < 400:
                return answer["body"]
            raise http_error(answer["code"], answer["headers"], answer["body"])
        except WorkflowError as error:
            delay = policy.delay(attempt)
            again = attempt <= policy.max_retries and clock.time() + delay < deadline
            if not (again and worth_it(error.payload)):
                raise
        await clock.sleep(delay)
