"""Each vendor's way of speaking to us: wire models, tables and translations, no logic."""
