"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    discount: wf.Value = None
    address: wf.Value = None

    # init · workflow.yaml:5
    greetings: wf.Value = []

    # maybe · workflow.yaml:8
    if wf.truth(args["vip"]):
        discount = 20

    # look_up · workflow.yaml:13
    try:
        address = args["address"]
    except Exception as exc:
        e = wf.caught(exc)

        # nothing · workflow.yaml:20
        reason = e["message"]

    # visits · workflow.yaml:23
    for visit in wf.each(args["visits"]):
        greeting: wf.Value = None

        # first · workflow.yaml:28
        if wf.eq(visit, 1):
            greeting = "hello"

        # note · workflow.yaml:33
        greetings.append(greeting)

    # done · workflow.yaml:36
    return {
        "discount": wf.default(discount, 0),
        "address": wf.if_(address is None, "unknown", address),
        "greetings": greetings,
        "sum": wf.add(discount, 1),
    }


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="0f57556f9c4d6624f72f4e0a9f647c9399c0ac985661604e523b19812fc49846",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 11 6:9+6 init
 14 10:13+9 maybe
 14:7-14:28 10:24+11
 14:16-14:27 10:24+11
 18 14:9+3 look_up
 19 15:11+6 look_up
 19:18-19:33 16:24+15
 20 14:9+3 look_up
 24 21:17+6 nothing
 24:17-24:29 22:29+12
 27 24:9+3 visits
 27:17-27:40 26:15+14
 27:25-27:39 26:15+14
 31 30:21+9 first
 31:11-31:26 30:32+13
 35 34:17+6 note
 35:8-35:34 35:32+35
 38 37:9+6 done
 39:20-39:43 38:21+23
 40:19-40:62 39:20+42
 41:21-41:30 40:22+12
 42:15-42:34 41:16+15
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
