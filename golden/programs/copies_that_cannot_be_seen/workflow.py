"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # take · workflow.yaml:5
    customer = args["customer"]
    address = customer["address"]
    lines = args["lines"]

    # summarise · workflow.yaml:10
    counted = count(run, lines=lines)

    # extend · workflow.yaml:15
    lines = wf.list.concat(lines, "gift wrap")
    customer = wf.map.merge(customer, args["extra"])

    # done · workflow.yaml:19
    return {
        "address": address,
        "counted": counted,
        "lines": lines,
        "customer": customer,
        "given": args,
    }


def count(run: wf.Run, lines: wf.Value) -> wf.Value:
    # done · workflow.yaml:30
    return {"lines": lines, "count": wf.len(lines)}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="2e604cd6027169b9705676d067bd7e7fb1ab554ea007abc6f605aa16a9f4bb45",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 take
 8:15-8:31 7:23+16
 9:14-9:33 8:22+19
 10:12-10:25 9:20+13
 13 11:9+4 summarise
 13:31-13:36 13:18+8
 16 16:9+6 extend
 16:12-16:46 17:20+34
 17:15-17:52 18:23+34
 20 20:9+6 done
 21:19-21:26 21:20+10
 22:19-22:26 22:20+10
 23:17-23:22 23:18+8
 24:20-24:28 24:21+11
 25:17-25:21 25:18+7
count
 31 31:9+6 done
 31:21-31:26 31:26+8
 31:37-31:50 31:45+13
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
