"""The certificate authority of `wfc peak-proxy`: in, a folder; out, TLS as any host of Peak's.

authority.pem  its key and certificate; nobody but its owner may read it, and nothing else does
bundle.pem     its certificate and those that certifi has: what REQUESTS_CA_BUNDLE names

Who trusts the authority trusts it for peak.ai alone (RFC 5280 §4.2.1.10), so that a stolen key is
worth little.
"""

from __future__ import annotations

import os
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wfc.wrong_use import WrongUse

DOMAINS: Final = tuple(
    f"{stage}peak.ai" for stage in ("", "dev.", "latest.", "test.", "beta.", "parvati.")
)
"""One label in front of one of these is a host of Peak's (spec 11 §4.1)."""

_LASTS: Final = timedelta(days=365)
_RENEWED: Final = timedelta(days=30)
"""How long before its end an authority is replaced."""

_LEAF_LASTS: Final = timedelta(days=2)
_BEFORE: Final = timedelta(hours=1)
"""How much earlier a certificate is valid, for clocks that are behind, as a container's may be."""

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class Authority:
    """One folder's; made when it is first needed, and again before it runs out.

    bundle  the file that clients trust
    """

    def __init__(self, folder: Path, clock: Clock = _now) -> None:
        """Raises WrongUse where the folder cannot be used."""
        self._folder = folder
        self._file = folder / "authority.pem"
        self.bundle = folder / "bundle.pem"
        self._clock = clock
        self._renewal = clock()
        self._context = self.context()

    def context(self) -> ssl.SSLContext:
        """What ends TLS as Peak's hosts, with a certificate that lasts a day or two.

        Raises WrongUse where the folder cannot be used any more.
        """
        now = self._clock()
        if now >= self._renewal:
            self._context = self._renewed(now)
            self._renewal = now + _LEAF_LASTS / 2
        return self._context

    def _renewed(self, now: datetime) -> ssl.SSLContext:
        try:
            key, certificate = self._load()
            return self._leaf(key, certificate, now)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            message = f"the certificates cannot be kept in `{self._folder}`: {why}"
            raise WrongUse(message, "  = hint: `--folder DIR` names another folder") from None
        except ValueError:
            message = f"`{self._file}` is damaged"
            hint = "  = hint: remove it, and a new one will be made"
            raise WrongUse(message, hint) from None

    def _load(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        """The authority of the folder, by whichever process it was made."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(self._folder):
            if not self._file.exists() or self._ends() < self._clock() + _RENEWED:
                _replace(self._file, _authority(self._clock()))
            pem = self._file.read_bytes()
            _replace(self.bundle, _bundle(pem), mode=0o644)
        key = serialization.load_pem_private_key(pem, None)
        certificate = x509.load_pem_x509_certificate(pem)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key, certificate

    def _ends(self) -> datetime:
        return x509.load_pem_x509_certificate(self._file.read_bytes()).not_valid_after_utc

    def _leaf(
        self, key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, now: datetime
    ) -> ssl.SSLContext:
        own = ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName(f"*.{domain}") for domain in DOMAINS]
        certificate = (
            _builder("*.peak.ai", own, now, _LEAF_LASTS)
            .issuer_name(authority.subject)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()),
                critical=False,
            )
            .sign(key, hashes.SHA256())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])  # which is what the server behind speaks
        # Python's ssl takes a key from a file alone
        with tempfile.NamedTemporaryFile(dir=self._folder) as file:
            file.write(_pem(own) + certificate.public_bytes(serialization.Encoding.PEM))
            file.flush()
            context.load_cert_chain(file.name)
        return context


def _authority(now: datetime) -> bytes:
    """A new key and certificate as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    everything = [x509.IPAddress(ip_network(network)) for network in ("0.0.0.0/0", "::/0")]
    builder = _builder("wfc peak-proxy on this machine", key, now, _LASTS)
    certificate = (
        builder.issuer_name(_name("wfc peak-proxy on this machine"))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            # a name of a kind that is not permitted nor excluded would be free
            x509.NameConstraints([x509.DNSName("peak.ai")], everything),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    return _pem(key) + certificate.public_bytes(serialization.Encoding.PEM)


def _builder(
    name: str, key: ec.EllipticCurvePrivateKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _bundle(pem: bytes) -> bytes:
    """The authority's certificate without its key, and the authorities of the web."""
    own = x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.PEM)
    if find_spec("certifi") is None:
        return own
    import certifi

    return own + b"\n" + Path(certifi.where()).read_bytes()


def _replace(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Whole or not at all; never readable for more people than `mode` says."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Two proxies that begin at once must not make an authority each."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
