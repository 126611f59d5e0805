"""workflow.yaml, compiled by wfc 0.1.0.  Change the workflow, not this file."""

import wfc_runtime.v1 as wf


async def main(run: wf.Run, class_: wf.Value) -> wf.Value:
    # import · workflow.yaml:5
    None__: wf.Value = class_
    def_ = 1
    wf_ = 2
    run_ = 3
    list: wf.Value = [4]
    len_ = 5
    print = 6
    str_ = "7"
    exc = 8
    error: wf.Value = 9
    next_step = 10
    retry = 11
    step = 12
    workflow_ = 13
    enumerate_ = 14
    range_ = 15
    Exception_ = 16
    def__ = 17
    result = 18
    __import__ = 19
    asyncio = 20
    int_ = 21

    # while · workflow.yaml:29
    retry_2 = run.retry(
        "while",
        predicate=lambda error_2: yield_(run, error_2),
        max_retries=1,
        initial_delay=1,
        max_delay=1,
        multiplier=1,
    )
    while True:
        try:
            # pass · workflow.yaml:32
            for await_, async_ in enumerate(list):
                # yield · workflow.yaml:38
                lambda__ = async_ + await_
                def_ = wf.add(def_, lambda__)

            # raise · workflow.yaml:42
            raise wf.WorkflowError(def_)
        except Exception as exc_3:
            error_2 = await retry_2.settle(exc_3)
            if error_2 is None:
                continue
            except_ = wf.caught(error_2)

            # from · workflow.yaml:54
            error = wf.add(error, except_)
        break

    # with · workflow.yaml:57
    next_step_2 = ""
    try:
        # del · workflow.yaml:60
        if class_ != "jump":
            # global · workflow.yaml:64
            raise wf.WorkflowError("not global")
    except Exception as exc_3:
        exc_2 = wf.caught(exc_3)

        # nonlocal · workflow.yaml:69
        None__ = exc_2
        next_step_2 = "else"

    if next_step_2 != "else":
        # finally · workflow.yaml:73
        None__ = "jumped"

    # else · workflow.yaml:76

    async def async__2(run: wf.Run) -> None:
        nonlocal wf_

        # assert · workflow.yaml:82
        wf_ = wf_ + len_

    async def await__2(run: wf.Run) -> None:
        nonlocal wf_

        # not · workflow.yaml:87
        wf_ = wf_ + range_

    await run.parallel("else", [async__2, await__2])

    # try · workflow.yaml:90

    async def try_(run: wf.Run, break_: wf.Value, continue_: int) -> None:
        nonlocal int_

        # int · workflow.yaml:98
        int_ = wf.add(int_, break_ * continue_)

    await run.parallel_for("try", [1, 2], try_)

    # return · workflow.yaml:101
    return [
        [
            None__,
            def_,
            wf_,
            run_,
            list,
            len_,
            print,
            str_,
            exc,
            error,
            next_step,
            retry,
            step,
        ],
        [workflow_, enumerate_, range_, Exception_, def__, result, __import__, asyncio],
        [int_, lambda_(run, len_)],
    ]


def yield_(run: wf.Run, from_: wf.Value) -> wf.Value:
    # return · workflow.yaml:110
    return from_ == 5


def lambda_(run: wf.Run, is_: wf.Value, nonlocal_: wf.Value = 2) -> wf.Value:
    # return · workflow.yaml:116
    return is_ * nonlocal_


workflow = wf.Workflow(
    main,
    source="workflow.yaml",
    sha256="607dfc4054a6db631a63ef15bc250b8172a90d6b041876da7eaa167e8695171f",
    compiler="0.1.0",
    parameters=1,
    positions="""main
 8 6:9+6 import
 8:23-8:29 7:20+8
 32 30:9+3 while
 43 33:17+3 pass
 43:44-43:48 36:23+7
 45 39:25+6 yield
 45:27-45:42 40:37+16
 46:23-46:45 41:34+15
 49 43:17+5 raise
 49:35-49:39 43:24+6
 50 30:9+3 while
 57 55:17+6 from
 57:20-57:42 56:28+17
 62 58:9+3 with
 64 62:21+9 del
 64:11-64:27 62:32+18
 66 65:17+5 global
 67 58:9+3 with
 71 70:17+6 nonlocal
 71:17-71:22 71:28+6
 76 74:9+6 finally
 84 83:23+6 assert
 84:14-84:24 84:31+11
 90 88:23+6 not
 90:14-90:26 89:31+13
 92 77:9+8 else
 100 99:19+6 int
 100:15-100:47 100:28+25
 102 91:9+8 try
 105 102:9+6 return
 106:8-120:9 103:13+83
 121:8-121:87 104:13+77
 122:8-122:34 105:14+21
yield
 128 111:9+6 return
 128:11-128:21 111:17+12
lambda
 133 117:9+6 return
 133:11-133:26 117:17+16
""",
)
run = workflow.run

if __name__ == "__main__":
    workflow.command()
