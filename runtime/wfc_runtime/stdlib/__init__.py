"""The standard library (spec 06), a module for each of its modules."""
