"""Names that people use for a place beside its official one: what may be one, and where they stand in a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from backend.domain.entity import Entity, Message
from backend.domain.lexicon import Entry, Matcher
from backend.domain.places import bare_name

LONGEST = 12
_NAME = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff0-9]{1,11}")
# Intents in which a place has a place.
_PLACED = frozenset(
    "search_jobs register_worker update_profile post_job inform apply_job ask_market_info report_problem register_return"
    " sign_up_training ask_policy set_availability register_unemployment".split()
)
_ENDINGS = (
    "村民委员会",
    "居民委员会",
    "村委会",
    "居委会",
    "社区居委会",
    "社区",
    "村",
    "居",
    "镇",
    "乡",
    "街道",
    "街道办事处",
)


def tidy(name: str) -> str | None:
    """Return `name` as it is kept, without spaces; None when it cannot be a place's name."""
    name = "".join(name.split())
    return name if _NAME.fullmatch(name) else None


def own_names(name: str, level: str, aliases: Iterable[str]) -> list[str]:
    """Return the aliases that the official name does not give away: 老街 for 兴泉社区, but not 兴泉 or 兴泉村委会."""
    bare = bare_name(name, level)
    told = {name, bare, *(bare + end for end in _ENDINGS), *(name + end for end in _ENDINGS)}
    return [alias for alias in aliases if alias not in told]


class PlaceNames:
    """Finds the names that staff have written down in messages; a name that is work or a day elsewhere stays what it is."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names = tuple(sorted({name for name in names if len(name) >= 2}))
        self._matcher = Matcher([Entry(name, "location", name, "staff") for name in self.names])

    def placed(self, message: Message, found: Sequence[Entity]) -> list[Entity]:
        """Return `found` with the known names that stand in the message: a name cut short is made whole, a missed one added.

        A name inside something else that was found (a person's or an employer's name) is no place.
        """
        if not self.names or message.intent not in _PLACED:
            return list(found)
        entities = list(found)
        for hit in self._matcher.find(message.text):
            across = [e for e in entities if e.start < hit.end and hit.start < e.end]
            # 我是威宁嘞: taken for an employer's name, but the very name of a place.
            if all(
                e.entity in ("location", "proximity", "employer_name") and e.end - e.start <= hit.end - hit.start
                for e in across
            ):
                entities = [e for e in entities if e not in across]
                entities.append(message.entity("location", hit.start, hit.end, hit.word))
        return entities


NONE = PlaceNames()
