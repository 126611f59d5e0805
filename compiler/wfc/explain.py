"""What a code or a name of the library means: in, one or none; out, its explanation, or the list.

The examples are the folders of `golden/problems`, which the wheel carries as `wfc/examples`, so
what `wfc explain` shows is what the tests compare.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

from wfc.codes import CODES
from wfc.explain_library import explain_library, list_library
from wfc.visible import visible
from wfc.wrong_use import WrongUse

_LONGEST = 80
_WIDEST = 160
"""Lines and characters of an example that are shown: some are about files that are too large."""

_STAGES = {
    range(100): "the text of the file",
    range(100, 150): "structure",
    range(150, 200): "expressions",
    range(200, 300): "names",
    range(300, 320): "jumps",
    range(320, 340): "variables",
    range(340, 350): "calls and arguments",
    range(350, 360): "retries",
    range(360, 380): "loops",
    range(380, 400): "parallel steps",
    range(400, 500): "limits",
    range(500, 600): "not supported yet",
    range(600, 700): "warnings",
    range(700, 710): "the structure of a Peak workflow",
    range(710, 720): "numbers, triggers and watchers of a Peak workflow",
    range(720, 730): "a step of a Peak workflow",
    range(730, 740): "the graph of a Peak workflow",
    range(740, 750): "a block of Peak's",
    range(750, 760): "a template of Peak's",
    range(800, 900): "warnings about Peak workflows",
}


def explain(topic: str) -> str:
    """What is known of a code, of a function or module of the library, or of a connector.

    Raises WrongUse for anything else.
    """
    if re.match("(?:wfc)?[0-9]", topic.strip(), re.IGNORECASE):
        return _explain_code(topic.strip())
    return explain_library(topic.strip().removesuffix("()"))


def _explain_code(code: str) -> str:
    """Title, stage and example of one code, which may be written `WFC203`, `wfc203` or `203`."""
    known = code.upper()
    known = f"WFC{known}" if known.isdigit() else known
    if known not in CODES:
        raise WrongUse(_unknown(code, known))
    parts = [f"{known}: {CODES[known]}", _consequence(known)]
    folder = example(known)
    if folder is not None:
        for workflow in folder.glob("workflow.*"):
            text = workflow.read_text(encoding="utf-8", errors="replace")
            parts += [f"Example: {workflow.name}", _indented(text)]
        problems = (folder / "problems.txt").read_text(encoding="utf-8")
        parts += ["`wfc check` prints:", _indented(problems)]
    return "\n\n".join(parts) + "\n"


def list_topics() -> str:
    """All codes with their titles, a paragraph for each stage, and the names of the library."""
    paragraphs = []
    for numbers, stage in _STAGES.items():
        codes = [code for code in sorted(CODES) if int(code[3:]) in numbers]
        if codes:
            rows = [f"  {code}  {CODES[code]}" for code in codes]
            paragraphs.append("\n".join([stage, *rows]))
    paragraphs.append("`wfc explain CODE` shows an example.")
    return "\n\n".join([*paragraphs, list_library()])


def example(code: str) -> Path | None:
    """The folder `CODE_words` of the installed package, or of the checkout it runs from."""
    here = Path(__file__).parent
    for examples in (here / "examples", here.parents[1] / "golden" / "problems"):
        for folder in sorted(examples.glob(f"{code}_*/problems.txt")):
            return folder.parent
    return None


def _consequence(code: str) -> str:
    stage = next(stage for numbers, stage in _STAGES.items() if int(code[3:]) in numbers)
    match stage:
        case "warnings" | "warnings about Peak workflows":
            return "A warning: it compiles and runs; `wfc check --strict` fails on it."
        case "not supported yet":
            return "The service knows this and this version of wfc does not: it refuses to guess."
        case _:
            return f"An error in {stage}: nothing is compiled or run until it is repaired."


def _unknown(code: str, known: str) -> str:
    near = get_close_matches(known.replace("O", "0"), CODES, n=1)
    hint = f"did you mean {near[0]}?" if near else "`wfc explain` lists all codes"
    return f"no problem has the code `{code}`; {hint}"


def _indented(text: str) -> str:
    lines = [visible(line.replace("\t", "    ")) for line in text.splitlines()]
    if len(lines) > _LONGEST:
        lines[_LONGEST:] = ["…"]
    return "\n".join(f"    {line[:_WIDEST]}".rstrip() for line in lines)
