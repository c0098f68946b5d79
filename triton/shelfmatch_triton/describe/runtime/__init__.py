"""What runs inside Triton: numpy, ONNX Runtime, Pillow, tokenizers and llguidance alone."""
