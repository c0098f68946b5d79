"""What the server refuses, with the status and the words that Qdrant has for it (`src/actix/helpers.rs` of 1.19)."""


class Refusal(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, message: str) -> None:
        """`status`: of HTTP; `message`: what stands in `status.error` of the reply."""
        super().__init__(message)
        self.status = status
        self.message = message


def bad_input(message: str) -> Refusal:
    return Refusal(400, f"Wrong input: {message}")


def malformed(where: str, message: str) -> Refusal:
    return Refusal(400, f"Format error in {where}: {message}")


def no_collection(name: str) -> Refusal:
    return Refusal(404, f"Not found: Collection `{name}` doesn't exist!")


def not_served(what: str) -> Refusal:
    """A true Qdrant could do it; this server can't."""
    return Refusal(501, f"The test server does not serve {what}")
