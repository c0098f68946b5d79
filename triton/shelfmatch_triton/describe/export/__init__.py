"""Networks that describe pictures to ONNX graphs."""
