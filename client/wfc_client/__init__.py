"""The command as a client of services with Google's Workflows and Executions APIs (REST)."""
