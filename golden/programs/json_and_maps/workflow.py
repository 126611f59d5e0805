"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, document: wf.Value) -> wf.Value:
    # parse · workflow.yaml:4
    config: wf.Value = wf.json.decode(document)

    # read · workflow.yaml:7
    host: wf.Value = wf.map.get(config, ["server", "host"])
    port = wf.default(wf.map.get(config, ["server", "port"]), 80)
    no_map: wf.Value = wf.map.get(config, ["server", "host", "deeper"])
    names: wf.Value = wf.keys(config)

    # change · workflow.yaml:13
    merged: wf.Value = wf.map.merge(config, wf.json.decode('{"server": 1}'))
    nested: wf.Value = wf.map.merge_nested(
        config, wf.json.decode('{"server": {"tls": true}}')
    )
    smaller: wf.Value = wf.map.delete(config, "server")
    items: wf.Value = wf.list.prepend(wf.list.concat(names, [1, 2]), 0)

    # write · workflow.yaml:19
    compact = wf.json.encode_to_string(nested)
    pretty = wf.json.encode_to_string(smaller, True)
    bytes = wf.text.decode(wf.json.encode([1.0, "ü<&>"]))

    # computed_keys · workflow.yaml:24
    return {
        wf.add("port ", port): host,
        "no_map": no_map,
        "names": names,
        "merged": merged,
        "smaller": smaller,
        "items": items,
        "compact": compact,
        "pretty": pretty,
        "bytes": bytes,
    }


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="e68d66804869fee93260988dad89bc67fea36c8a25d6106ebad4b606c85290f8",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+6 parse
 8:23-8:47 6:21+24
 11 8:9+6 read
 11:21-11:59 9:19+38
 12:11-12:65 10:19+51
 13:23-13:71 11:21+48
 14:22-14:37 12:20+15
 17 14:9+6 change
 17:23-17:76 15:22+52
 18:23-20:5 16:22+73
 21:24-21:55 17:22+31
 22:22-22:71 18:20+46
 25 20:9+6 write
 25:14-25:46 21:22+32
 26:13-26:52 22:21+39
 27:12-27:58 23:20+43
 30 25:9+6 computed_keys
 31:8-31:29 26:12+17
 31:31-31:35 26:32+7
 32:18-32:24 27:19+9
 33:17-33:22 28:18+8
 34:18-34:24 29:19+9
 35:19-35:26 30:20+10
 36:17-36:22 31:18+8
 37:19-37:26 32:20+10
 38:18-38:24 33:19+9
 39:17-39:22 34:18+8
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
