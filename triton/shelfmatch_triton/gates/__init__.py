"""Whether a graph of another precision may take the place of its FP32 original."""
