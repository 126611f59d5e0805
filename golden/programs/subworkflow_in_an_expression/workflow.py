"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # total · workflow.yaml:4
    total = vat(run, args["net"]) + vat(run, args["fee"])
    label = wf.add(
        wf.add("to pay, ", rounded(run, total), " "),
        wf.default(args.get("currency"), "EUR"),
    )

    # choose · workflow.yaml:8
    if is_large(run, total) and await greeting(run, "Ada") is not None:
        return {"label": label, "sent_by": "courier"}

    # done · workflow.yaml:12
    return {
        "label": label,
        "greeting": await greeting(run, wf.if_(total > 10, "friend", "stranger")),
    }


def vat(run: wf.Run, net: wf.Value) -> wf.Value:
    # add · workflow.yaml:20
    return wf.mul(net, 1.25)


def rounded(run: wf.Run, amount: wf.Value) -> wf.Value:
    # cut · workflow.yaml:26
    return wf.math.floor(amount * 100 + 0.5) / 100


def is_large(run: wf.Run, amount: wf.Value, limit: wf.Value = 1000) -> wf.Value:
    # compare · workflow.yaml:32
    return amount > limit


async def greeting(run: wf.Run, name: wf.Value) -> wf.Value:
    # think · workflow.yaml:39
    await run.sleep("think", 1)

    # say · workflow.yaml:43
    return "dear " + name


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="728ac298a9a54cf210c6f71363c0eed4468ddc63a0538d0630cff177d59973ed",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+6 total
 8:12-8:57 6:20+32
 9:12-12:5 7:20+80
 15 10:13+9 choose
 15:7-15:70 10:24+46
 16:25-16:30 11:30+8
 19 13:9+6 done
 20:17-20:22 14:18+8
 21:20-21:81 15:21+49
vat
 27 21:9+6 add
 27:11-27:28 21:17+13
rounded
 32 27:9+6 cut
 32:11-32:50 27:17+39
is_large
 37 33:9+6 compare
 37:11-37:25 33:17+17
greeting
 42 40:9+4 think
 45 44:9+6 say
 45:11-45:25 44:17+17
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
