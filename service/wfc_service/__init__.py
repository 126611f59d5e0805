"""`wfc serve`: a service that deploys, queues and runs workflows, with the API of Google's."""
