"""A local Chinese voice for the handset page, where espeak-ng is installed: text → pinyin → espeak-ng → WAV, kept by its hash.

Nothing of a call waits for it: the page asks after the words have arrived, and shows them as captions in any case. Only
`cmn-latn-pinyin` is used; espeak-ng's `cmn` reads most syllables as English.
"""

import hashlib
import logging
import os
import re
import shutil
import subprocess
import tempfile
import threading
import unicodedata
from pathlib import Path

from pypinyin import Style, lazy_pinyin

log = logging.getLogger(__name__)
PROGRAM, LANGUAGE = "espeak-ng", "cmn-latn-pinyin"
# espeak-ng's words a minute at which Chinese comes at about 165 characters a minute, the pace of 100 %.
SPEED = 155
SLOWEST, FASTEST = 40, 150  # percent
MOST_CHARACTERS = 300
MOST_KEPT = 2000  # files; the oldest go
TIMEOUT_S = 5.0
AT_ONCE = 2
FIGURES = str.maketrans("0123456789", "零一二三四五六七八九")
PAUSES = str.maketrans("，。、；：？！「」（）", ",.,;:?!    ")
_UNSAID = re.compile(r"[^a-zA-Z0-9,.;:?! ]+")


def pinyin(text: str) -> str:
    """Chinese as syllables with their tones: 您好,按1 → nin2 hao3, an4 yi1. Signs that pause stay, others go."""
    plain = unicodedata.normalize("NFKC", text).translate(FIGURES).translate(PAUSES)
    syllables = lazy_pinyin(plain, style=Style.TONE3, neutral_tone_with_five=True, errors="default")
    said = _UNSAID.sub(" ", " ".join(syllables))
    return re.sub(r" +([,.;:?!])", r"\1", re.sub(r" +", " ", said)).strip()


class Voice:
    """Makes and keeps WAV files under `data_dir/voice`. Threads of one process share it."""

    def __init__(self, data_dir: Path, program: str = PROGRAM) -> None:
        self._folder, self._program = data_dir / "voice", shutil.which(program)
        self._turn = threading.BoundedSemaphore(AT_ONCE)

    @property
    def there(self) -> bool:
        """Whether this machine has the voice."""
        return self._program is not None

    def wav(self, text: str, pace: int = 80) -> bytes | None:
        """`text` spoken at `pace` percent of the normal pace; None where there is no voice, or nothing to say."""
        words = pinyin(text[:MOST_CHARACTERS])
        if self._program is None or not re.search(r"[a-z0-9]", words, re.IGNORECASE):
            return None
        speed = SPEED * min(FASTEST, max(SLOWEST, pace)) // 100
        kept = self._folder / f"{hashlib.sha256(f'{speed} {words}'.encode()).hexdigest()[:32]}.wav"
        try:
            return kept.read_bytes()
        except FileNotFoundError:
            pass
        with self._turn:
            return self._make(words, speed, kept)

    def _make(self, words: str, speed: int, kept: Path) -> bytes | None:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        os.close(handle)
        try:
            # The words go through standard input: they can neither be taken for an option nor be read in a process list.
            subprocess.run(
                [str(self._program), "-v", LANGUAGE, "-s", str(speed), "-b", "1", "--stdin", "-w", name],
                input=words.encode(), capture_output=True, check=True, timeout=TIMEOUT_S,
            )  # fmt: skip
            sound = Path(name).read_bytes()
            os.replace(name, kept)
        except (OSError, subprocess.SubprocessError) as problem:
            log.warning("voice_failed problem=%s", type(problem).__name__)
            return None
        finally:
            Path(name).unlink(missing_ok=True)
        self._forget_the_oldest()
        return sound

    def _forget_the_oldest(self) -> None:
        files = list(self._folder.glob("*.wav"))
        if len(files) <= MOST_KEPT:
            return
        for old in sorted(files, key=lambda file: file.stat().st_mtime)[: len(files) - MOST_KEPT]:
            old.unlink(missing_ok=True)
