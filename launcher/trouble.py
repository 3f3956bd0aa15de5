"""The one error of the launcher: a sentence for the person at the keyboard."""


class Trouble(Exception):
    """Something that the person can read and act upon; printed alone, without a traceback."""

    def __init__(self, sentence: str, *, exit_code: int = 1) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
