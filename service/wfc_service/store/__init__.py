"""What the service keeps: records, and the SQLite file that holds them."""
