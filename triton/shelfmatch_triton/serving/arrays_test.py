"""What happens around the network, against the plainest way to say it."""

import numpy as np

from shelfmatch_triton.serving.arrays import (
    mean_pool,
    normalise_rows,
    pad_rows,
    scale_views,
    split_rows,
    top_classes,
)


def test_scaling_is_exact_for_every_byte() -> None:
    """The engine divides in float64 and rounds to float32; the bits agree."""
    views = np.arange(2 * 4 * 32 * 3, dtype=np.int64).astype(np.uint8).reshape(2, 4, 32, 3)
    exact = ((views.astype(np.float64) - 127) / 128).transpose(0, 3, 1, 2).astype(np.float32)
    scaled = scale_views(views)
    assert scaled.dtype == np.float32
    assert scaled.flags.c_contiguous
    assert np.array_equal(scaled, exact)


def test_rows_have_length_one_and_zeros_stay() -> None:
    """A row of zeros has no direction."""
    rows = normalise_rows(np.array([[3, 4], [0, 0], [1e-20, 0]], np.float32))
    assert np.allclose(rows, np.array([[0.6, 0.8], [0, 0], [1, 0]]))
    assert rows.dtype == np.float32


def test_classes_are_the_most_probable_first() -> None:
    """Softmax, and large logits do not overflow."""
    places, probabilities = top_classes(np.array([[0, np.log(2), np.log(5)], [1000, 0, 999]], np.float32), 2)
    assert places.tolist() == [[2, 1], [0, 2]]
    assert places.dtype == np.int32
    wanted = np.array([[5 / 8, 2 / 8], [0.7310586, 0.2689414]])
    assert np.allclose(probabilities, wanted)


def test_pooling_leaves_padding_out() -> None:
    """What stands behind a text does not count, and a text of nothing is zeros."""
    hidden = np.array([[[1, 2], [3, 4], [100, 100]], [[7, 7], [7, 7], [7, 7]]], np.float32)
    pooled = mean_pool(hidden, np.array([[1, 1, 0], [0, 0, 0]], np.int64))
    assert pooled.tolist() == [[2, 3], [0, 0]]


def test_padding_and_splitting_keep_rows_in_order() -> None:
    """Blocks of different lengths become one, and one becomes blocks."""
    padded = pad_rows([np.array([[1, 2]]), np.array([[3], [4]]), np.array([[5, 6, 7]])])
    assert padded.tolist() == [[1, 2, 0], [3, 0, 0], [4, 0, 0], [5, 6, 7]]
    assert [block.tolist() for block in split_rows(padded[:, :1], [1, 2, 1])] == [[[1]], [[3], [4]], [[5]]]
