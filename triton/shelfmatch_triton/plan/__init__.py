"""Graphs compiled by TensorRT, and laid out for Triton."""
