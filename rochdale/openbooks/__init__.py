"""Open books: where the money went, for everybody who may see it, and nothing of any person."""
