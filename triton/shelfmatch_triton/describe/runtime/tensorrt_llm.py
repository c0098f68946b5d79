"""A describer run by TensorRT-LLM, through its LLM API: a checkpoint as published, no graphs of ours.

The same answers, limits and errors as the batcher's. What its tokens say, where a text stops and how JSON that is cut
off is ended is decided here, by the same code; TensorRT-LLM chooses the tokens, by llguidance where there is a schema.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from shelfmatch_triton.describe.runtime.answering import Answering
from shelfmatch_triton.describe.runtime.batcher import STOPPING, Limits, log
from shelfmatch_triton.describe.runtime.grammar import Schemas
from shelfmatch_triton.describe.runtime.picture import decode
from shelfmatch_triton.describe.runtime.prompt import Prompt, open_tokenizer
from shelfmatch_triton.describe.runtime.request import Answer, Ask, Fault, Finish, Listener, RequestError
from shelfmatch_triton.describe.runtime.settings import TOKENIZER, Settings, read_settings

CHECKPOINT = "checkpoint"
"""Folder beside ``describer.json``: the files as the hub has them. ``describe.layout`` writes it."""
FAMILY = "qwen3-vl"
"""The one that TensorRT-LLM carries of ours."""
LOOK_S = 0.05
"""How often it is looked whether anybody still waits."""
MARK = "<|"


def open_llm(folder: Path, settings: Settings, together: int, device: int) -> Any:  # noqa: ANN401
    """Return TensorRT-LLM's ``LLM`` of a checkpoint.

    Raises:
        ValueError: it is not installed, or does not know the network; says what to do.
    """
    if settings.family != FAMILY:
        raise ValueError(f"TensorRT-LLM does not carry {settings.name}: lay it out with --runtime tensorrt or onnx")
    # Before CUDA is begun in this process: TensorRT-LLM takes the first GPU that it sees.
    os.environ["CUDA_VISIBLE_DEVICES"] = str(device)
    try:
        from tensorrt_llm import LLM
        from tensorrt_llm.llmapi import KvCacheConfig
    except ImportError as error:
        raise ValueError(
            f"TensorRT-LLM can't be imported ({error}): serve from NVIDIA's image of Triton that has it (its name "
            "ends in -trtllm-python-py3), or lay the model out with --runtime onnx"
        ) from error
    return LLM(
        model=str(folder / CHECKPOINT),
        max_batch_size=together,
        max_seq_len=settings.positions,
        max_num_tokens=settings.positions,
        guided_decoding_backend="llguidance",
        # Two pictures have the same tokens in the prompt, and not the same keys.
        kv_cache_config=KvCacheConfig(enable_block_reuse=False, free_gpu_memory_fraction=0.6),
    )


def sampling(ask: Ask) -> Any:  # noqa: ANN401
    """Return TensorRT-LLM's parameters of a request. Stop words and the end are ours to see."""
    from tensorrt_llm import SamplingParams
    from tensorrt_llm.llmapi import GuidedDecodingParams

    told = sampling_arguments(ask)
    schema = told.pop("schema")
    return SamplingParams(**told, guided_decoding=GuidedDecodingParams(json=schema) if schema else None)


def sampling_arguments(ask: Ask) -> dict[str, Any]:
    """Return the arguments of ``SamplingParams``, and the schema; greedy is what it does when it is told nothing."""
    chosen = {"temperature": ask.temperature, "top_p": ask.top_p, "seed": ask.seed} if ask.temperature > 0 else {}
    return {
        "max_tokens": ask.max_tokens,
        "skip_special_tokens": False,
        "detokenize": False,
        **chosen,
        "schema": json.loads(ask.schema) if ask.schema else None,
    }


def written(settings: Settings, tokenizer: Any, ask: Ask) -> str:  # noqa: ANN401
    """Return the prompt as the publishers' template writes it, one mark a picture, which TensorRT-LLM repeats."""
    marks = settings.tokens
    say: Callable[[int], str] = tokenizer.id_to_token
    picture = f"{say(marks.picture_start)}{say(marks.picture)}{say(marks.picture_end)}"
    begin, end = say(marks.turn_start), say(marks.turn_end)
    # It reads marks wherever they stand: nobody is to end a turn from inside it.
    prompt, system = (text.replace(MARK, "< |") for text in (ask.prompt, ask.system))
    before = f"{begin}system\n{system}{end}\n" if system else ""
    return f"{before}{begin}user\n{picture * len(ask.pictures)}{prompt}{end}\n{begin}assistant\n"


