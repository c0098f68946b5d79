"""How long an encoder takes for a batch: in plain PyTorch, as a graph, and served; all in one run."""
