"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run) -> wf.Value:
    # init · workflow.yaml:4
    seats = 48
    rows = 6
    price = 12.5
    name = "Capitol"

    # compute · workflow.yaml:10
    a_row = seats // rows
    income = seats * price
    half_full = income / 2
    odd = seats % 5
    below = -rows + 1
    sign = f"{name}, row 1"
    length = len(name) + 1

    # compare · workflow.yaml:19
    large = seats > 40 and rows <= 6
    cheap = price < 10 or name == "Capitol"
    early = name < "Scala"
    known = name in ["Scala", "Capitol"]

    # fill · workflow.yaml:25
    for i, row in enumerate(range(1, 7)):
        # skip_the_first · workflow.yaml:31
        if row % 2 == 0 and i > 0:
            income = income - price * row

    # done · workflow.yaml:36
    return {
        "numbers": [a_row, income, half_full, odd, below, length],
        "texts": [sign],
        "tests": [large, cheap, early, known],
    }


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="3bcc78c4aa098114e92045cc29c4cdc492e241ddd2db990b95e22e93a159879a",
    compiler="0.1.0",
    parameters=0,
    positions="""main
 8 5:9+6 init
 14 11:9+6 compute
 14:12-14:25 12:20+16
 15:13-15:26 13:21+16
 16:16-16:26 14:24+13
 17:10-17:19 15:18+12
 18:12-18:21 16:20+12
 19:11-19:27 17:19+24
 20:13-20:26 18:21+16
 23 20:9+6 compare
 23:12-23:36 21:20+27
 24:12-24:43 22:20+34
 25:12-25:26 23:20+17
 26:12-26:40 24:21+31
 29 26:9+3 fill
 31 33:21+9 skip_the_first
 31:11-31:33 33:32+25
 32:21-32:41 35:33+23
 35 37:9+6 done
 36:19-36:65 38:20+49
 37:17-37:23 39:18+9
 38:17-38:45 40:18+31
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
