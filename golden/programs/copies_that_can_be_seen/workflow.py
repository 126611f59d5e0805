"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, template: wf.Value) -> wf.Value:
    # copy_whole · workflow.yaml:5
    order = wf.copy(template)
    order["id"] = 17

    # copy_part · workflow.yaml:9
    address = wf.copy(template["customer"]["address"])
    address["city"] = "Bern"

    # copy_into · workflow.yaml:13
    history: wf.Value = [None, None]
    history[0] = wf.copy(order)
    order["state"] = "PAID"
    history[1] = wf.copy(order)

    # copy_item · workflow.yaml:19
    for line in wf.each(wf.copy(template["lines"])):
        # mark · workflow.yaml:24
        line["seen"] = True

    # copy_argument · workflow.yaml:27
    shipped = ship(run, order=wf.copy(order))

    # done · workflow.yaml:32
    return {
        "template": template,
        "address": address,
        "history": history,
        "order": order,
        "shipped": shipped,
    }


def ship(run: wf.Run, order: wf.Value) -> wf.Value:
    # change · workflow.yaml:43
    order["state"] = "SHIPPED"

    # done · workflow.yaml:46
    return order


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="3f3fcc0541abd0b46e0a9e4b5b2b9696e828337edb681f89309e9eb15445e3e0",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 copy_whole
 8:12-8:29 7:20+11
 12 10:9+6 copy_part
 12:14-12:54 11:22+28
 16 14:9+6 copy_into
 17:17-17:31 16:25+8
 19:17-19:31 18:25+8
 22 20:9+3 copy_item
 22:16-22:51 22:15+17
 22:24-22:50 22:15+17
 24 25:17+6 mark
 27 28:9+4 copy_argument
 27:30-27:44 30:18+8
 30 33:9+6 done
 31:20-31:28 34:21+11
 32:19-32:26 35:20+10
 33:19-33:26 36:20+10
 34:17-34:22 37:18+8
 35:19-35:26 38:20+10
ship
 41 44:9+6 change
 44 47:9+6 done
 44:11-44:16 47:17+8
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
