"""Durable execution of compiled workflows (ARCHITECTURE.md, Durable executions)."""

from wfc_runtime.durable.callback_server import CallbackPlace, CallbackServer
from wfc_runtime.durable.client import Client
from wfc_runtime.durable.driver import DurableExecution, Threads
from wfc_runtime.durable.journal import DivergenceError, Entry, Journal, Recorded, Started, Writer
from wfc_runtime.durable.outcome import ExecutionCancelled, Outcome, outcome_of
from wfc_runtime.durable.run import resume, revision_of, run_durably, start
from wfc_runtime.durable.sqlite import JournalError, SqliteJournal

__all__ = [
    "CallbackPlace",
    "CallbackServer",
    "Client",
    "DivergenceError",
    "DurableExecution",
    "Entry",
    "ExecutionCancelled",
    "Journal",
    "JournalError",
    "Outcome",
    "Recorded",
    "SqliteJournal",
    "Started",
    "Threads",
    "Writer",
    "outcome_of",
    "resume",
    "revision_of",
    "run_durably",
    "start",
]
