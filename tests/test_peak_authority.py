"""The certificates of `wfc peak-proxy`: who may read them, what they are good for, for how long."""

from __future__ import annotations

import errno
import os
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from wfc.wrong_use import WrongUse
from wfc_client.peak_authority import DOMAINS, Authority


def handshake(server: ssl.SSLContext, bundle: Path, host: str) -> x509.Certificate:
    """The certificate that a client who trusts the bundle accepts for a host."""
    trusted = ssl.create_default_context(cafile=str(bundle))
    trusted.verify_flags |= ssl.VERIFY_X509_STRICT  # the default since Python 3.13
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = server.wrap_bio(up, down, server_side=True)
    client = trusted.wrap_bio(down, up, server_hostname=host)
    for _ in range(3):
        for side in (client, ours):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                pass
    found = client.getpeercert(binary_form=True)
    assert found is not None
    return x509.load_der_x509_certificate(found)


def certificate(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("service", ["service", "press"])
def test_clients_accept_it_for_every_stage(tmp_path: Path, service: str, domain: str) -> None:
    authority = Authority(tmp_path)
    handshake(authority.context(), authority.bundle, f"{service}.{domain}")


@pytest.mark.parametrize("host", ["peak.ai", "a.b.peak.ai", "peak.ai.example.com", "127.0.0.1"])
def test_clients_accept_it_for_no_other_host(tmp_path: Path, host: str) -> None:
    authority = Authority(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(authority.context(), authority.bundle, host)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("example.com", x509.DNSName("example.com")),
        ("127.0.0.1", x509.IPAddress(ip_address("127.0.0.1"))),
    ],
)
def test_a_stolen_key_makes_no_other_host(
    tmp_path: Path, host: str, name: x509.GeneralName
) -> None:
    authority = Authority(tmp_path)
    pem = (tmp_path / "authority.pem").read_bytes()
    stolen = serialization.load_pem_private_key(pem, None)
    assert isinstance(stolen, ec.EllipticCurvePrivateKey)
    issuer, own, now = (
        certificate(tmp_path),
        ec.generate_private_key(ec.SECP256R1()),
        datetime.now(),
    )
    forged = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(issuer.subject)
        .public_key(own.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(stolen.public_key()), critical=False
        )
        .sign(stolen, hashes.SHA256())
    )
    file = tmp_path / "forged.pem"
    key = own.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(key + forged.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with pytest.raises(ssl.SSLCertVerificationError, match="subtree violation"):
        handshake(context, authority.bundle, host)


def test_nobody_else_can_read_the_key_and_nothing_else_holds_it(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    Authority(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["authority.pem", "bundle.pem"]
    assert (folder / "authority.pem").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert b"PRIVATE KEY" not in (folder / "bundle.pem").read_bytes()


def test_the_bundle_also_has_the_authorities_of_the_web(tmp_path: Path) -> None:
    Authority(tmp_path)
    bundle = (tmp_path / "bundle.pem").read_bytes()
    assert bundle.startswith(certificate(tmp_path).public_bytes(serialization.Encoding.PEM))
    assert bundle.endswith(Path(certifi.where()).read_bytes())


def test_an_authority_is_made_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:  # as by proxies that begin at once
        authorities = list(pool.map(lambda _: Authority(tmp_path), range(4)))
    for authority in authorities:
        handshake(authority.context(), authority.bundle, "service.peak.ai")
    first = certificate(tmp_path)
    Authority(tmp_path)
    assert certificate(tmp_path) == first


def test_certificates_are_renewed_before_they_run_out(tmp_path: Path) -> None:
    now = datetime.now(UTC) - timedelta(days=400)
    authority = Authority(tmp_path, lambda: now)
    first = certificate(tmp_path)
    leaf = authority.context()
    assert authority.context() is leaf
    now += timedelta(days=334)  # 31 before its end
    assert authority.context() is not leaf
    assert certificate(tmp_path) == first
    now += timedelta(days=2)
    authority.context()
    assert certificate(tmp_path) != first
    now = datetime.now(UTC)  # a proxy that ran all the time is trusted
    found = handshake(authority.context(), authority.bundle, "service.peak.ai")
    assert found.not_valid_after_utc - now < timedelta(days=3)


def test_a_damaged_authority_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "authority.pem").write_text("oops", encoding="utf-8")
    with pytest.raises(WrongUse, match="is damaged") as raised:
        Authority(tmp_path)
    assert "remove it" in raised.value.detail


def test_a_folder_that_cannot_be_one_says_how_to_name_another(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WrongUse, match="cannot be kept") as raised:
        Authority(tmp_path / "file")
    assert "--folder DIR" in raised.value.detail


def test_a_certificate_that_cannot_be_renewed_is_said_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    now = datetime.now(UTC)
    authority = Authority(tmp_path, lambda: now)
    leaf = authority.context()
    now += timedelta(days=1)
    with monkeypatch.context() as patched:
        patched.setattr("wfc_client.peak_authority.tempfile.NamedTemporaryFile", full)
        for _ in range(2):
            with pytest.raises(WrongUse, match=r"cannot be kept in `.*`: no space left on device"):
                authority.context()
    assert authority.context() is not leaf
