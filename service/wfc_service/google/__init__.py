"""Google's two APIs: the methods, over REST and gRPC, and what each does."""
