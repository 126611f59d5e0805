"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    a = args["a"]
    b = args["b"]

    # compute · workflow.yaml:9
    sum = wf.add(a, b)
    text = wf.add("<", a, ",", b, ">")
    difference = wf.sub(a, b)
    product = wf.mul(a, wf.neg(b))
    quotient = a / b
    floor: wf.Value = wf.floordiv(a, b)
    rest: wf.Value = a % b
    mixed = wf.mul(wf.add(a, b), 2) - a / wf.sub(b, 1)
    library: wf.Value = [
        wf.math.max(a, b),
        wf.math.min(a, b),
        wf.math.abs(a),
        wf.math.floor(a),
    ]

    # compare · workflow.yaml:20
    order: wf.Value = [a < b, a <= b, a > b, a >= b]
    same: wf.Value = [a == b, a != b, a is None, b is not None]
    logic = a != b and (a < b or a >= b)
    inside: wf.Value = [wf.is_in(a, [b, 7, 2.5]), "a" in args, "c" not in args]

    # done · workflow.yaml:26
    return {
        "numbers": [sum, difference, product, quotient, floor, rest, mixed],
        "library": library,
        "text": text,
        "order": order,
        "same": same,
        "logic": logic,
        "inside": inside,
    }


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="deb69a510f2a2504f7480b8220add0c42256796f0d86fa72e213205fcdbf5b25",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 8:8-8:17 7:16+9
 9:8-9:17 8:16+9
 12 10:9+6 compute
 12:10-12:22 11:18+8
 13:11-13:38 12:19+26
 14:17-14:29 13:25+8
 15:14-15:34 14:22+9
 16:15-16:20 15:23+8
 17:22-17:39 16:20+9
 18:21-18:26 17:19+8
 19:12-19:54 18:20+28
 20:24-25:5 19:22+63
 28 21:9+6 compare
 28:22-28:52 22:20+33
 29:21-29:63 23:19+41
 30:12-30:40 24:20+36
 31:23-31:79 25:21+52
 34 27:9+6 done
 35:19-35:75 28:20+59
 36:19-36:26 29:20+10
 37:16-37:20 30:17+7
 38:17-38:22 31:18+8
 39:16-39:20 32:17+7
 40:17-40:22 33:18+8
 41:18-41:24 34:19+9
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
