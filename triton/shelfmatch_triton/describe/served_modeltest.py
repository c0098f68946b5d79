"""The proof: what the real tritonserver says over HTTP is what transformers' own ``generate`` says, token for token."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from shelfmatch_triton.describe.export.write import Describer
from shelfmatch_triton.describe.layout import Room, lay_out_describer
from shelfmatch_triton.describe.published import Reference, reference_of
from shelfmatch_triton.describe.runtime.testing import ONE_FAMILY
from shelfmatch_triton.describe.testing import pictures
from shelfmatch_triton.describe.testing_server import Server, Told, encoded, serving

pytestmark = pytest.mark.filterwarnings("ignore")

TOKENS = 32
PROMPTS = (
    "What is this?",
    "Say what the picture shows, in one sentence.",
    "Which colours does it have?",
    "Name the brand, if one can be read.",
)
SCHEMA = {
    "type": "object",
    "properties": {
        "caption": {"type": "string"},
        "colours": {"type": "array", "items": {"enum": ["red", "green", "black"]}},
    },
    "required": ["caption", "colours"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module", name="server")
def _server(graphs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    repository = tmp_path_factory.mktemp("models")
    lay_out_describer(graphs, repository, Room(together=4, waiting=4))
    with serving(repository) as server:
        yield server


@pytest.fixture(scope="module", name="reference")
def _reference(describer: Describer, tokenizer: Tokenizer) -> Reference:
    return reference_of(describer, tokenizer)


def at_once(server: Server, asked: list[dict[str, Any]]) -> list[Told]:
    """Return the answers to requests that are sent at the same time."""
    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(lambda inputs: server.generate(**inputs), asked))


@pytest.mark.parametrize("shown", [0, 1, 2], ids=["no picture", "one picture", "two pictures"])
@pytest.mark.parametrize("count", [1, 4], ids=["alone", "four at once"])
def test_the_servers_text_is_generates(server: Server, reference: Reference, count: int, shown: int) -> None:
    """Greedy; four requests are one batch of ``generate``, padded on the left, and each as if it were alone."""
    files = [pictures(20)[number * shown : (number + 1) * shown] for number in range(count)]
    asked = [
        {"prompt": prompt, "pictures": [encoded(file) for file in own], "max_tokens": TOKENS}
        for prompt, own in zip(PROMPTS, files, strict=False)
    ]
    if shown == 0:
        asked = [{name: value for name, value in each.items() if name != "pictures"} for each in asked]
    answers = at_once(server, asked)
    inputs = [reference.inputs(prompt, own) for prompt, own in zip(PROMPTS, files, strict=False)]
    wanted = reference.generate(inputs, TOKENS)
    for answer, own, tokens in zip(answers, inputs, wanted, strict=True):
        assert answer.status == 200, answer
        assert answer.tokens == tokens == reference.generate([own], TOKENS)[0]
        assert answer.body["text"] == reference.tokenizer.decode(tokens, skip_special_tokens=True)
        assert answer.body["prompt_tokens"] == own["input_ids"].shape[1]
        assert answer.body["finish"] in ("length", "end")


def test_a_stream_says_the_same_piece_by_piece(server: Server) -> None:
    """With the tokens and why it ended at its end."""
    file = encoded(pictures(1)[0])
    whole = server.generate(prompt=PROMPTS[0], pictures=[file], system="Be brief.", max_tokens=TOKENS).body
    *pieces, end = server.stream(prompt=PROMPTS[0], pictures=[file], system="Be brief.", max_tokens=TOKENS)
    assert len(pieces) > 5
    assert all(piece["finish"] == "" and piece["text"] for piece in pieces)
    assert "".join(piece["text"] for piece in pieces) + end["text"] == whole["text"]
    assert (end["tokens"], end["finish"]) == (whole["tokens"], whole["finish"])


@ONE_FAMILY
def test_drawn_texts_are_the_same_for_the_same_seed(server: Server) -> None:
    """And stop at a stop word."""
    drawn = [server.generate(prompt="x", max_tokens=20, temperature=1.0, top_p=0.9, seed=seed) for seed in (1, 1, 2)]
    assert drawn[0].tokens == drawn[1].tokens != drawn[2].tokens
    text = drawn[0].body["text"]
    stopped = server.generate(prompt="x", max_tokens=20, temperature=1.0, top_p=0.9, seed=1, stop=["?!?", text[4:8]])
    assert stopped.body["finish"] == "stop"
    assert stopped.body["text"] == text[: text.index(text[4:8])]


@pytest.mark.parametrize("limit", [1, 6, 60])
def test_structured_answers_parse(server: Server, limit: int) -> None:
    """Wherever the limit cuts them off."""
    told = server.generate(prompt=PROMPTS[0], schema=json.dumps(SCHEMA), max_tokens=limit, temperature=1.0, seed=limit)
    value = json.loads(told.body["text"])
    assert set(value) == {"caption", "colours"}
    assert set(value["colours"]) <= {"red", "green", "black"}


@ONE_FAMILY
def test_what_can_not_be_answered_says_why(server: Server) -> None:
    """The error begins with its kind, which the engine knows it by; the others' answers do not suffer."""
    good = {"prompt": PROMPTS[0], "max_tokens": 5}
    broken = base64.b64encode(pictures(1)[0].read_bytes()[:3000]).decode()
    bad = {
        "invalid: picture 1 can't be read as JPEG, PNG, WEBP": {**good, "pictures": [broken]},
        "invalid: picture 2 is no base64": {**good, "pictures": [encoded(pictures(1)[0]), "§"]},
        "invalid: the prompt is too long": {**good, "max_tokens": 5000},
        "invalid: the JSON schema can't be followed": {**good, "schema": '{"type": "wood"}'},
    }
    answers = at_once(server, [good, *bad.values()])
    assert answers[0].status == 200
    for reason, told in zip(bad, answers[1:], strict=True):
        assert told.status == 400
        assert told.error.startswith(reason), told.error
    late = list(server.stream(prompt="", max_tokens=5))
    assert [each["error"] for each in late] == ["invalid: the prompt is empty: say what is wanted of the pictures"]
    # Triton has no whole answers of a decoupled model by this door: `generate` gives them.
    infer = {"inputs": [{"name": "prompt", "shape": [1], "datatype": "BYTES", "data": ["x"]}]}
    assert "decoupled" in server.post("/v2/models/describe/infer", infer).error


