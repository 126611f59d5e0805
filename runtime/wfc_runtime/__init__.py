"""The runtime of compiled workflows; generated modules import `wfc_runtime.v1` only."""
