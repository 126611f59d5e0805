"""What a client may set, beyond the types: sizes, alphabets, counts (spec 07 §4, OQ-66).

In go fields as `fields.read_message` gives them; every rule that is broken is one violation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn, TypeAlias

from wfc_service.errors import bad_request, invalid

SOURCE_LIMIT: Final = 128 * 1024
ARGUMENT_LIMIT: Final = 32 * 1024
"""Bytes of UTF-8 (spec 07 §1)."""

_KEY: Final = re.compile(r"(?!\d)[\w-]{1,63}")
_VALUE: Final = re.compile(r"[\w-]{0,63}")
_ALPHABET: Final = "lower-case letters, digits, _ and -"
_MOST_LABELS: Final = 64
_MOST_VARIABLES: Final = 20
_VARIABLE_LIMIT: Final = 4 * 1024
_RESERVED: Final = ("GOOGLE", "WORKFLOWS")
_LONGEST_DESCRIPTION: Final = 1000
_ACCOUNT: Final = re.compile(r"(?:projects/[^/\s]+/serviceAccounts/)?[^/\s]+")
_KEY_NAME: Final = re.compile(
    r"projects/[^/\s]+/locations/[^/\s]+/keyRings/[^/\s]+/cryptoKeys/[^/\s]+"
)

_Violations: TypeAlias = list[tuple[str, str]]


def check_workflow(workflow: Mapping[str, Any]) -> None:
    """Raises ApiError INVALID_ARGUMENT with everything that a workflow's fields break."""
    found: _Violations = []
    source = workflow.get("sourceContents", "")
    if (size := len(source.encode())) > SOURCE_LIMIT:
        _add(found, "workflow.source_contents", f"{size} bytes are more than {SOURCE_LIMIT}")
    description = workflow.get("description", "")
    if len(description) > _LONGEST_DESCRIPTION:
        reason = f"{len(description)} characters are more than {_LONGEST_DESCRIPTION}"
        _add(found, "workflow.description", reason)
    _check_labels(workflow.get("labels", {}), "workflow.labels", found)
    _check_variables(workflow.get("userEnvVars", {}), found)
    account = workflow.get("serviceAccount", "")
    if account and not _ACCOUNT.fullmatch(account):
        reason = "it is neither an account nor projects/{project}/serviceAccounts/{account}"
        _add(found, "workflow.service_account", reason)
    key = workflow.get("cryptoKeyName", "")
    if key and not _KEY_NAME.fullmatch(key):
        form = "projects/{project}/locations/{location}/keyRings/{ring}/cryptoKeys/{key}"
        reason = f"it is not {form}"
        _add(found, "workflow.crypto_key_name", reason)
    if found:
        raise bad_request(found)


def check_execution(execution: Mapping[str, Any]) -> None:
    """Raises ApiError INVALID_ARGUMENT with everything that an execution's fields break."""
    if not execution:
        return
    found: _Violations = []
    if argument := execution.get("argument"):
        _check_argument(argument, found)
    _check_labels(execution.get("labels", {}), "execution.labels", found)
    if found:
        raise bad_request(found)


def page_size_of(given: int, usual: int, largest: int) -> int:
    """How many items a page has; raises ApiError INVALID_ARGUMENT for less than none."""
    if given < 0:
        raise invalid("page_size", "it must not be negative")
    return min(given or usual, largest)


def _check_argument(argument: str, found: _Violations) -> None:
    size = len(argument.encode())
    if size > ARGUMENT_LIMIT:
        _add(found, "execution.argument", f"{size} bytes are more than {ARGUMENT_LIMIT}")
        return
    try:
        json.loads(argument, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        _add(found, "execution.argument", f"it is not the text of JSON: {error}")
    except (ValueError, RecursionError):
        _add(found, "execution.argument", "it is not the text of JSON")


def _check_labels(labels: Mapping[str, str], at: str, found: _Violations) -> None:
    if len(labels) > _MOST_LABELS:
        _add(found, at, f"{len(labels)} labels are more than {_MOST_LABELS}")
    for key, value in labels.items():
        if not _KEY.fullmatch(key) or not key[0].isalpha() or key != key.lower():
            rule = f"1 to 63 {_ALPHABET}, a letter first"
            _add(found, at, f"the key {json.dumps(key)} is not {rule}")
        if not _VALUE.fullmatch(value) or value != value.lower():
            rule = f"at most 63 {_ALPHABET}"
            _add(found, f"{at}[{key}]", f"the value {json.dumps(value)} is not {rule}")


def _check_variables(variables: Mapping[str, str], found: _Violations) -> None:
    at = "workflow.user_env_vars"
    if len(variables) > _MOST_VARIABLES:
        _add(found, at, f"{len(variables)} variables are more than {_MOST_VARIABLES}")
    for name, value in variables.items():
        if not name:
            _add(found, at, "a variable's name must not be empty")
        if name.startswith(_RESERVED):
            _add(found, at, f"{json.dumps(name)} begins with GOOGLE or WORKFLOWS")
        if max(len(name.encode()), len(value.encode())) > _VARIABLE_LIMIT:
            _add(found, at, f"{json.dumps(name[:40])} has more than {_VARIABLE_LIMIT} bytes")


def _add(found: _Violations, field: str, reason: str) -> None:
    found.append((field, f"{field}: {reason}"))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
