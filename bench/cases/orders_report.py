from typing import Any


class Refused(Exception):
    """The reason is the message."""


async def orders_report(args: dict[str, Any]) -> dict[str, Any]:
    rates = args["rates"]
    customers: dict[str, dict[str, Any]] = {}
    refused = []
    total = 0.0
    for order in args["orders"]:
        try:
            price = price_of(order, rates)
        except Refused as e:
            refused.append({"id": order["id"], "reason": str(e)})
            continue
        customer = customers.get(order["customer"])
        if customer is None:
            customer = {"orders": [], "spent": 0.0, "level": "none"}
            customers[order["customer"]] = customer
        customer["orders"].append(order["id"])
        customer["spent"] += price
        total += price
    for customer in customers.values():
        if customer["spent"] > 1500:
            customer["level"] = "gold"
        elif customer["spent"] > 1000:
            customer["level"] = "silver"
    return {"customers": customers, "refused": refused, "total": total}


def price_of(order: dict[str, Any], rates: dict[str, float], tax: float = 0.19) -> float:
    if order["currency"] not in rates:
        raise Refused(f"no rate for {order['currency']}")
    if not order["lines"]:
        raise Refused("nothing ordered")
    net = 0.0
    heaviest = 0
    for line in order["lines"]:
        price = line["price"] * 0.9 if line["quantity"] >= 10 else line["price"]
        net += price * line["quantity"]
        heaviest = max(heaviest, line["grams"])
    if order["express"]:
        net += 9.5
    elif heaviest > 900:
        net += 4.5
    return net * rates[order["currency"]] * (1 + tax)
