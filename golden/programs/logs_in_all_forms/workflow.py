"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, value: wf.Value) -> wf.Value:
    # text · workflow.yaml:4
    run.log(text="value is " + wf.json.encode_to_string(value))

    # data · workflow.yaml:8
    run.log(data=value, severity="NOTICE")

    # json · workflow.yaml:13
    run.log(json={"value": value}, severity="ERROR")

    # positional · workflow.yaml:19
    run.log(data=value, severity="WARNING")

    # nothing · workflow.yaml:22
    try:
        run.log(severity="INFO")
    except Exception as exc:
        e = wf.caught(exc)

        # show · workflow.yaml:30
        run.log(data=e["message"])

    # odd_severity · workflow.yaml:34
    try:
        run.log(data="x", severity="LOUD")
    except Exception as exc:
        e = wf.caught(exc)

        # show_it · workflow.yaml:41
        run.log(data=e["message"])

    return None


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="e5161a30b877a48b17179bb51361f4dbca2188803b2618223b134a44850ada77",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+4 text
 8:17-8:62 7:17+45
 11 9:9+4 data
 11:17-11:22 11:17+8
 14 14:9+4 json
 14:27-14:32 17:20+8
 17 20:9+4 positional
 17:17-17:22 21:17+8
 20 23:9+3 nothing
 21 24:11+4 nothing
 22 23:9+3 nothing
 26 31:17+4 show
 26:21-26:33 33:25+12
 29 35:9+3 odd_severity
 30 36:11+4 odd_severity
 31 35:9+3 odd_severity
 35 42:17+4 show_it
 35:21-35:33 43:25+12
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
