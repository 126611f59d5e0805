"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, words: wf.Value) -> wf.Value:
    # init · workflow.yaml:4
    kept: wf.Value = []
    last: wf.Value = None

    # each · workflow.yaml:8
    for i, word in enumerate(wf.each(words)):
        # skip_empty · workflow.yaml:14
        if word == "":
            continue

        # stop · workflow.yaml:18
        if word == "STOP":
            break

        # short · workflow.yaml:22
        if wf.len(word) < 4:
            # keep_as_is · workflow.yaml:26
            kept.append(wf.add(i, ":", word))
        else:
            # shorten · workflow.yaml:30
            word = wf.text.substring(word, 0, 3) + "…"
            kept.append(f"{i}:{word}")

        # remember · workflow.yaml:34
        last = word

    # literal · workflow.yaml:37
    for word in wf.each(["and", last]):
        # add · workflow.yaml:42
        kept.append(word)

    # done · workflow.yaml:45
    return kept


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="0ff713c063111f5bffcebd87810ef0076c6ff68f9dc34fff26482a0ab6bd69cc",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+6 init
 12 9:9+3 each
 12:29-12:43 12:15+8
 12:37-12:42 12:15+8
 14 16:21+9 skip_empty
 14:11-14:21 16:32+13
 18 20:21+9 stop
 18:11-18:25 20:32+17
 22 24:21+9 short
 22:11-22:27 24:32+16
 24 27:27+6 keep_as_is
 24:12-24:45 28:37+36
 27 31:17+6 shorten
 27:19-27:56 32:27+37
 28:12-28:38 33:27+36
 31 35:17+6 remember
 31:15-31:19 36:27+7
 34 38:9+3 literal
 34:32-34:36 40:22+7
 36 43:17+6 add
 36:8-36:25 44:27+26
 39 46:9+6 done
 39:11-39:15 46:17+7
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
