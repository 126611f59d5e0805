"""`base64.*` (spec 06): bytes as text of the standard alphabet."""

from __future__ import annotations

import binascii
import re

from wfc_runtime.errors import value_error
from wfc_runtime.stdlib import arguments
from wfc_runtime.values import Value

_ALPHABET = re.compile("[A-Za-z0-9+/]*")
_PADDED = re.compile("[A-Za-z0-9+/]*={0,2}")
_LINE_ENDS = str.maketrans("", "", "\r\n")


def encode(data: Value, padding: Value = None) -> str:
    """Bytes as base64 text; with `padding` false (default true) without the `=` at its end."""
    text = binascii.b2a_base64(arguments.octets("base64.encode", "data", data), newline=False)
    padded = arguments.flag("base64.encode", "padding", padding, True)
    return (text if padded else text.rstrip(b"=")).decode()


def decode(data: Value, padding: Value = None) -> bytes:
    """The bytes that base64 text stands for; line ends in it do not count (as in Go).

    Raises ValueError for other characters, and for `=` that is missing with `padding` (the default)
    or present without.
    """
    text = arguments.text("base64.decode", "data", data).translate(_LINE_ENDS)
    if arguments.flag("base64.decode", "padding", padding, True):
        good = len(text) % 4 == 0 and _PADDED.fullmatch(text)
    else:
        good = len(text) % 4 != 1 and _ALPHABET.fullmatch(text)
        text += "=" * (-len(text) % 4)
    if not good:
        raise value_error("base64.decode(): `data` is not base64")
    return binascii.a2b_base64(text)
