"""Compiles Google Cloud Workflows definitions to readable asyncio Python; see `pipeline`."""
