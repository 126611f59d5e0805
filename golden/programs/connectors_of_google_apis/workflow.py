"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf

STORAGE_OBJECTS_GET = wf.Connector(
    "googleapis.storage.v1.objects.get",
    "GET",
    "https://storage.googleapis.com/storage/v1/b/{bucket}/o/{object}",
)
FIRESTORE_DOCUMENTS_PATCH = wf.Connector(
    "googleapis.firestore.v1.projects.databases.documents.patch",
    "PATCH",
    "https://firestore.googleapis.com/v1/{+name}",
    query=("updateMask.fieldPaths",),
    body=True,
)
RUN_JOBS_RUN = wf.Connector(
    "googleapis.run.v2.projects.locations.jobs.run",
    "POST",
    "https://run.googleapis.com/v2/{+name}:run",
    body=True,
    operation="longrunning",
    poll="/v2/{+name}",
)
PUBSUB_TOPICS_PUBLISH = wf.Connector(
    "googleapis.pubsub.v1.projects.topics.publish",
    "POST",
    "https://pubsub.googleapis.com/v1/{+topic}:publish",
    body=True,
)


async def main(run: wf.Run, args: wf.Value) -> wf.Value:
    # read · workflow.yaml:4
    order = await run.call(
        "read",
        STORAGE_OBJECTS_GET,
        bucket="reports",
        object=wf.text.url_encode(wf.add(args["folder"], "/order.json")),
        alt="media",
    )

    # remember · workflow.yaml:11
    await run.call(
        "remember",
        FIRESTORE_DOCUMENTS_PATCH,
        name="projects/p/databases/(default)/documents/orders/7",
        **{"updateMask.fieldPaths": ["total"]},
        body={"fields": {"total": {"integerValue": order["total"]}}}
    )

    # start · workflow.yaml:20
    try:
        execution = await run.call(
            "start",
            RUN_JOBS_RUN,
            name="projects/p/locations/us-east1/jobs/pack",
            body={},
            connector_params={"timeout": 60, "polling_policy": {"initial_delay": 2}},
        )
    except Exception as exc:
        e = wf.caught(exc)

        # only_failures · workflow.yaml:34
        if not wf.is_in("OperationError", e["tags"]):
            raise wf.WorkflowError(e)

        # give_up · workflow.yaml:38
        return e["operation"]["error"]["message"]

    # announce · workflow.yaml:40
    await run.call(
        "announce",
        PUBSUB_TOPICS_PUBLISH,
        **wf.named(PUBSUB_TOPICS_PUBLISH, args["message"])
    )

    # done · workflow.yaml:43
    return wf.add(
        wf.add(execution["response"]["name"], " "),
        await run.call("done", wf.secretmanager.access_string, secret_id="label"),
    )


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="cd7f63e3c2cd64efdd3c5ec830911c1de82239a46125d43222f4ac4549255e87",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 35 5:9+4 read
 39:15-39:72 8:19+47
 44 12:9+4 remember
 49:51-49:65 19:31+14
 53 21:9+3 start
 54 22:11+4 start
 61 21:9+3 start
 65 36:21+9 only_failures
 65:11-65:52 36:32+34
 66:35-66:36 37:28+4
 69 39:17+6 give_up
 69:15-69:49 39:25+28
 72 41:9+4 announce
 75:42-75:57 42:15+15
 79 44:9+6 done
 79:11-82:5 44:17+110
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
