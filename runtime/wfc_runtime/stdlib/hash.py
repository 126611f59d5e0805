"""`hash.*` (spec 06): checksums of bytes."""

from __future__ import annotations

from wfc_runtime.errors import quoted, value_error
from wfc_runtime.stdlib import arguments
from wfc_runtime.values import Value

_ALGORITHMS = ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")


def compute_checksum(data: Value, algorithm: Value) -> bytes:
    """The checksum of `data` by `MD5`, `SHA1`, `SHA256`, `SHA384` or `SHA512` (OQ-55).

    Raises ValueError for any other `algorithm`; the names are in capitals.
    """
    import hashlib  # not at the top: it would be a quarter of what the runtime takes to load

    octets = arguments.octets("hash.compute_checksum", "data", data)
    name = _algorithm("hash.compute_checksum", algorithm)
    return hashlib.new(name, octets, usedforsecurity=False).digest()


def compute_hmac(key: Value, data: Value, algorithm: Value) -> bytes:
    """The keyed checksum (HMAC) of `data` by `MD5`, `SHA1`, `SHA256`, `SHA384` or `SHA512` (OQ-55).

    Raises ValueError for any other `algorithm`; the names are in capitals.
    """
    import hmac

    secret = arguments.octets("hash.compute_hmac", "key", key)
    octets = arguments.octets("hash.compute_hmac", "data", data)
    return hmac.digest(secret, octets, _algorithm("hash.compute_hmac", algorithm))


def _algorithm(function: str, algorithm: Value) -> str:
    """The name as hashlib has it."""
    name = arguments.text(function, "algorithm", algorithm)
    if name not in _ALGORITHMS:
        known = ", ".join(_ALGORITHMS)
        raise value_error(f"{function}(): no algorithm {quoted(name)}; there are {known}")
    return name.lower()
