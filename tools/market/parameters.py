"""The figures of the simulated county, each with its source: parameters.toml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomllib

FILE = Path(__file__).with_name("parameters.toml")


@dataclass(frozen=True)
class Work:
    """A kind of work. `pay`: usual yuan a day. `days`: shortest and longest. `people`: how common among workers."""

    code: str
    months: tuple[int, ...]
    weight: float
    pay: float
    days: tuple[int, int]
    outdoors: bool
    people: float
    skilled: bool = False


class Parameters:
    """Figures by name: `p["workers.number"]`. A name that does not exist is a KeyError, never a default."""

    def __init__(self, figures: Mapping[str, Any], sources: Mapping[str, str], work: tuple[Work, ...]) -> None:
        self._figures, self._sources = dict(figures), dict(sources)
        self.work = work

    @classmethod
    def load(cls, path: Path = FILE) -> Parameters:
        """Raises ValueError for a figure without a source."""
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        figures: dict[str, Any] = {}
        sources: dict[str, str] = {}
        table = raw.pop("work")
        sources["work"] = table.get("source", "")
        for area, entries in raw.items():
            for name, entry in entries.items():
                figures[f"{area}.{name}"] = entry["value"]
                sources[f"{area}.{name}"] = entry.get("source", "")
        if bare := sorted(name for name, source in sources.items() if not source.strip()):
            raise ValueError(f"no source for {', '.join(bare)}")
        return cls(figures, sources, tuple(_work(kind) for kind in table["kinds"]))

    def __getitem__(self, name: str) -> Any:
        return self._figures[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def source(self, name: str) -> str:
        return self._sources[name]

    def but(self, changes: Mapping[str, Any]) -> Parameters:
        """The same figures with some changed; raises KeyError for a name that does not exist."""
        for name in changes:
            self._figures[name]
        return Parameters({**self._figures, **changes}, self._sources, self.work)


def _work(kind: dict[str, Any]) -> Work:
    first, last = kind["days"]
    return Work(**{**kind, "months": tuple(kind["months"]), "days": (first, last)})
