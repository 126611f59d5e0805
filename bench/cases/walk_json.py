import json


async def walk_json(document: str) -> str:
    orders = json.loads(document)
    total = 0
    large = []
    for order in orders:
        amount = 0
        for line in order["lines"]:
            amount += line["price"] * line["quantity"]
        order["sum"] = amount
        order["customer"]["orders"] += 1
        total += amount
        if amount > 5000:
            large.append(order["id"])
    answer = {"large": large, "orders": orders, "total": total}
    return json.dumps(answer, separators=(",", ":"), sort_keys=True)
