"""Steps → TwiML, by Twilio's own SDK; the one place that knows the voice and the language of the line.

Only what Twilio accepts: `Gather` hears `cmn-Hans-CN` while `Say` speaks `cmn-CN`, and the voice must belong to it; a
wrong pair fails silently. The pace is SSML `prosody rate`, which an engine without SSML may simply ignore.
Source: Twilio's voice reference and the lists of SDK 9.13 (see docs/decisions/0030).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from twilio.twiml.voice_response import Gather, VoiceResponse
from twilio.twiml.voice_response import Say as SayVerb

from ivr.recorded import Recorded, nothing_recorded
from ivr.steps import LAST, Ask, Hangup, Record, Say, Step, Transfer

HEARS = "cmn-Hans-CN"
SPEAKS = "cmn-CN"
VOICE = "Polly.Zhiyu"
RECORD_PAUSE_S = 5
DIAL_TIMEOUT_S = 30  # nobody within half a minute: leave a message (V16)
NORMAL_PACE = 100
PLAYED_FROM_PACE = 80
KEYS_ENDING_A_RECORDING = "#0*9"
MIME = "text/xml; charset=utf-8"


class Addresses:
    """Where the next steps of one turn go, each carrying the call and the turn's one-use nonce (I3)."""

    def __init__(self, base_url: str, call_id: int, nonce: str) -> None:
        query = f"call={call_id}&n={nonce}"
        self.turn = f"{base_url}/twilio/voice/turn?{query}"
        self.recorded = f"{base_url}/twilio/voice/recorded?{query}"
        self.dial = f"{base_url}/twilio/voice/dial?{query}"
        self._base_url = base_url

    def audio(self, recording: str) -> str:
        return f"{self._base_url}/twilio/voice/audio/{recording}"


def render(
    steps: Sequence[Step], to: Addresses, *, pace: int, hotline: str, recorded: Recorded = nothing_recorded
) -> str:
    """The TwiML of one turn: what is said, then exactly one way on.

    `pace`: percent of the voice's normal pace (V06). `hotline`: E.164, dialled by `Transfer`. `recorded`: the voices
    recorded for this caller (V07).
    """
    says = [step for step in steps if isinstance(step, Say)]
    last = next(step for step in steps if isinstance(step, LAST))
    response = VoiceResponse()
    if isinstance(last, Ask):
        # Inside Gather, so that a key interrupts what is being said (V10).
        gather = Gather(
            input="dtmf speech",
            action=to.turn,
            method="POST",
            num_digits=last.digits,
            # Every key is an answer, # too; the default would swallow it.
            finish_on_key="",
            timeout=last.timeout_s,
            speech_timeout=last.pause_s,
            language=HEARS,
            hints=",".join(last.hints) or None,
            profanity_filter=False,
            barge_in=True,
            action_on_empty_result=True,
        )
        _say(gather.append, says, to, pace, recorded)
        response.append(gather)
        response.redirect(to.turn, method="POST")
    elif isinstance(last, Record):
        _say(response.append, says, to, pace, recorded)
        response.record(
            action=to.recorded,
            method="POST",
            max_length=last.max_s,
            timeout=RECORD_PAUSE_S,
            finish_on_key=KEYS_ENDING_A_RECORDING,
            play_beep=True,
            trim="trim-silence",
        )
        # Reached only when nothing was recorded: that is silence.
        response.redirect(to.turn, method="POST")
    elif isinstance(last, Transfer):
        _say(response.append, says, to, pace, recorded)
        dial = response.dial(action=to.dial, method="POST", timeout=DIAL_TIMEOUT_S)
        dial.number(hotline)
    elif isinstance(last, Hangup):
        _say(response.append, says, to, pace, recorded)
        response.hangup()
    return str(response)


def _say(append: Callable[[object], object], says: Iterable[Say], to: Addresses, pace: int, recorded: Recorded) -> None:
    for said in says:
        # A recording cannot be slowed down; whoever asked for that hears the voice instead.
        recording = recorded(said.prompt) if said.prompt and pace >= PLAYED_FROM_PACE else None
        if recording is not None:
            response = VoiceResponse()
            response.play(to.audio(recording))
            append(response.verbs[0])
            continue
        append(_speech(said.zh, pace))


def _speech(text: str, pace: int) -> SayVerb:
    if pace == NORMAL_PACE:
        return SayVerb(text, language=SPEAKS, voice=VOICE)
    verb = SayVerb(language=SPEAKS, voice=VOICE)
    verb.prosody(text, rate=f"{pace}%")
    return verb


def apology(text: str, again_url: str | None, *, hotline: str = "") -> str:
    """The TwiML for an error of ours: a sentence and a way on; with a hotline, the caller is put through."""
    response = VoiceResponse()
    if again_url:
        gather = Gather(input="dtmf", action=again_url, method="POST", num_digits=1, finish_on_key="", timeout=10,
                        action_on_empty_result=True)  # fmt: skip
        gather.append(_speech(text, 80))
        response.append(gather)
        response.redirect(again_url, method="POST")
    else:
        response.append(_speech(text, 80))
        if hotline:
            response.dial(timeout=DIAL_TIMEOUT_S).number(hotline)
        response.hangup()
    return str(response)


def ask_for_one(text: str, to: str) -> str:
    """The TwiML that asks a member of staff for a single key; silence goes to the same address."""
    response = VoiceResponse()
    gather = Gather(input="dtmf", action=to, method="POST", num_digits=1, timeout=8, finish_on_key="",
                    action_on_empty_result=True)  # fmt: skip
    gather.append(_speech(text, NORMAL_PACE))
    response.append(gather)
    response.redirect(to, method="POST")
    return str(response)


def join(text: str, number: str, done: str, *, caller_id: str, time_limit_s: int) -> str:
    """The TwiML that dials `number` (E.164), shows it `caller_id`, and tells `done` how it went (DialCallStatus)."""
    response = VoiceResponse()
    response.append(_speech(text, NORMAL_PACE))
    dial = response.dial(action=done, method="POST", timeout=DIAL_TIMEOUT_S, time_limit=time_limit_s,
                         caller_id=caller_id)  # fmt: skip
    dial.number(number)
    return str(response)


def goodbye(text: str) -> str:
    """The TwiML of a last sentence."""
    response = VoiceResponse()
    response.append(_speech(text, NORMAL_PACE))
    response.hangup()
    return str(response)
