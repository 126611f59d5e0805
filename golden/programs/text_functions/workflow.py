"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, line: wf.Value) -> wf.Value:
    # cut · workflow.yaml:4
    fields: wf.Value = wf.text.split(line, ";")
    name = wf.text.to_upper(wf.text.substring(fields[0], 0, 1)) + wf.text.substring(
        fields[0], 1, 99
    )
    date = wf.text.substring(fields[1], 0, 10)

    # search · workflow.yaml:9
    numbers: wf.Value = wf.text.find_all_regex(line, "[0-9]+")
    semicolons: wf.Value = wf.text.find_all(line, ";")
    is_iso = wf.text.match_regex(date, "^\\d{4}-\\d{2}-\\d{2}$")

    # change · workflow.yaml:14
    dotted = wf.text.replace_all(date, "-", ".")
    masked = wf.text.replace_all_regex(line, "[0-9]", "\\1")
    slug = wf.text.url_encode(wf.text.to_lower(fields[0]))
    query = wf.text.url_encode_plus(line)
    back = wf.text.url_decode(query) == line

    # convert · workflow.yaml:21
    values: wf.Value = [
        wf.add(wf.int("42"), 1),
        wf.double("2.50"),
        wf.string(2.0),
        wf.string(1e21),
        wf.string(True),
        wf.int(-2.7),
    ]
    types: wf.Value = [
        wf.get_type(line),
        wf.get_type(1),
        wf.get_type(1.0),
        wf.get_type(None),
        wf.get_type(fields),
        wf.get_type(wf.text.encode(line)),
    ]

    # done · workflow.yaml:25
    return {
        "cut": [fields, name, date, len(name)],
        "search": [numbers, semicolons, is_iso],
        "change": [dotted, masked, slug, query, back],
        "values": values,
        "types": types,
    }


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="e24d406fee2d9c0257605e6ff912bdea0b15f95ddb9fe0ea00dcdc3bbd187041",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+6 cut
 8:23-8:47 6:21+24
 9:11-11:5 7:19+84
 12:11-12:46 8:19+35
 15 10:9+6 search
 15:24-15:62 11:22+38
 16:27-16:54 12:25+27
 17:13-17:64 13:21+51
 20 15:9+6 change
 20:13-20:48 16:21+35
 21:13-21:60 17:21+47
 22:11-22:58 18:19+44
 23:12-23:41 19:20+29
 24:11-24:44 20:19+33
 27 22:9+6 convert
 27:23-34:5 23:21+86
 35:22-42:5 24:20+110
 45 26:9+6 done
 46:15-46:46 27:16+34
 47:18-47:47 28:19+32
 48:18-48:53 29:19+38
 49:18-49:24 30:19+9
 50:17-50:22 31:18+8
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
