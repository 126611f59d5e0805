"""Peak's workflows in the service: their API, and what it does."""
