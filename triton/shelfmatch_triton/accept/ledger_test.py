"""What was done is known again, and only that."""

from pathlib import Path

from shelfmatch_triton.accept.ledger import Ledger


def test_a_step_is_done_once_for_what_it_depends_on(tmp_path: Path) -> None:
    """Another key, a file that is gone, or half a record: it is done again; one that failed is not kept."""
    told: list[str] = []
    ledger = Ledger(tmp_path / "steps", told.append)
    made = tmp_path / "made"
    done: list[int] = []

    def work() -> dict[str, int]:
        done.append(len(done))
        made.touch()
        return {"times": len(done)}

    def once(**key: object) -> int:
        result: dict[str, int] = ledger.once("a step", key, work, [made])
        return result["times"]

    assert [once(graph="x", batches=(1, 8)), once(graph="x", batches=(1, 8))] == [1, 1]
    assert told == ["a step", "a step: done before"]
    assert once(graph="y") == 2
    made.unlink()
    assert once(graph="y") == 3
    (tmp_path / "steps" / "a step.json").write_text('{"key": {"gra', encoding="utf-8")
    assert once(graph="y") == 4

    def broken() -> None:
        raise OSError("full")

    for _ in range(2):
        try:
            ledger.once("another", {}, broken)
        except OSError:
            continue
        raise AssertionError("a failure was taken for a result")
