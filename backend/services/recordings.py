"""Recorded voices of the fixed prompts: one's own of a village, town or county over the shipped one (V07).

`DATA_DIR/recordings/<division code>/<stem>.wav`, the stem `<prompt id>` or `<prompt id>.mandarin`; beside it `<stem>.json`
tells which words were read. A recording replaced or taken away stays as `previous/<stem>.wav` and can be put back. Files,
not rows: a carrier fetches them while the call waits, and a folder is copied to another machine as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from sqlalchemy.orm import Session

from backend.domain import wav
from backend.domain.access import may, may_see
from backend.errors import Forbidden, Invalid, NotFound
from backend.services import audit
from backend.services.staff_login import Member
from backend.store.models import Region

if TYPE_CHECKING:
    from backend.services.deps import Deps

LEAVING = ".leaving"
SHIPPED = "all"  # in an address: the recording that comes with the product
LOCAL, MANDARIN = "local", "mandarin"
WORDINGS = (LOCAL, MANDARIN)
_CODE = re.compile(r"[0-9]{2,12}")
_STEM = re.compile(r"[a-z0-9_]{1,40}(?:\.mandarin)?")
VOICE_TIMEOUT_S, ASKED_WITHIN_S = 6.0, 1.0


@dataclass(frozen=True)
class Words:
    """A prompt that can be recorded, in both ways of talking, and in English for the reader."""

    id: str
    zh: str
    mandarin: str
    en: str

    def said(self, wording: str) -> str:
        return self.mandarin if wording == MANDARIN else self.zh


@dataclass(frozen=True)
class Recording:
    """A file that can be played. `version` changes with its content; `words`: what was read, "" when nobody noted it."""

    path: Path
    region: str  # a division code, or SHIPPED
    stem: str
    version: str
    words: str = ""

    @property
    def address(self) -> str:
        """Under the line's audio address; never the same for another content, so that caches may keep it for ever."""
        return f"{self.region}/{self.version}/{self.stem}.wav"


def stem_of(prompt_id: str, wording: str) -> str:
    return f"{prompt_id}.mandarin" if wording == MANDARIN else prompt_id


class Shelf:
    """The recordings of one machine; reading asks the file system each time, so a new one counts at once."""

    def __init__(self, data_dir: Path, shipped: Path | None = None) -> None:
        self.root, self.shipped = data_dir / "recordings", shipped

    def own(self, region: str, stem: str, *, previous: bool = False) -> Recording | None:
        """The recording of exactly this division."""
        if not (_CODE.fullmatch(region) and _STEM.fullmatch(stem)):
            return None
        return _recording(self.folder(region, previous=previous) / f"{stem}.wav", region, stem)

    def nearest(self, regions: Iterable[str], stem: str, words: str) -> Recording | None:
        """What is played to a caller of the first of `regions` (village, town, county … upwards).

        A recording of other words than today's `words` is passed over: what is heard would not be what is meant.
        """
        for region in regions:
            found = self.own(region, stem)
            if found is not None and found.words in ("", words):
                return found
        if self.shipped is None or not _STEM.fullmatch(stem):
            return None
        return _recording(self.shipped / f"{stem}.wav", SHIPPED, stem)

    def at(self, region: str, version: str, stem: str) -> Recording | None:
        """What an address named; a recording replaced a moment ago is still there for a call under way."""
        if region == SHIPPED:
            return self.nearest((), stem, "")
        for previous in (False, True):
            found = self.own(region, stem, previous=previous)
            if found is not None and found.version == version:
                return found
        return self.own(region, stem)

    def folder(self, region: str, *, previous: bool = False) -> Path:
        return self.root / region / "previous" if previous else self.root / region


def _recording(path: Path, region: str, stem: str) -> Recording | None:
    try:
        state = path.stat()
        version = _version(path, state.st_mtime_ns, state.st_size)
    except OSError:
        return None
    return Recording(path, region, stem, version, _noted(path.with_suffix(".json")))


