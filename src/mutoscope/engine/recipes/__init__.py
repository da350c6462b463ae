"""One file for each family of models: how it turns words into latents, latents into pixels."""
