"""The durable outbox of callbacks. Knows nothing of HTTP, nor of what a generation is."""
