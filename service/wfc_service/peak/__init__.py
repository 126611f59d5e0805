"""The service's other language: Peak's workflows and blocks, and the API that Peak's SDK speaks."""