@ONE_FAMILY
def test_who_goes_away_frees_a_place_and_a_full_queue_refuses(server: Server) -> None:
    """Four texts are written and four wait; the ninth is refused. When the four go, the others are answered."""
    streams = [server.stream(prompt="Tell all that you know", max_tokens=900) for _ in range(4)]
    for stream in streams:
        next(stream)
    with ThreadPoolExecutor(6) as pool:
        waiting = [pool.submit(server.generate, prompt="x", max_tokens=900, deadline_ms=60_000) for _ in range(6)]
        refused = [each.result() for each in waiting if each.result().status != 200]
    for stream in streams:
        stream.close()
    assert all(told.error.startswith("busy: the queue is full: 4 requests wait already") for told in refused)
    assert len(refused) >= 1
    # The places are free: an answer comes long before 900 tokens are written.
    assert server.generate(prompt="x", max_tokens=2, deadline_ms=60_000).status == 200


@ONE_FAMILY
def test_a_deadline_ends_a_text(server: Server) -> None:
    """What is said until then is given."""
    told = server.generate(prompt="Tell all that you know", max_tokens=900, deadline_ms=150)
    assert told.body["finish"] == "deadline"
    assert 0 < len(told.tokens) < 900


@ONE_FAMILY
def test_a_killed_process_is_told_and_mended(server: Server) -> None:
    """As the engine mends its encoders: an inference tells that it is dead; unload and load bring it back."""
    wanted = server.generate(prompt=PROMPTS[0], max_tokens=9).tokens
    server.kill_stub()
    told = server.generate(prompt=PROMPTS[0], max_tokens=9)
    assert told.status != 200
    assert "is not healthy" in told.error
    for step in ("unload", "load"):
        assert server.post(f"/v2/repository/models/describe/{step}", {}).status == 200
    assert server.generate(prompt=PROMPTS[0], max_tokens=9).tokens == wanted
