"""Requests that are answered together, without Triton."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from shelfmatch_triton.describe.export.write import Describer
from shelfmatch_triton.describe.published import Reference, reference_of
from shelfmatch_triton.describe.runtime.batcher import Batcher, Limits
from shelfmatch_triton.describe.runtime.executors.executor import Limits as GraphLimits
from shelfmatch_triton.describe.runtime.inputs_modeltest import made
from shelfmatch_triton.describe.runtime.request import Fault, Finish, RequestError
from shelfmatch_triton.describe.runtime.schema_modeltest import SCHEMAS, follows
from shelfmatch_triton.describe.runtime.testing import ONE_FAMILY, Ear, ask
from shelfmatch_triton.describe.testing import pictures

pytestmark = pytest.mark.filterwarnings("ignore")
BLOCK = GraphLimits().block


@pytest.fixture(scope="module", name="reference")
def _reference(describer: Describer, tokenizer: Tokenizer) -> Reference:
    return reference_of(describer, tokenizer)


@pytest.fixture(name="batcher")
def _batcher(graphs: Path) -> Iterator[Batcher]:
    batcher = Batcher(graphs, Limits(together=3, waiting=16))
    yield batcher
    batcher.close()


def refusal(batcher: Batcher, **options: Any) -> RequestError:  # noqa: ANN401
    """Return why a request is refused, wherever that is seen."""
    try:
        return ask(batcher, Ear(), **options).refusal()
    except RequestError as error:
        return error


def test_texts_join_and_leave_and_are_what_generate_says(batcher: Batcher, reference: Reference) -> None:
    """More requests than rows, of different lengths, with and without pictures, that come one after the other."""
    asked = [
        ("What is this?", 0, 30),
        ("Say what the picture shows.", 1, 7),
        ("Are these two the same product?", 2, 45),
        ("Colours?", 1, 1),
        ("Tell a long story of a chair, a camera and a plant.", 0, 60),
        ("And this?", 2, 12),
        ("What is it made of?", 1, 25),
    ]
    files = pictures(12)
    ears = []
    for number, (prompt, shown, tokens) in enumerate(asked):
        given = files[number : number + shown]
        contents = tuple(file.read_bytes() for file in given)
        ears.append(ask(batcher, Ear(), prompt, pictures=contents, max_tokens=tokens))
        time.sleep(0.01)
    for number, (ear, (prompt, shown, tokens)) in enumerate(zip(ears, asked, strict=True)):
        inputs = reference.inputs(prompt, files[number : number + shown])
        answer = ear.wait()
        assert list(answer.tokens) == reference.generate([inputs], tokens)[0], prompt
        assert answer.prompt_tokens == inputs["input_ids"].shape[1]
        assert answer.text == "".join(ear.pieces)
        assert answer.text == reference.tokenizer.decode(list(answer.tokens), skip_special_tokens=True)
    assert batcher.decoder.cache.count == 0 and not batcher.active


@ONE_FAMILY
def test_the_cache_stays_where_it_is(batcher: Batcher) -> None:
    """Within a block no buffer moves while texts grow; beyond it they move once."""
    cache = batcher.decoder.cache
    places: set[int] = set()

    class Watching(Ear):
        def text(self, piece: str) -> None:
            buffer = cache.buffer
            places.add(buffer.address)
            given = [tensor.address - buffer.address for tensor in cache.inputs().values()]
            assert given == [number * buffer.nbytes // len(given) for number in range(len(given))]

    ask(batcher, Watching(), max_tokens=BLOCK - 40).wait()
    assert len(places) == 1
    ask(batcher, Watching(), max_tokens=BLOCK).wait()
    assert len(places) == 2
    assert cache.capacity == 2 * BLOCK


def test_rows_that_move_stay_whole(graphs: Path) -> None:
    """A text whose neighbour leaves says what it would have said alone."""
    alone = Batcher(graphs, Limits(together=1))
    try:
        wanted = ask(alone, Ear(), "The last one", max_tokens=50).wait().tokens
    finally:
        alone.close()
    batcher = Batcher(graphs, Limits(together=4))
    try:
        others = [ask(batcher, Ear(), f"Number {number}", max_tokens=8 + 9 * number) for number in range(3)]
        last = ask(batcher, Ear(), "The last one", max_tokens=50)
        assert last.wait().tokens == wanted
        assert [len(ear.wait().tokens) for ear in others] == [8, 17, 26]
    finally:
        batcher.close()


def test_an_end_mark_and_a_stop_word_end_a_text(batcher: Batcher, describer: Describer, reference: Reference) -> None:
    """The text ends before the stop word, even where it came in several tokens; its beginning was never sent."""
    whole = ask(batcher, Ear(), max_tokens=40).wait()
    stop = whole.text[9:14]
    ear = ask(batcher, Ear(), max_tokens=40, stop=("never said", stop))
    answer = ear.wait()
    assert answer.finish == Finish.STOP
    assert answer.text == whole.text[: whole.text.index(stop)] == "".join(ear.pieces)
    # A network that likes to end: its end mark is as likely as its most likely token.
    ends = batcher.settings.tokens.ends
    liked = whole.tokens[3]
    batcher.settings = type(batcher.settings)(
        **{
            **batcher.settings.__dict__,
            "tokens": type(batcher.settings.tokens)(**{**batcher.settings.tokens.__dict__, "ends": (*ends, liked)}),
        }
    )
    ended = ask(batcher, Ear(), max_tokens=40).wait()
    assert ended.finish == Finish.END
    assert ended.tokens == whole.tokens[: whole.tokens.index(liked) + 1]
    assert (
        list(ended.tokens)
        == reference.generate([reference.inputs("What is this?", [])], 40, eos_token_id=[*ends, liked])[0][
            : len(ended.tokens)
        ]
    )


@ONE_FAMILY
def test_requests_that_can_not_be_answered_are_refused(batcher: Batcher) -> None:
    """Each with the thing, the reason and the next step; nothing is left behind."""
    nonsense: dict[str, dict[str, Any]] = {
        "picture 2 can't be read": {"pictures": (made(40, 40), b"no picture")},
        "is too long: cut it": {"pictures": (made(4000, 10),)},
        "5 pictures are too many": {"pictures": (made(40, 40),) * 5},
        "the prompt is too long": {"prompt": "chair " * 3000},
        "max_tokens is 0": {"max_tokens": 0},
        "temperature is -1": {"temperature": -1},
        "top_p is 0": {"top_p": 0},
        "the prompt is empty": {"prompt": ""},
        "a stop word is empty": {"stop": ("",)},
        "deadline_ms is -5": {"deadline_ms": -5},
    }
    for reason, options in nonsense.items():
        told = refusal(batcher, **{"prompt": "x", **options})
        assert reason in str(told)
        assert told.fault == Fault.INVALID
    half = pictures(1)[0].read_bytes()[:5000]
    assert "picture 1 can't be read" in str(refusal(batcher, pictures=(half,)))
    assert batcher.preparing == 0
    assert not batcher.waiting and not batcher.active


@ONE_FAMILY
def test_a_full_queue_refuses_and_those_who_left_make_room(graphs: Path) -> None:
    """One row, one place to wait: the third is refused; when the first goes away, the second begins at once."""
    batcher = Batcher(graphs, Limits(together=1, waiting=1))
    try:
        first = ask(batcher, Ear(gone_after=30), max_tokens=900)
        while not first.pieces:
            time.sleep(0.001)
        second = ask(batcher, Ear(), max_tokens=3)
        refused = refusal(batcher, max_tokens=3)
        assert refused.fault == Fault.BUSY
        assert "the queue is full: 1 requests wait already" in str(refused)
        assert first.refusal().fault == Fault.CANCELLED
        assert len(first.pieces) < 40
        assert len(second.wait().tokens) == 3
    finally:
        batcher.close()


@ONE_FAMILY
def test_deadlines(graphs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that passes in the queue refuses; one that passes while a text is written ends it, as JSON where asked."""
    batcher = Batcher(graphs, Limits(together=1, waiting=4))
    step = batcher.decoder.step

    def slow(*given: Any) -> Any:  # noqa: ANN401 - whatever a step takes and gives
        time.sleep(0.01)
        return step(*given)

    # A quick machine would be done before its deadline.
    monkeypatch.setattr(batcher.decoder, "step", slow)
    try:
        first = ask(batcher, Ear(), max_tokens=900, deadline_ms=1_500)
        # Prepared by threads, one that comes behind it may begin before it.
        while not (first.pieces or first.heard.is_set()):
            time.sleep(0.001)
        second = ask(batcher, Ear(), max_tokens=900, deadline_ms=20)
        third = ask(batcher, Ear(), max_tokens=900, deadline_ms=6_000, schema=json.dumps(SCHEMAS[0]), temperature=1.0)
        late = second.refusal()
        assert late.fault == Fault.LATE and "20 ms passed before it began" in str(late)
        answer = first.wait()
        assert answer.finish == Finish.DEADLINE and 0 < len(answer.tokens) < 900
        assert third.wait().finish in (Finish.DEADLINE, Finish.END)
        assert follows(json.loads(third.wait().text), SCHEMAS[0])
    finally:
        batcher.close()


def test_a_network_that_fails_fails_its_requests_alone(batcher: Batcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what comes later is answered."""
    wanted = ask(batcher, Ear(), max_tokens=9).wait().tokens
    step = batcher.decoder.step

    def broken(*_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(batcher.decoder, "step", broken)
    refusal = ask(batcher, Ear(), max_tokens=9).refusal()
    assert refusal.fault == Fault.INTERNAL and "out of memory" in str(refusal)
    monkeypatch.setattr(batcher.decoder, "step", step)
    assert ask(batcher, Ear(), max_tokens=9).wait().tokens == wanted


def test_files_of_something_else_are_named(graphs: Path, tmp_path: Path) -> None:
    """A folder without settings, or with others', says so."""
    with pytest.raises(OSError, match="describer"):
        Batcher(tmp_path, Limits())
    (tmp_path / "describer.json").write_text("{}")
    with pytest.raises(ValueError, match="does not say what the graphs are"):
        Batcher(tmp_path, Limits())
