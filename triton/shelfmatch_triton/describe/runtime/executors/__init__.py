"""What runs a describer's graphs, and where their tensors lie."""
