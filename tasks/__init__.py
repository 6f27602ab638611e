"""Indexing by Celery: workers beside the servers, nudged through Redis and by a schedule."""
