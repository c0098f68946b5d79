"""Takes published encoders to ONNX graphs. Needs the packages of ``requirements-models.txt``."""
