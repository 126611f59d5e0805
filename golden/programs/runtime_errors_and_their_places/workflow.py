"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # init · workflow.yaml:4
    list: wf.Value = [10, 20]
    map: wf.Value = {"name": "lamp", "odd key!": 1}
    zero = 0
    word = "lamp"
    largest = 9223372036854775807

    # choose · workflow.yaml:11
    if args["fail"] != "literal":
        if args["fail"] == "call":
            # call · workflow.yaml:45
            run.log(severity="ERROR", text=wf.add(word, map["odd key!"], list))
            return None
        if args["fail"] == "condition":
            # condition · workflow.yaml:51
            if zero > 0:
                return None
            if not wf.truth(args["unknown"]):
                return None
            return 2
        if args["fail"] == "loop":
            # loop · workflow.yaml:58
            for item in wf.each(map["name"]):
                # never · workflow.yaml:63
                return item

            return None
        if args["fail"] == "target":
            # target · workflow.yaml:66
            list[0] = 11
            map["parts"]["lid"] = 1
            return None

        # collect · workflow.yaml:23
        try:
            # one_of_them · workflow.yaml:26
            one(
                run,
                which=args["fail"],
                list=wf.copy(list),
                map=wf.copy(map),
                zero=zero,
                word=word,
                largest=largest,
            )
        except Exception as exc:
            e = wf.caught(exc)

            # show · workflow.yaml:38
            return e

    # literal · workflow.yaml:40
    return {"good": list[1], "bad": [{"deeper": [list[0], map["price"]]}]}


def one(
    run: wf.Run,
    which: wf.Value,
    list: wf.Value,
    map: wf.Value,
    zero: wf.Value,
    word: wf.Value,
    largest: wf.Value,
) -> wf.Value:
    # choose · workflow.yaml:74
    if which == "missing key":
        return map["price"]
    if which == "beyond the end":
        return list[2]
    if which == "before the start":
        return wf.item(list, zero - 1)
    if which == "index of text":
        return wf.item(word, 0)
    if which == "field of a number":
        return wf.item(zero, "name")
    if which == "division by zero":
        return 10 / zero
    if which == "overflow":
        return wf.add(largest, 1)
    if which == "wrong operands":
        return wf.mul(word, 2)
    if which == "in a text":
        return wf.is_in("l", word)
    if which == "not a boolean":
        return not wf.truth(word)
    if which == "text of a map":
        return wf.string(map)
    if which == "not a number":
        return wf.int("four")
    if which == "wrong argument":
        return wf.text.to_upper(list)
    return None


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="0b32307720215908e83864841d307121afbe27f3706acb3c26db6dc6f84fc39a",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+6 init
 15 13:13+9 choose
 15:7-15:32 13:24+25
 16 15:13+9 choose
 16:11-16:33 15:24+22
 18 46:9+4 call
 18:43-18:78 49:17+32
 20 17:13+9 choose
 20:11-20:38 17:24+27
 22 53:13+9 condition
 22:15-22:23 53:24+11
 24 55:13+9 condition
 24:19-24:44 55:24+15
 24:28-24:43 55:24+15
 25 52:9+6 condition
 26 55:13+9 condition
 27 19:13+9 choose
 27:11-27:33 19:24+22
 29 59:9+3 loop
 29:24-29:44 61:15+11
 29:32-29:43 61:15+11
 31 64:17+6 never
 31:23-31:27 64:25+7
 33 59:9+3 loop
 34 21:13+9 choose
 34:11-34:35 21:24+24
 36 67:9+6 target
 41 24:9+3 collect
 43 27:17+4 one_of_them
 45:22-45:34 29:26+12
 46:21-46:34 30:25+7
 47:20-47:32 31:24+6
 48:21-48:25 32:25+7
 49:21-49:25 33:25+7
 50:24-50:31 34:28+10
 52 24:9+3 collect
 56 39:17+6 show
 56:19-56:20 39:25+4
 59 41:9+6 literal
 59:20-59:27 42:17+10
 59:49-59:56 44:25+10
 59:58-59:70 44:39+12
one
 72 76:13+9 choose
 72:7-72:29 76:24+25
 73:15-73:27 77:21+15
 74 78:13+9 choose
 74:7-74:32 78:24+28
 75:15-75:22 79:21+10
 76 80:13+9 choose
 76:7-76:34 80:24+30
 77:15-77:38 81:21+17
 78 82:13+9 choose
 78:7-78:31 82:24+27
 79:15-79:31 83:21+10
 80 84:13+9 choose
 80:7-80:35 84:24+31
 81:15-81:36 85:21+12
 82 86:13+9 choose
 82:7-82:34 86:24+30
 83:15-83:24 87:21+12
 84 88:13+9 choose
 84:7-84:26 88:24+22
 85:15-85:33 89:21+14
 86 90:13+9 choose
 86:7-86:32 90:24+28
 87:15-87:30 91:21+11
 88 92:13+9 choose
 88:7-88:27 92:24+23
 89:15-89:34 93:21+14
 90 94:13+9 choose
 90:7-90:31 94:24+27
 91:15-91:33 95:21+11
 92 96:13+9 choose
 92:7-92:31 96:24+27
 93:15-93:29 97:21+14
 94 98:13+9 choose
 94:7-94:30 98:24+26
 95:15-95:29 99:21+14
 96 100:13+9 choose
 96:7-96:32 100:24+28
 97:15-97:37 101:21+22
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
