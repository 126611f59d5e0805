"""What starts executions of Peak's workflows by itself, and tells others how they went."""
