"""HTTP: our own API under /api/v1, and each vendor's dialect under its own name."""
