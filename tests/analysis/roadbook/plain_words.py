"""Words for tests: the code and its values, so that what is told can be read off."""

from __future__ import annotations


class PlainWords:
    def __init__(self, language: str = "en") -> None:
        self.language = language

    def say(self, code: str, **values: object) -> str:
        return " ".join([code, *map(str, values.values())])
