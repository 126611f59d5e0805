"""What modules compiled from Peak's workflows need (spec 11); they import `wfc_runtime.peak.v1`."""
