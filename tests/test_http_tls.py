"""Which certificates `http.*` trusts, and how it says that it does not (spec 06, http)."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme
from tests.compiled import workflow
from tests.http_server import asked, echo, serving

import wfc_runtime.v1 as wf
from wfc_runtime.stdlib import http

CA = trustme.CA()
ROOT = CA.cert_pem.bytes()
LONG_AGO = datetime.now(UTC) - timedelta(days=30)


def tls(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def secure(certificate: trustme.LeafCert, **arguments: Any) -> Any:
    """What a call of a server with this certificate gives."""
    return asked(serving(echo, tls(certificate)), **arguments)


@pytest.mark.parametrize(
    "trusted",
    [ROOT, ROOT.decode(), ssl.PEM_cert_to_DER_cert(ROOT.decode())],
    ids=["PEM as bytes", "PEM as text", "DER"],
)
def test_a_certificate_is_trusted_with_the_one_that_signed_it(trusted: bytes | str) -> None:
    assert secure(CA.issue_cert("127.0.0.1"), ca_certificate=trusted)["code"] == 200


@pytest.mark.parametrize(
    ("certificate", "trusted", "why"),
    [
        (CA.issue_cert("127.0.0.1"), None, "unable to get local issuer certificate"),
        (CA.issue_cert("127.0.0.1"), trustme.CA().cert_pem.bytes(), "unable to get local issuer"),
        (CA.issue_cert("orders.example"), ROOT, "certificate is not valid for '127.0.0.1'"),
        (CA.issue_cert("127.0.0.1", not_after=LONG_AGO), ROOT, "certificate has expired"),
    ],
    ids=["signed by itself", "signed by another", "of another host", "expired"],
)
def test_a_certificate_that_is_not_trusted_fails_before_anything_is_sent(
    certificate: trustme.LeafCert, trusted: bytes | None, why: str
) -> None:
    error = secure(certificate, ca_certificate=trusted)
    assert error["tags"] == ["ConnectionFailedError", "OSError"]
    assert "the certificate is not trusted: " in error["message"]
    assert why in error["message"]
    assert "127.0.0.1" in error["message"]
    assert "<" not in error["message"]


def test_a_server_that_speaks_no_tls_is_a_connection_that_failed() -> None:
    async def scenario() -> Any:
        async with serving(echo) as address:

            async def main(run: wf.Run) -> None:
                await run.call("go", http.get, url=address.replace("http:", "https:"))

            with pytest.raises(wf.WorkflowError) as failed:
                await workflow(main).run()
            return failed.value.payload

    error = asyncio.run(scenario())
    assert error["tags"] == ["ConnectionFailedError", "OSError"]
    assert "TLS: " in error["message"]


def test_requests_with_one_certificate_share_their_connection() -> None:
    ports = set()

    async def scenario() -> None:
        certificate = CA.issue_cert("127.0.0.1")

        async def handler(request: Any) -> Any:
            ports.add(request.transport.get_extra_info("peername")[1])
            return await echo(request)

        async with serving(handler, tls(certificate)) as address:

            async def main(run: wf.Run) -> None:
                for _ in range(3):
                    await run.call("go", http.get, url=address, ca_certificate=ROOT)

            await workflow(main).run()

    asyncio.run(scenario())
    assert len(ports) == 1
