"""One exporter a family of networks."""
