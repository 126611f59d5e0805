async def order_states(events: list[str]) -> dict[str, int]:
    counts = {"shipped": 0, "returned": 0, "cancelled": 0, "ignored": 0}
    state = "new"
    for event in events:
        if state == "new" and event == "pay":
            state = "paid"
        elif state in ("new", "paid") and event == "cancel":
            counts["cancelled"] += 1
            state = "new"
        elif state == "paid" and event == "ship":
            counts["shipped"] += 1
            state = "in_transit"
        elif state == "in_transit" and event == "return":
            counts["returned"] += 1
            state = "paid"
        elif state == "in_transit" and event == "deliver":
            state = "new"
        elif state == "in_transit" and event == "pay":
            state = "paid"
        else:
            counts["ignored"] += 1
    return counts
