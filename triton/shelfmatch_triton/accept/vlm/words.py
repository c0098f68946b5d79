"""What the app asks a describer about a picture, and the text that it searches by: both are the engine's own."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from shelfmatch_triton.accept.material import REPOSITORY, MaterialError
from shelfmatch_triton.accept.triton_http import Triton, TritonError

TEXTS_SCRIPT = Path("scripts", "description-texts.ts")


@dataclass(frozen=True)
class Asking:
    """The app's prompts, as ``scripts/evaluation-set.ts`` writes them beside the photos."""

    system: str
    prompt: str
    schema: str

    @staticmethod
    def read(folder: Path) -> Asking:
        """Return those of an evaluation set.

        Raises:
            MaterialError: the set has none.
        """
        told = json.loads((folder / "set.json").read_text(encoding="utf-8"))
        if "describe" not in told:
            raise MaterialError(f"{folder} is older than the app's prompts: make it again")
        return Asking(**told["describe"])

    def ask(self, triton: Triton, pictures: Sequence[Path], tokens: int, together: int) -> list[str]:
        """Return what the served model ``describe`` says of each picture, greedily: JSON that follows the schema.

        Args:
            triton: has the model loaded.
            pictures: files, each asked for by itself.
            tokens: of an answer, at the most.
            together: requests at once.

        Raises:
            TritonError: a request failed.
        """

        def one(file: Path) -> str:
            picture = base64.b64encode(file.read_bytes()).decode()
            inputs = {"prompt": self.prompt, "system": self.system, "schema": self.schema, "max_tokens": tokens}
            told = triton.generate("describe", {**inputs, "pictures": [picture]})
            if "text" not in told:
                raise TritonError(f"{triton.url} described {file.name} by {told}")
            return str(told["text"])

        with ThreadPoolExecutor(together) as pool:
            return list(pool.map(one, pictures))


def texts_of(answers: Sequence[str], node: str) -> list[str]:
    """Return what the app searches by of each answer, by the engine's own code.

    Args:
        answers: as the model gave them.
        node: Node 24.

    Raises:
        MaterialError: Node is not there, or an answer is none.
    """
    command = [node, str(TEXTS_SCRIPT)]
    try:
        made = subprocess.run(
            command, cwd=REPOSITORY, input=json.dumps(list(answers)), capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise MaterialError(f"there is no {node} to read descriptions with: give --node") from error
    if made.returncode != 0:
        raise MaterialError(f"{TEXTS_SCRIPT} failed: {made.stderr.strip()[-500:]}")
    texts: list[str] = json.loads(made.stdout)
    return texts
