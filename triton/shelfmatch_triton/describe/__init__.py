"""Models that describe pictures in words: graphs, generation, serving."""
