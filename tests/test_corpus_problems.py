"""Real workflows without a known fault get no errors, but for those listed here with the reason."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from tests.corpus import files, needs_corpus
from tests.front import problems_in

from wfc.problems import Problem

EMULATOR = "lemonberrylabs__gcw-emulator__"
SAMPLES = "GoogleCloudPlatform__workflows-samples__src_"
TS2WORKFLOWS = "aajanki__ts2workflows__test_assignmentStatements.spec.ts__"
GOVUK = "alphagov__govuk-knowledge-graph-gcp__"

ERRORS = {
    # the plain text `df` as a condition, which Google's schema rejects too
    f"{SAMPLES}error_retry_predicate.cloudworkflows.json": {"WFC127"},
    # keeps as text what the YAML sample has in comments under "not allowed"
    f"{SAMPLES}loop_variable_scope.json": {"WFC202"},
    # assigns `people[0]` and the like where the compiler's test defines no `people`
    f"{TS2WORKFLOWS}addition-assignment-to-a-member-expression_str61.yaml": {"WFC201"},
    f"{TS2WORKFLOWS}assignment-to-a-member-expression-with-a-variable-index_str57.yaml": {"WFC201"},
    f"{TS2WORKFLOWS}compound-assignment-to-a-member-expression-with-side-effects_str69.yaml": {
        "WFC201"
    },
    f"{TS2WORKFLOWS}compound-assignment-with-a-list-and-map-expressions-on-LHS_str67.yaml": {
        "WFC201"
    },
    f"{TS2WORKFLOWS}compound-assignment-with-a-unary-expression-on-LHS_str65.yaml": {"WFC201"},
    f"{TS2WORKFLOWS}indexed-assignment-with-a-function-call-expression-as-the-in_str43.yaml": {
        "WFC201"
    },
    f"{TS2WORKFLOWS}multiple-map-literals-in-an-assignment-statement_str34.yaml": {"WFC201"},
    f"{TS2WORKFLOWS}object-property-assignment-with-a-variable-as-a-key_str49.yaml": {"WFC201"},
    f"{TS2WORKFLOWS}property-assignment_str10.yaml": {"WFC201"},
    # a `for` directly inside `try` (spec 09 §3 row 12)
    f"{GOVUK}terraform-dev_workflow-page-views.yaml": {"WFC140"},
    f"{GOVUK}terraform-dev_workflows_workflow-page-views.yaml": {"WFC140"},
    # a subworkflow of 15 parameters; spec 07 §1 allows 10
    "google__ads-api-report-fetcher__gcp_workflow_workflows.yaml": {"WFC413"},
    # shares names that nothing outside the parallel step assigns (OQ-40)
    f"{EMULATOR}.planning_research_parallel-execution.md__fence1.yaml": {"WFC382"},
    f"{EMULATOR}.planning_research_parallel-execution.md__fence3.yaml": {"WFC382"},
    f"{EMULATOR}pkg_parser_parser_test.go__TestParseParallelBranches_str7.yaml": {"WFC382"},
    # gives a connector's method a `timeout`, which belongs into `connector_params`
    "ognjhunt__BlueprintPipeline__workflows_delivery-integrity-audit.yaml": {"WFC340"},
    # gives `map.get` a default as third argument, which Google's has not
    f"{EMULATOR}test_integration_stdlib_test.go__TestStdlib_MapGet_str13.yaml": {"WFC342"},
}

WARNINGS = {
    # Terraform's placeholders rendered as words where a URL stands
    f"{GOVUK}modules_terraform_workflows_smart-survey.yaml": {"WFC644"},
    f"{GOVUK}terraform-dev_workflows_smart-survey-v2.yaml": {"WFC644"},
    "weka__terraform-gcp-weka__modules_deploy_weka_workflows.tf__heredoc2.yaml": {"WFC644"},
    # the emulator's own tests of retries
    f"{EMULATOR}test_integration_http_call_test.go__TestHTTP_DefaultRetryDoesRetry503_str14.yaml": {
        "WFC650"
    },
    f"{EMULATOR}test_integration_child_workflow_test.go__TestChildWorkflow_BasicRun_str2.yaml": {
        "WFC640"  # the first part of a text that a program completes
    },
    f"{EMULATOR}test_integration_retry_test.go__TestRetry_ExceedMaxRetries_str2.yaml": {"WFC651"},
}


@cache
def problems_by_file() -> dict[str, list[Problem]]:
    return {file.name: problems_in(file.source()) for file in files() if not file.terraform}


def found(wanted: Callable[[Problem], bool]) -> dict[str, set[str]]:
    """The codes of such problems in the files that have no known fault."""
    sound = [file.name for file in files() if file.parses and not file.lint and not file.terraform]
    codes = {
        name: {problem.code for problem in problems_by_file()[name] if wanted(problem)}
        for name in sound
    }
    return {name: some for name, some in codes.items() if some}


@needs_corpus
def test_sound_files_have_no_errors_but_these() -> None:
    """What this version does not run yet (WFC5xx) is another matter."""

    def is_error(problem: Problem) -> bool:
        return problem.severity == "error" and not problem.code.startswith("WFC5")

    assert found(is_error) == ERRORS


@needs_corpus
def test_sound_files_have_no_warnings_of_arguments_and_types_but_these() -> None:
    def is_warning(problem: Problem) -> bool:
        return problem.code.startswith(("WFC64", "WFC65", "WFC66"))

    assert found(is_warning) == WARNINGS


@needs_corpus
def test_file_above_the_size_limit_is_refused() -> None:
    """Spec 07 §1; the only one of the corpus, 133,677 bytes."""
    too_large = [
        name
        for name, problems in problems_by_file().items()
        if any(problem.code == "WFC410" for problem in problems)
    ]
    assert too_large == ["ognjhunt__BlueprintPipeline__workflows_source-orchestrator.yaml"]
