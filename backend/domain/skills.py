"""What skill an opening asks for, read from its requirements; age, sex, origin and looks are never read (W03, P06)."""

from __future__ import annotations

import re
from functools import lru_cache

LEVELS = ("none", "basic", "skilled", "certified")
_NOT_ASKED = re.compile(
    r"(?:不要|不需要?|无需|无须|不限|没有?|没得|免)(?:求)?(?:工作)?(?:经验|技术|证件?)|(?:生手|新手|不会|没做过)[^,，。;；]{0,4}(?:也|可以|要得|都)"
    r"|包教|可以教|可教|教会"
)
# A health certificate shows no skill, and a residence or graduation certificate none that the work needs.
_CERTIFIED = re.compile(
    r"持证|(?<!健康)(?<!身份)(?<!居住)(?<!毕业)(?:上岗证|操作证|资格证|技能证|驾驶证|驾照|电工证|焊工证)|有证(?!件)"
)
_SKILLED = re.compile(r"熟手|熟练|老手|有经验|有技术|(?:会|做过|干过|懂)(?!议)[^,，。;；]{1,8}")


@lru_cache(maxsize=4096)
def skill_asked(requirements: str) -> str | None:
    """`要熟手` → skilled, `持焊工证` → certified, anything else → None."""
    if not requirements or (_NOT_ASKED.search(requirements) and not _CERTIFIED.search(requirements)):
        return None
    if _CERTIFIED.search(requirements):
        return "certified"
    return "skilled" if _SKILLED.search(requirements) else None