@lru_cache(maxsize=4096)
def _version(path: Path, changed_ns: int, size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _noted(note: Path) -> str:
    try:
        return str(json.loads(note.read_text(encoding="utf-8"))["words"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


# -- what staff do ----------------------------------------------------------------------------------------------------


def seen(session: Session, member: Member, code: str) -> Region:
    """The division, if it lies in the reach of `member`. Raises `NotFound`."""
    region = session.get(Region, code)
    if region is None or not may_see(member.region_code, region.code):
        raise NotFound("no such place")
    return region


def keep(deps: Deps, member: Member, code: str, prompt: Words, wording: str, file: bytes) -> Recording:
    """Put a recording of `prompt` in place for a division and all below it; the one before is kept. Raises `Invalid`.

    The `Invalid` names under "file" why a caller could not hear it (see `wav.NotPlayable`).
    """
    try:
        sound = wav.read(file[: wav.MOST_BYTES + 1])
    except wav.NotPlayable as problem:
        raise Invalid("not playable", {"file": problem.reason}) from problem
    shelf, stem = Shelf(deps.settings.data_dir), stem_of(prompt.id, wording)
    with deps.db.write() as session:
        region = _mine(session, member, code)
        audit.write(session, deps.clock(), member.actor, "recording_kept", region, prompt=prompt.id, wording=wording)
        session.flush()
        _put_aside(shelf, code, stem)
        folder = shelf.folder(code)
        _write(folder / f"{stem}.json", json.dumps({"words": prompt.said(wording)}, ensure_ascii=False).encode())
        _write(folder / f"{stem}.wav", sound.to_wav())
    kept = shelf.own(code, stem)
    if kept is None:
        raise OSError("the recording was written and cannot be read")
    return kept


def take_away(deps: Deps, member: Member, code: str, prompt: Words, wording: str) -> None:
    """Take a division's recording away; the one above it is heard again. It can be put back. None there: no error."""
    shelf, stem = Shelf(deps.settings.data_dir), stem_of(prompt.id, wording)
    with deps.db.write() as session:
        region = _mine(session, member, code)
        if shelf.own(code, stem) is None:
            return
        audit.write(session, deps.clock(), member.actor, "recording_removed", region, prompt=prompt.id, wording=wording)
        session.flush()
        _put_aside(shelf, code, stem)


def put_back(deps: Deps, member: Member, code: str, prompt: Words, wording: str) -> None:
    """Change a division's recording for the one before it. None there: no error."""
    shelf, stem = Shelf(deps.settings.data_dir), stem_of(prompt.id, wording)
    with deps.db.write() as session:
        region = _mine(session, member, code)
        if shelf.own(code, stem, previous=True) is None:
            return
        audit.write(
            session, deps.clock(), member.actor, "recording_put_back", region, prompt=prompt.id, wording=wording
        )
        session.flush()
        now, before = shelf.folder(code), shelf.folder(code, previous=True)
        # Both are on the disk at every moment: what is heard now is copied first, and takes the other's place last.
        returning = {end: _content(before / f"{stem}{end}") for end in (".json", ".wav")}
        leaving = {end: _content(now / f"{stem}{end}") for end in (".json", ".wav")}
        for end, content in leaving.items():
            if content is not None:
                _write(before / f"{stem}{end}{LEAVING}", content)
        for end, content in returning.items():
            if content is not None:
                _write(now / f"{stem}{end}", content)
            else:
                (now / f"{stem}{end}").unlink(missing_ok=True)
        for end, content in leaving.items():
            if content is not None:
                os.replace(before / f"{stem}{end}{LEAVING}", before / f"{stem}{end}")
            else:
                (before / f"{stem}{end}").unlink(missing_ok=True)


def _mine(session: Session, member: Member, code: str) -> Region:
    region = seen(session, member, code)
    if not may(member.role, "record_prompt"):
        raise Forbidden("this account only looks")
    return region


def _put_aside(shelf: Shelf, code: str, stem: str) -> None:
    now, before = shelf.folder(code), shelf.folder(code, previous=True)
    if not (now / f"{stem}.wav").is_file():
        return
    before.mkdir(parents=True, exist_ok=True)
    for end in (".json", ".wav"):
        if (now / f"{stem}{end}").is_file():
            os.replace(now / f"{stem}{end}", before / f"{stem}{end}")
        else:
            (before / f"{stem}{end}").unlink(missing_ok=True)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a carrier may be reading."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def local_voice(deps: Deps, words: str) -> bytes | None:
    """`words` by the simulated network's own voice, as WAV; None without one. For staff's ears, never in a call."""
    if not deps.settings.is_demo:
        return None
    try:
        answer = httpx.get(
            f"{deps.settings.network_url}/voice", params={"text": words}, timeout=VOICE_TIMEOUT_S, trust_env=False
        )
    except httpx.HTTPError:
        return None
    return answer.content if answer.status_code == httpx.codes.OK else None


def has_local_voice(deps: Deps) -> bool:
    """Whether the simulated network runs and has a voice of its own."""
    if not deps.settings.is_demo:
        return False
    try:
        answer = httpx.get(f"{deps.settings.network_url}/line", timeout=ASKED_WITHIN_S, trust_env=False)
        return answer.status_code == httpx.codes.OK and bool(answer.json().get("voice"))
    except (httpx.HTTPError, ValueError):
        return False


def of_region(shelf: Shelf, code: str, prompts: Sequence[Words], wording: str) -> dict[str, Recording]:
    """The division's own recordings by prompt id."""
    found = {prompt.id: shelf.own(code, stem_of(prompt.id, wording)) for prompt in prompts}
    return {id_: recording for id_, recording in found.items() if recording is not None}
