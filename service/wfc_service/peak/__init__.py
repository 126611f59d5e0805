"""Peak's workflows in the service: their API, their runs, what starts them."""
