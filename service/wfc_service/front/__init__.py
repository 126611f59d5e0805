"""The service as a whole: its start, its folder, its doors."""
