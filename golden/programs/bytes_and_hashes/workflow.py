"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, message: wf.Value) -> wf.Value:
    # encode · workflow.yaml:4
    raw: wf.Value = wf.text.encode(message)
    encoded = wf.base64.encode(raw)
    unpadded = wf.base64.encode(raw, False)
    back = wf.text.decode(wf.base64.decode(encoded))

    # sign · workflow.yaml:10
    digest = wf.base64.encode(wf.hash.compute_checksum(raw, "SHA256"))
    signature = wf.base64.encode(
        wf.hash.compute_hmac(wf.text.encode("secret"), raw, "SHA1")
    )

    # show · workflow.yaml:14
    run.log(
        json={
            "encoded": encoded,
            "unpadded": unpadded,
            "id_length": len(run.uuid()),
            "same": back == message and wf.eq(raw, wf.text.encode(back)),
            "digest": digest,
            "signature": signature,
        }
    )

    # cannot_be_returned · workflow.yaml:24
    return {"raw": raw}


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="47a154b6ae43a7c1560dab9adc8940a0b99f1f4890acd54c031009010c8ab1b9",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 5:9+6 encode
 8:20-8:43 6:18+23
 9:14-9:35 7:22+21
 10:15-10:43 8:23+28
 11:11-11:52 9:19+38
 14 11:9+6 sign
 14:13-14:70 12:22+54
 15:16-17:5 13:25+71
 20 15:9+4 show
 22:23-22:30 18:22+10
 23:24-23:32 19:23+11
 24:25-24:40 20:24+23
 25:20-25:72 21:19+47
 26:22-26:28 22:21+9
 27:25-27:34 23:24+12
 32 25:9+6 cannot_be_returned
 32:19-32:22 26:16+6
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
