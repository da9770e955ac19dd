"""Recordings: a voice in local speech for each fixed prompt of the call, of one's own village, town or county (V07)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console.guard import form, me, page_number
from backend.console.i18n import gettext
from backend.console.places import division_code
from backend.domain import wav
from backend.domain.access import may
from backend.errors import Invalid, NotFound
from backend.services import recordings
from backend.services.recordings import LOCAL, WORDINGS, Recording, Shelf, Words, of_region, stem_of

if TYPE_CHECKING:
    from backend.services.deps import Deps

PER_PAGE = 20
# What a file is sent in needs a little more room than the file.
MOST_SENT_BYTES = wav.MOST_BYTES + 64 * 1024


def let_files_in(bp: Blueprint) -> None:
    """An upload may be larger than other requests. Before the guards: they read the form."""

    @bp.before_request
    def larger() -> None:
        if request.endpoint == "console.keep_recording":
            request.max_content_length = MOST_SENT_BYTES


def register(bp: Blueprint, deps: Deps, to_record: Callable[[], Sequence[Words]]) -> None:
    shelf = Shelf(deps.settings.data_dir)

    def words_of(prompt_id: str) -> Words:
        found = next((words for words in to_record() if words.id == prompt_id), None)
        if found is None:
            raise NotFound("no such prompt")
        return found

    def show(code: str, *, problem: str = "") -> str:
        member, wording, only = me(), _wording(request.values.get("wording")), request.args.get("only", "")
        with deps.db.read() as session:
            region = recordings.seen(session, member, code)
            session.expunge(region)
        prompts = list(to_record())
        own = of_region(shelf, code, prompts, wording)
        listed = [p for p in prompts if only not in ("done", "missing") or (p.id in own) == (only == "done")]
        first = (page_number() - 1) * PER_PAGE
        above = [code, *deps.regions.ancestors(code)]
        return render_template(
            "console/recordings.html",
            place=region,
            above=[one for one in reversed(deps.regions.ancestors(code)) if one.startswith(member.region_code)],
            rows=[
                _row(shelf, above, prompt, wording, own.get(prompt.id)) for prompt in listed[first : first + PER_PAGE]
            ],
            wording=wording,
            wordings=WORDINGS,
            only=only if only in ("done", "missing") else "",
            number=page_number(),
            more=first + PER_PAGE < len(listed),
            recorded=len(own),
            total=len(prompts),
            may_record=may(member.role, "record_prompt"),
            voice=recordings.has_local_voice(deps),
            problem=problem,
        )

    def go_on(code: str, prompt: Words, wording: str) -> ResponseReturnValue:
        number = [words.id for words in to_record()].index(prompt.id) // PER_PAGE + 1
        return redirect(
            url_for("console.recordings_of", code=code, wording=wording, page=number, _anchor=f"prompt-{prompt.id}"),
            303,
        )

    @bp.get("/recordings")
    def recordings_page() -> str:
        return show(me().region_code)

    @bp.get("/recordings/<code>")
    def recordings_of(code: str) -> str:
        return show(division_code(code))

    @bp.post("/recordings/<code>/keep")
    def keep_recording(code: str) -> ResponseReturnValue:
        given = form("prompt", "wording")
        prompt, wording, sent = words_of(given["prompt"]), _wording(given["wording"]), request.files.get("file")
        try:
            content = sent.stream.read(wav.MOST_BYTES + 1) if sent else b""
            recordings.keep(deps, me(), division_code(code), prompt, wording, content)
        except Invalid as problem:
            return show(code, problem=_why(problem.fields.get("file", ""))), 422
        flash(gettext("录音换上了，下一通电话就听得到。"), "done")
        return go_on(code, prompt, wording)

    @bp.post("/recordings/<code>/remove")
    def remove_recording(code: str) -> ResponseReturnValue:
        given = form("prompt", "wording")
        prompt, wording = words_of(given["prompt"]), _wording(given["wording"])
        recordings.take_away(deps, me(), division_code(code), prompt, wording)
        flash(gettext("录音撤下了，还可以换回来。"), "done")
        return go_on(code, prompt, wording)

    @bp.post("/recordings/<code>/restore")
    def restore_recording(code: str) -> ResponseReturnValue:
        given = form("prompt", "wording")
        prompt, wording = words_of(given["prompt"]), _wording(given["wording"])
        recordings.put_back(deps, me(), division_code(code), prompt, wording)
        flash(gettext("换回前一个录音了。"), "done")
        return go_on(code, prompt, wording)

    @bp.get("/recordings/<code>/<prompt_id>.wav")
    def hear_recording(code: str, prompt_id: str) -> Response:
        """The division's own recording; `?before=1`: the one before it."""
        prompt, wording = words_of(prompt_id), _wording(request.args.get("wording"))
        with deps.db.read() as session:
            recordings.seen(session, me(), division_code(code))
        found = shelf.own(code, stem_of(prompt.id, wording), previous=request.args.get("before") == "1")
        if found is None:
            raise NotFound("no recording")
        return Response(found.path.read_bytes(), mimetype="audio/wav")

    @bp.get("/recordings/voice/<prompt_id>.wav")
    def hear_voice(prompt_id: str) -> Response:
        """How the machine's local voice says it; where there is none, nothing."""
        sound = recordings.local_voice(deps, words_of(prompt_id).said(_wording(request.args.get("wording"))))
        if sound is None:
            raise NotFound("no voice")
        return Response(sound, mimetype="audio/wav")


def _row(shelf: Shelf, above: list[str], prompt: Words, wording: str, own: Recording | None) -> dict[str, object]:
    stem, words = stem_of(prompt.id, wording), prompt.said(wording)
    heard = shelf.nearest(above, stem, words)
    return {
        "prompt": prompt,
        "words": words,
        "own": own,
        "outdated": own is not None and own.words not in ("", words),
        "heard_from": heard.region if heard else "",
        "before": shelf.own(above[0], stem, previous=True),
    }


def _wording(asked: str | None) -> str:
    return asked if asked in WORDINGS else LOCAL


def _why(reason: str) -> str:
    return {
        "not_wav": gettext("这不是WAV录音。"),
        "coding": gettext("这种WAV电话放不出来，请存成16位PCM。"),
        "stereo": gettext("请录成单声道。"),
        "rate": gettext("采样率要8000或16000赫兹。"),
        "too_short": gettext("录音太短，听不到话。"),
        "too_long": gettext("录音最长30秒。"),
        "silent": gettext("录音里没有声音，看看话筒开没开。"),
    }.get(reason, gettext("这个录音用不了。")) + gettext("没有换上，原来的还在。")
