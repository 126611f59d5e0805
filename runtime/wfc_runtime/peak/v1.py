"""What a module compiled from a Peak workflow sees: `import wfc_runtime.peak.v1 as wf`.

Only re-exports.  A module compiled by an older compiler keeps working: names here never change
their meaning.
"""

from wfc_runtime.interrupt import run_interruptibly
from wfc_runtime.logs import LogEntry
from wfc_runtime.observer import BranchPath, Observer
from wfc_runtime.peak.auth import ApiKey, Basic, BearerToken, OAuth
from wfc_runtime.peak.containers import ENGINES
from wfc_runtime.peak.failure import StepFailed
from wfc_runtime.peak.images import Image, Images
from wfc_runtime.peak.params import Params, StepToRun
from wfc_runtime.peak.repository import Repository
from wfc_runtime.peak.result import Result, StepEnd, StepResult
from wfc_runtime.peak.run import Run
from wfc_runtime.peak.settings import Settings
from wfc_runtime.peak.step_run import StepRun
from wfc_runtime.peak.steps import Retry, Step, all_of, lines, one_of, output_is, output_is_not
from wfc_runtime.peak.workflow import Workflow
from wfc_runtime.peak.workspace import WorkspaceError

__all__ = [
    "ENGINES",
    "ApiKey",
    "Basic",
    "BearerToken",
    "BranchPath",
    "Image",
    "Images",
    "LogEntry",
    "OAuth",
    "Observer",
    "Params",
    "Repository",
    "Result",
    "Retry",
    "Run",
    "Settings",
    "Step",
    "StepEnd",
    "StepFailed",
    "StepResult",
    "StepRun",
    "StepToRun",
    "Workflow",
    "WorkspaceError",
    "all_of",
    "lines",
    "one_of",
    "output_is",
    "output_is_not",
    "run_interruptibly",
]
