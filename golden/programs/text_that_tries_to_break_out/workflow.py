"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, extra: wf.Value) -> wf.Value:
    # """ · workflow.yaml:6
    quotes: wf.Value = ['"', "'", '"""', "'''", "\\", '\\"""', "end\\"]
    braces: wf.Value = ["{0}", "{{ x }}", "{% raw %}", "%s", "$(id)", "`id`", "f'{x}'"]
    lines: wf.Value = ["a\nb", "a\rb", "a\r\nb", "\u2028", "\x00", "\x1b[2J", "\u202e"]
    code = '__import__("os").system("echo broken out")'
    expression = wf.add('""" + __import__("os") + """', extra)

    # ␊    import os; raise SystemExit(9) # · workflow.yaml:13
    map: wf.Value = {'"]; raise SystemExit(9); x["': 1, "'": 2, "\\": 3}
    map['"]; raise SystemExit(9); x["'] = 4

    # wf.Workflow( · workflow.yaml:20
    last = map["\\"] + map["'"]

    # done · workflow.yaml:21
    return {
        "quotes": quotes,
        "braces": braces,
        "lines": lines,
        "code": code,
        "expression": expression,
        "map": map,
        "last": last,
    }


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="94a3c3207dd4a5c37bb9fc81c8cb3a297e1f5adc4c26f2984f303c1469a3d015",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 7:9+6 "\\"\\"\\""
 12:17-12:62 12:25+49
 15 14:9+6 "\\n    import os; raise SystemExit(9) #"
 19 20:24+6 "wf.Workflow("
 19:11-19:31 20:41+24
 22 22:9+6 done
 23:18-23:24 23:19+9
 24:18-24:24 24:19+9
 25:17-25:22 25:18+8
 26:16-26:20 26:17+7
 27:22-27:32 27:23+13
 28:15-28:18 28:16+6
 29:16-29:20 29:17+7
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
