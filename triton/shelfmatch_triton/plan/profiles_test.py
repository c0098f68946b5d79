"""Profiles give every input its shapes."""

import pytest

from shelfmatch_triton.plan.profiles import Profile, Range

PROFILE = Profile(batch=Range(1, 8, 32), tokens=Range(1, 64, 256))


def test_pictures_vary_in_number_and_texts_in_length_too() -> None:
    """The least, the usual and the largest."""
    assert PROFILE.shapes((-1, 224, 224, 3)) == ((1, 224, 224, 3), (8, 224, 224, 3), (32, 224, 224, 3))
    assert PROFILE.shapes((-1, -1)) == ((1, 1), (8, 64), (32, 256))


@pytest.mark.parametrize("shape", [(), (1, 224), (-1, -1, -1)])
def test_inputs_that_no_profile_fits_are_refused(shape: tuple[int, ...]) -> None:
    """A fixed batch, or sides that nothing is known of."""
    with pytest.raises(ValueError, match="vary"):
        PROFILE.shapes(shape)


@pytest.mark.parametrize("sizes", [(0, 1, 2), (4, 2, 8), (1, 9, 8)])
def test_ranges_ascend(sizes: tuple[int, int, int]) -> None:
    """TensorRT would say so only after minutes."""
    with pytest.raises(ValueError, match="do not ascend"):
        Range(*sizes)


def test_texts_are_no_longer_than_an_encoder_reads() -> None:
    """CLIP has 77 places: a profile beyond them would be refused, or worse, built."""
    profile = Profile(Range(1, 8, 32), Range(1, 64, 256))
    assert profile.within(77).tokens == Range(1, 64, 77)
    assert profile.within(32).tokens == Range(1, 32, 32)
    assert profile.within(None) == profile
