"""What a service is, in all its lives."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping

from wfc_service.names import Place
from wfc_service.store.database import Database


async def identity(database: Database, place: Place) -> Mapping[str, str]:
    """What workers are told of it; the secret makes ids that nobody can guess."""
    return {
        "secret": await database.write(_secret),
        "project": place.project,
        "number": str(place.number),
        "location": place.location,
    }


def _secret(connection: sqlite3.Connection) -> str:
    """Made by the first life."""
    made = secrets.token_hex(32)
    connection.execute("INSERT OR IGNORE INTO service VALUES ('secret', ?)", (made,))
    query = "SELECT value FROM service WHERE name = 'secret'"
    return str(connection.execute(query).fetchone()[0])
