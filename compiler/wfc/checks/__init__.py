"""The rules, one family a file; `check` calls them in turn."""
