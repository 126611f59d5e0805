"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # init · workflow.yaml:5
    user: wf.Value = None
    cart: wf.Value = {}
    asked = 0

    # ask_both · workflow.yaml:10

    async def user_branch(run: wf.Run) -> None:
        nonlocal asked, user

        # get_user · workflow.yaml:16
        user = await run.call(
            "get_user",
            wf.http.get,
            url=wf.add(wf.add(args["api"], "/users/"), args["id"]),
        )

        # count_user · workflow.yaml:21
        asked = asked + 1
        user = user["body"]["name"]

    async def cart_branch(run: wf.Run) -> None:
        nonlocal asked

        # get_cart · workflow.yaml:27
        answer = await run.call(
            "get_cart",
            wf.http.get,
            url=wf.add(wf.add(args["api"], "/carts/"), args["id"]),
        )

        # count_cart · workflow.yaml:32
        asked = asked + 1
        cart["items"] = answer["body"]

    await run.parallel("ask_both", [user_branch, cart_branch])

    # done · workflow.yaml:36
    return {"user": user, "cart": cart, "asked": asked}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="674450e2d5f589be616e4df996456993b9ced492487019b054eab29d1a3c9811",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 init
 18 17:23+4 get_user
 21:16-21:66 19:30+33
 25 22:23+6 count_user
 25:16-25:25 23:34+12
 26:15-26:35 24:33+17
 32 28:23+4 get_cart
 35:16-35:66 30:30+33
 39 33:23+6 count_cart
 39:16-39:25 34:34+12
 40:24-40:38 35:39+14
 42 11:9+8 ask_both
 45 37:9+6 done
 45:20-45:24 38:17+7
 45:34-45:38 39:17+7
 45:49-45:54 40:18+8
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
