"""The second language: Peak's workflows, graphs of steps (spec 11).  The front end is `front`."""
