"""How mini is made: licensed art becomes captioned clips, clips become latents, latents a model.

Nothing of the product imports this room, and it imports nothing of the product.
"""