class LlmDescriber:
    """Requests, each a task of one event loop; TensorRT-LLM decodes them together."""

    def __init__(
        self,
        folder: Path,
        limits: Limits,
        llm: Any,  # noqa: ANN401
        parameters: Callable[[Ask], Any] = sampling,
    ) -> None:
        """Begin.

        Args:
            folder: has ``describer.json`` and ``tokenizer.json``.
            limits: how much is done at a time.
            llm: TensorRT-LLM's ``LLM``.
            parameters: of a request, as it takes them.

        Raises:
            OSError: a file can't be read.
            ValueError: the folder's files are not those of one network.
        """
        self.settings = read_settings(folder)
        self.limits = limits
        self.llm = llm
        self.parameters = parameters
        self.tokenizer = open_tokenizer(folder / TOKENIZER)
        self.schemas = Schemas(folder / TOKENIZER, self.settings)
        self.asked = 0
        self.closed = False
        self.changed = threading.Lock()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="describe", daemon=True)
        self.thread.start()

    def submit(self, ask: Ask, listener: Listener) -> None:
        """Take a request; its listener hears of it from now on, and of why it can't be answered, too."""
        arrived = time.monotonic()
        most = self.limits.together + self.limits.waiting
        with self.changed:
            if self.closed:
                fault: RequestError | None = RequestError(Fault.INTERNAL, STOPPING)
            elif len(ask.pictures) > self.limits.pictures:
                reason = f"{len(ask.pictures)} pictures are too many: send {self.limits.pictures} at the most"
                fault = RequestError(Fault.INVALID, reason)
            elif self.asked >= most:
                reason = f"the queue is full: {self.limits.waiting} requests wait already; ask again later"
                fault = RequestError(Fault.BUSY, reason)
            else:
                fault = None
                self.asked += 1
        if fault is not None:
            listener.failed(fault)
        else:
            asyncio.run_coroutine_threadsafe(self._answer(ask, listener, arrived), self.loop)

    async def _answer(self, ask: Ask, listener: Listener, arrived: float) -> None:
        tell: Callable[[], None]
        try:
            answer = await self._said(ask, listener, arrived)

            def tell() -> None:
                listener.done(answer)
        except RequestError as error:
            failure = error

            def tell() -> None:
                listener.failed(failure)
        except Exception as error:
            log.exception("TensorRT-LLM failed")
            broken = RequestError(Fault.INTERNAL, f"decoding failed: {error}")

            def tell() -> None:
                listener.failed(broken)

        with self.changed:
            self.asked -= 1
        tell()

    async def _said(self, ask: Ask, listener: Listener, arrived: float) -> Answer:
        """Return the answer.

        Raises:
            RequestError: there is none.
        """
        # Reading pictures takes long, and others are being answered.
        result = await asyncio.to_thread(self._begin, ask)
        step: asyncio.Future[Any] | None = None
        try:
            grammar = self.schemas.open(ask.schema) if ask.schema else None
            none = np.zeros(0, np.int64)
            prompt = Prompt(np.asarray(result.prompt_token_ids, np.int64), none, none, 0)
            answering = Answering(ask, listener, prompt, (), self.tokenizer, grammar, arrived)
            coming = aiter(result)
            while True:
                step = asyncio.ensure_future(anext(coming))
                while not (await asyncio.wait({step}, timeout=LOOK_S))[0]:
                    self._look(answering)
                self._look(answering)
                try:
                    output = step.result().outputs[0]
                except StopAsyncIteration:
                    raise RequestError(Fault.INTERNAL, "TensorRT-LLM ended an answer without saying why") from None
                for token in list(output.token_ids)[len(answering.speech.tokens) :]:
                    answer = answering.take(int(token), self.settings.tokens.ends)
                    if answer is not None:
                        return answer
                if output.finish_reason is not None:
                    # Its own limits, or an end mark that it kept for itself.
                    return answering.end(Finish.LENGTH if output.finish_reason == "length" else Finish.END)
        finally:
            if step is not None:
                step.cancel()
            # Of one that has ended it does nothing; of another it frees the place.
            result.abort()

    def _begin(self, ask: Ask) -> Any:  # noqa: ANN401
        pictures = [decode(file, f"picture {number}") for number, file in enumerate(ask.pictures, 1)]
        inputs: dict[str, Any] = {"prompt": written(self.settings, self.tokenizer, ask)}
        if pictures:
            inputs["multi_modal_data"] = {"image": pictures}
        if ask.schema:
            # A schema that can't be followed is the request's fault, and said before the GPU is asked.
            self.schemas.open(ask.schema)
        try:
            return self.llm.generate_async(inputs, sampling_params=self.parameters(ask), streaming=True)
        except ValueError as error:
            hint = "shorten it, send fewer pictures or ask for fewer tokens"
            raise RequestError(Fault.INVALID, f"the request does not fit: {error}; {hint}") from error

    def _look(self, answering: Answering) -> None:
        """End a request that nobody waits for, or that came too late to begin."""
        if self.closed:
            raise RequestError(Fault.INTERNAL, STOPPING)
        if answering.listener.cancelled():
            raise RequestError(Fault.CANCELLED, "the request was cancelled")
        if answering.late and not answering.speech.tokens:
            reason = f"its deadline of {answering.ask.deadline_ms} ms passed before it began; ask again later"
            raise RequestError(Fault.LATE, reason)

    def close(self) -> None:
        """End the loop; what is not answered yet fails."""
        with self.changed:
            self.closed = True
        while self.asked:
            time.sleep(LOOK_S)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
        self.llm.shutdown()


def open_describer(folder: Path, limits: Limits, device: int) -> LlmDescriber:
    """Return a describer of a folder that ``lay-out-describer --runtime tensorrt-llm`` wrote.

    Raises:
        OSError: a file can't be read.
        ValueError: TensorRT-LLM is not there, or does not know the network.
    """
    settings = read_settings(folder)
    return LlmDescriber(folder, limits, open_llm(folder, settings, limits.together, device))
