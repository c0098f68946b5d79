"""Smaller and quicker graphs: FP16, INT8 and FP8 with explicit quantisation."""
