"""Who runs when and in which worker, and what becomes of it."""
