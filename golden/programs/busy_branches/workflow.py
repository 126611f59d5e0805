"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, limit: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    found: wf.Value = {}

    # search · workflow.yaml:8

    async def by_counting(run: wf.Run) -> None:
        # count · workflow.yaml:14
        for n in wf.span(1, limit):
            if run.ticker.due:
                await run.pause()

            # perfect · workflow.yaml:19
            if await sum_of_divisors(run.inner or run.nested(), n) == n:
                found[str(n)] = "perfect"

    async def by_jumping(run: wf.Run) -> None:
        # start · workflow.yaml:26
        square = 0
        root = 0

        while True:
            if run.ticker.due:
                await run.pause()

            # next_root · workflow.yaml:30
            root = root + 1
            square = wf.mul(root, root)

            # more · workflow.yaml:34
            if not wf.lt(square, limit):
                break

        # keep · workflow.yaml:38
        found["square"] = square

    async def by_recursion(run: wf.Run) -> None:
        # fibonacci · workflow.yaml:43
        result = await fibonacci(run.inner or run.nested(), 8)
        found["fibonacci"] = result

    async def by_waiting(run: wf.Run) -> None:
        # poll · workflow.yaml:48
        for round in range(1, 4):
            # wait · workflow.yaml:53
            await run.sleep("wait", round)

            # note · workflow.yaml:57
            found["rounds"] = round

    await run.parallel("search", [by_counting, by_jumping, by_recursion, by_waiting])

    # done · workflow.yaml:60
    return found


async def sum_of_divisors(run: wf.Run, n: wf.Value) -> wf.Value:
    # init · workflow.yaml:66
    sum = 0
    divisor = 1

    # divide · workflow.yaml:70
    while not divisor >= n:
        if run.ticker.due:
            await run.pause()
        if n % divisor == 0:
            sum = wf.add(sum, divisor)

        # advance · workflow.yaml:77
        divisor = divisor + 1

    return sum


async def fibonacci(run: wf.Run, n: wf.Value) -> wf.Value:
    if run.ticker.due:
        await run.pause()

    # small · workflow.yaml:85
    if n < 2:
        return n

    # large · workflow.yaml:89
    return wf.add(
        await fibonacci(run.inner or run.nested(), n - 1),
        await fibonacci(run.inner or run.nested(), n - 2),
    )


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="37c7864be0ed86c921a0e71b69be3eacbafa06b2bad66d413a5ba415857442ea",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 14 15:23+3 count
 14:17-14:34 17:32+13
 19 21:35+9 perfect
 19:15-19:71 21:46+26
 24 27:23+6 start
 32 31:23+6 next_root
 32:19-32:27 32:33+11
 33:21-33:39 33:35+14
 36 36:27+9 more
 36:19-36:39 36:38+17
 40 39:23+6 keep
 40:26-40:32 40:41+9
 44 44:23+6 fibonacci
 44:17-44:62 45:44+15
 45:29-45:35 45:44+15
 49 49:23+3 poll
 51 54:31+4 wait
 51:36-51:41 56:42+8
 54 58:31+6 note
 54:30-54:35 59:49+8
 56 9:9+8 search
 59 61:9+6 done
 59:11-59:16 61:17+8
sum_of_divisors
 64 67:9+6 init
 68 72:13+9 divide
 68:14-68:26 72:24+15
 71 74:13+9 divide
 71:11-71:27 74:24+19
 72:18-72:38 76:22+16
 75 78:9+6 advance
 75:18-75:29 79:22+14
 77 72:13+9 divide
 77:11-77:14 73:21+6
fibonacci
 85 87:13+9 small
 85:7-85:12 87:24+8
 86:15-86:16 88:21+4
 89 90:9+6 large
 89:11-92:5 90:17+38
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
