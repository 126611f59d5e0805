"""Connectors: a method of a Google API as a function that a `call` step can name (spec 06).

A generated module has one constant for each method it calls:

    SECRETMANAGER_VERSIONS_ACCESS = wf.Connector(
        "googleapis.secretmanager.v1.projects.secrets.versions.access",
        "GET",
        "https://secretmanager.googleapis.com/v1/{+name}:access",
    )

    secret = await run.call("read", SECRETMANAGER_VERSIONS_ACCESS, name=secret_name)

The result is the body of the reply, or the operation that the call began when it has ended.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from wfc_runtime.auth import CLOUD_PLATFORM
from wfc_runtime.errors import WorkflowError, http_error, timeout_error
from wfc_runtime.stdlib import http
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from wfc_runtime.connector_params import Polling
    from wfc_runtime.request import Request
    from wfc_runtime.run import Run


@dataclass(frozen=True, slots=True)
class Connector:
    """One method of a Google API.

    name       as the workflow calls it
    method     the http method
    url        the address; `{+name}` and `{zone}` stand for path parameters
    query      the method's own query parameters, as far as calls name them
    body       whether a request has a body
    region     the argument that names the region of the host
    upload     the address for `uploadType: media`
    operation  which kind of operation the reply begins (operations.py); empty for none
    poll       the path to ask for the operation, a template of its fields; empty for its own link
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

    async def __call__(self, run: Run, /, connector_params: Value = None, **given: Value) -> Value:
        """Calls a method of a Google API; the result is the body of its reply.

        A name is made of the API, its version, its resources and the method, as Google's reference
        of the API has them.  So are the arguments: the path and query parameters of the method,
        and `body` for what a request sends.  Query parameters may also stand in a map `query`.
        Null counts as left out.

        `connector_params` is a map.  Its `timeout` is for the whole call, in seconds (1800, at most
        31,536,000).  Its `polling_policy` says how often an operation is asked for, as a map of
        `initial_delay` (1 second), `multiplier` (1.25) and `max_delay` (60 seconds).  With
        `skip_polling` (false) no operation is waited for: the result is the first reply.  `scopes`
        are those of OAuth2, as a string or a list, in place of the method's.

        A method that begins a long-running operation, such as a job, is waited for until that has
        ended, and the result is the operation as it is.  The body of a reply is decoded by its
        content type: JSON becomes a value, text a string, anything else bytes.

        Requests are tried again as with `http.default_retry`, those other than GET as with
        `http.default_retry_non_idempotent`.

        Raises HttpError for a status of 400 or more, OperationError for an operation that failed,
        ResponseTypeError for a reply that should be one and is not, TimeoutError, ConnectionError,
        ConnectionFailedError, AuthError without credentials, and TypeError or ValueError for an
        argument that cannot be.
        """
        from wfc_runtime.connector_params import settings
        from wfc_runtime.connector_request import connector_request

        chosen = settings(connector_params)
        scopes = self.scopes if chosen.scopes is None else chosen.scopes
        sent = connector_request(self, given, scopes)
        deadline = run.execution.clock.time() + chosen.timeout
        reply = await exchange(run, sent, deadline)
        if not self.operation or chosen.skip_polling:
            return reply
        return await self._follow(run, sent, reply, chosen.polling, deadline)

    async def _follow(
        self, run: Run, sent: Request, reply: Value, polling: Polling, deadline: float
    ) -> Value:
        """Asks for an operation until it has ended."""
        from wfc_runtime.operations import address, finished

        headers = {"User-Agent": sent.headers["User-Agent"]}
        for question in count(1):
            if finished(self.operation, reply):
                break
            if not await sleep_before(deadline, polling.delay(question), run):
                raise timeout_error(f"{self.name}: the operation did not end in time")
            url = address(reply, self.poll, sent.url)
            asked = replace(sent, method="GET", url=url, headers=headers, body=None)
            reply = await exchange(run, asked, deadline)
        return reply


async def sleep_before(deadline: float, delay: float, run: Run) -> bool:
    """Sleeps, at most until a time of the run's clock; whether there is time left."""
    left = deadline - run.now()
    await run.rest(max(0.0, min(delay, left)))
    return delay < left


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
        await run.rest(delay)
