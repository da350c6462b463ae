"""What builds things that are shipped: set-up, the demo, art, documentation."""
