"""One file a family: what its models accept, cost and are good for."""
