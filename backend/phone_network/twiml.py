"""Read TwiML as Twilio does: which verbs, attributes and values it knows, and what it does with the others.

Twilio ends a call only for a document it cannot read; a misspelt attribute or a bad value is a *warning* in its log
and the default is used. So both are kept here: `parse` yields the verbs with clean values and the list of warnings,
and raises `TwimlError` for what stops a call. `lint` is the strict view for tests of the TwiML we emit.
Source: Twilio's voice reference and error dictionary (12100, 12200, 12300, 133xx, 135xx), SDK 9.13.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

MAX_DOCUMENT_BYTES = 64 * 1024
MAX_SAY_CHARACTERS = 4096
XML_TYPES = {"text/xml", "application/xml", "text/html"}

# Say takes `cmn-CN`; the recogniser takes `cmn-Hans-CN`. Mixing them up is the classic silent failure.
ZH_VOICES = {
    "cmn-CN": {"Polly.Zhiyu", "Polly.Zhiyu-Neural"}
    | {f"Google.cmn-CN-{kind}-{letter}" for kind in ("Standard", "Wavenet") for letter in "ABCD"}
    | {
        f"Google.cmn-CN-Chirp3-HD-{name}"
        for name in ("Aoede", "Charon", "Fenrir", "Kore", "Leda", "Orus", "Puck", "Zephyr")
    },
}
BASIC_VOICES = {"man", "woman", "alice"}
SAY_LANGUAGES = {"cmn-CN", "cmn-TW", "yue-HK", "yue-CN", "zh-CN", "zh-HK", "zh-TW", "en-US", "en-GB", "en-AU", "en-IN"}
GATHER_LANGUAGES = {
    "cmn-Hans-CN", "cmn-Hant-TW", "yue-Hant-HK", "zh", "zh-CN", "zh-TW", "zh-HK", "yue", "yue-CN", "yue-HK",
    "en-US", "en-GB", "en-AU", "en-IN",
}  # fmt: skip
RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.5}
CHARACTERS_PER_SECOND = 4.0  # at a rate of 1
SSML = {"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w", "amazon:effect"}


class TwimlError(Exception):
    """A document that ends the call; `code` is Twilio's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Warned:
    """Something Twilio logs and works around; `code` is its own."""

    code: int
    message: str


@dataclass
class Verb:
    """One element: clean attribute values only, so that a reader needs no defaults for bad ones."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list["Verb"] = field(default_factory=list)
    # Say only: what is spoken, in order, each with its prosody rate and the pause before it in seconds.
    parts: list[tuple[str, str | None, float]] = field(default_factory=list)

    def flag(self, name: str, default: bool) -> bool:
        value = self.attributes.get(name)
        return default if value is None else value.lower() == "true"

    def number(self, name: str, default: int) -> int:
        value = self.attributes.get(name)
        return default if value is None else int(value)


@dataclass
class Document:
    verbs: list[Verb]
    warnings: list[Warned]


Check = Callable[[str], bool]


def _any(_: str) -> bool:
    return True


def _one_of(*words: str) -> Check:
    return lambda value: value in words


def _integer(low: int, high: int = 10**6) -> Check:
    return lambda value: bool(re.fullmatch(r"\d{1,9}", value)) and low <= int(value) <= high


def _words_of(*words: str) -> Check:
    return lambda value: bool(value.split()) and set(value.split()) <= set(words)


def _keys(value: str) -> bool:
    return all(key in "0123456789#*" for key in value)


def _hints(value: str) -> bool:
    """Twilio takes at most 500 hints of at most 100 characters."""
    hints = value.split(",")
    return len(hints) <= 500 and all(len(hint.strip()) <= 100 for hint in hints)


def _boolean(value: str) -> bool:
    return value.lower() in {"true", "false"}


_method = _one_of("GET", "POST", "get", "post")
_number_events = _words_of("initiated", "ringing", "answered", "completed")
_recording_events = _words_of("in-progress", "completed", "absent")
_dial_record = _one_of(
    "do-not-record", "record-from-answer", "record-from-ringing", "record-from-answer-dual",
    "record-from-ringing-dual", "true", "false",
)  # fmt: skip


def _language(known: set[str], value: str) -> bool:
    """Other languages only by shape: the line speaks Chinese, and guessing at the rest would refuse good TwiML."""
    if value.split("-")[0] in {"cmn", "zh", "yue"}:
        return value in known
    return bool(re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Z]{2}|\d{3}))?", value))


def _voice(value: str) -> bool:
    if value.startswith(("Polly.Zhiyu", "Google.cmn-CN")):
        return value in ZH_VOICES["cmn-CN"]
    return value in BASIC_VOICES or bool(re.fullmatch(r"(Polly|Google|Amazon)\.[A-Za-z0-9-]+", value))


# verb → attribute → (check, Twilio's code for a bad value)
RULES: Mapping[str, Mapping[str, tuple[Check, int]]] = {
    "Say": {
        "voice": (_voice, 13511),
        "loop": (_integer(0, 1000), 13510),
        "language": (lambda value: _language(SAY_LANGUAGES, value), 13512),
    },
    "Play": {"loop": (_integer(0, 1000), 13410), "digits": (lambda v: set(v) <= set("0123456789*#wWABCDabcd"), 12200)},
    "Pause": {"length": (_integer(0), 13910)},
    "Gather": {
        "action": (_any, 0),
        "method": (_method, 13312),
        "timeout": (lambda value: value == "auto" or _integer(1)(value), 13313),
        "finishOnKey": (_keys, 13310),
        "numDigits": (_integer(1), 13314),
        "input": (_words_of("dtmf", "speech"), 13325),
        "language": (lambda value: _language(GATHER_LANGUAGES, value), 13326),
        "speechTimeout": (lambda value: value == "auto" or _integer(1)(value), 13327),
        "maxSpeechTime": (_integer(1, 60), 12200),
        "hints": (_hints, 13330),
        "profanityFilter": (_boolean, 12200),
        "bargeIn": (_boolean, 12200),
        "debug": (_boolean, 13336),
        "actionOnEmptyResult": (_boolean, 12200),
        "speechModel": (lambda value: bool(re.fullmatch(r"[A-Za-z0-9_.:-]+", value)), 12200),
        "enhanced": (_boolean, 12200),
        "partialResultCallback": (_any, 0),
        "partialResultCallbackMethod": (_method, 12200),
    },
    "Record": {
        "action": (_any, 0),
        "method": (_method, 13610),
        "timeout": (_integer(0), 13612),
        "finishOnKey": (_keys, 13613),
        "maxLength": (_integer(1, 14400), 13611),
        "playBeep": (_boolean, 12200),
        "trim": (_one_of("trim-silence", "do-not-trim"), 12200),
        "recordingStatusCallback": (_any, 0),
        "recordingStatusCallbackMethod": (_method, 12200),
        "recordingStatusCallbackEvent": (_recording_events, 12200),
        "transcribe": (_boolean, 12200),
        "transcribeCallback": (_any, 0),
        "recordingConfigurationId": (_any, 0),
    },
    "Dial": {
        "action": (_any, 0),
        "method": (_method, 13210),
        "timeout": (_integer(1, 600), 13212),
        "hangupOnStar": (_boolean, 13213),
        "timeLimit": (_integer(1, 14400), 13216),
        "callerId": (lambda value: bool(re.fullmatch(r"\+?[\w:@.-]+", value)), 13214),
        "record": (_dial_record, 12200),
        "trim": (_one_of("trim-silence", "do-not-trim"), 12200),
        "answerOnBridge": (_boolean, 12200),
        "sequential": (_boolean, 12200),
        "ringTone": (_any, 0),
        "recordingStatusCallback": (_any, 0),
        "recordingStatusCallbackMethod": (_method, 12200),
        "recordingStatusCallbackEvent": (_recording_events, 12200),
        "recordingTrack": (_one_of("both", "inbound", "outbound"), 12200),
        "recordingConfigurationId": (_any, 0),
        "referUrl": (_any, 0),
        "referMethod": (_method, 12200),
        "events": (_any, 0),
        "passports": (_any, 0),
    },
    "Number": {
        "sendDigits": (_any, 0),
        "url": (_any, 0),
        "method": (_method, 12200),
        "statusCallback": (_any, 0),
        "statusCallbackMethod": (_method, 12200),
        "statusCallbackEvent": (_number_events, 12200),
        "byoc": (_any, 0),
        "machineDetection": (_one_of("Enable", "DetectMessageEnd"), 12200),
        "machineDetectionTimeout": (_integer(3, 59), 12200),
        "machineDetectionSpeechThreshold": (_integer(1000, 6000), 12200),
        "machineDetectionSpeechEndThreshold": (_integer(500, 5000), 12200),
        "machineDetectionSilenceTimeout": (_integer(2000, 10000), 12200),
        "amdStatusCallback": (_any, 0),
        "amdStatusCallbackMethod": (_method, 12200),
    },
    "Redirect": {"method": (_method, 13710)},
    "Hangup": {},
    "Reject": {"reason": (_one_of("rejected", "busy"), 13110)},
}
NESTED = {"Gather": {"Say", "Play", "Pause"}, "Dial": {"Number"}}
# Real verbs and nouns that need more than a telephone network of two parties; known, so no misspelling is claimed.
NOT_CARRIED = {
    "Connect", "Echo", "Enqueue", "Leave", "Pay", "Prompt", "Queue", "Refer", "Sms", "Start", "Stop",
    "Client", "Conference", "Sip", "Sim", "Application", "WhatsApp",
}  # fmt: skip


def parse(body: str, content_type: str | None = "text/xml") -> Document:
    """Return the verbs of a TwiML document and what Twilio would warn about.

    Raises TwimlError 12300 for a content type that is not XML, 12100 for a document that cannot be read.
    """
    kind = (content_type or "").split(";")[0].strip().lower()
    if kind not in XML_TYPES:
        raise TwimlError(12300, f"Content type {kind or 'none'!r} is not TwiML.")
    if len(body.encode("utf-8", "replace")) > MAX_DOCUMENT_BYTES:
        raise TwimlError(11750, "The document is larger than 64 kB.")
    root = read_xml(body)
    if root.tag != "Response":
        raise TwimlError(12100, f"The root is {root.tag!r}, not 'Response'.")
    warnings: list[Warned] = []
    if root.attrib:
        warnings.append(Warned(12200, "Response takes no attributes."))
    verbs = _children(root, set(RULES) - {"Number"}, warnings)
    return Document(verbs, warnings)


def read_xml(body: str) -> ElementTree.Element:
    """Return the root of an XML text; raises TwimlError 12100, also for a document that declares entities."""
    if "<!DOCTYPE" in body or "<!ENTITY" in body:
        raise TwimlError(12100, "A document type is not allowed.")
    try:
        # Without a document type there are no entities to explode.
        return ElementTree.fromstring(body.strip().encode("utf-8", "replace"))  # noqa: S314
    except ElementTree.ParseError as error:
        raise TwimlError(12100, f"The document cannot be read: {error}.") from error


def lint(body: str) -> list[Warned]:
    """Return everything Twilio would refuse or warn about; an empty list is TwiML to be proud of."""
    try:
        return parse(body).warnings
    except TwimlError as error:
        return [Warned(error.code, str(error))]


def _children(parent: ElementTree.Element, allowed: set[str], warnings: list[Warned]) -> list[Verb]:
    verbs = []
    for element in parent:
        if element.tag in NOT_CARRIED:
            warnings.append(Warned(12200, f"{element.tag} is not carried by this network and was passed over."))
        elif element.tag not in allowed:
            warnings.append(Warned(12200, f"{element.tag} has no place in {parent.tag}."))
        else:
            verb = _verb(element, warnings)
            if verb is not None:
                verbs.append(verb)
    return verbs


def _verb(element: ElementTree.Element, warnings: list[Warned]) -> Verb | None:
    rules, attributes = RULES[element.tag], {}
    for name, value in element.attrib.items():
        if name not in rules:
            warnings.append(Warned(12200, f"{element.tag} has no attribute {name!r}."))
        elif not rules[name][0](value):
            warnings.append(
                Warned(rules[name][1], f"{element.tag} {name}={value!r} is not valid; the default is used.")
            )
        else:
            attributes[name] = value
    verb = Verb(element.tag, attributes, (element.text or "").strip())
    if element.tag == "Say":
        return verb if _fill_say(verb, element, warnings) else None
    if element.tag in NESTED:
        verb.children = _children(element, NESTED[element.tag], warnings)
        if verb.flag("actionOnEmptyResult", False) and attributes.get("action") == "":
            raise TwimlError(13338, "Gather wants an action for an empty result and has none.")
    elif len(element):
        warnings.append(Warned(12200, f"{element.tag} takes nothing inside."))
    return verb


def _fill_say(verb: Verb, element: ElementTree.Element, warnings: list[Warned]) -> bool:
    """Set the spoken parts; False when there is nothing to say."""
    language, voice = verb.attributes.get("language"), verb.attributes.get("voice", "")
    own_language = re.match(r"Google\.([a-z]+-[A-Z]+)-", voice)
    spoken = own_language.group(1) if own_language else "cmn-CN" if voice.startswith("Polly.Zhiyu") else None
    if language and spoken and language.replace("zh-CN", "cmn-CN") != spoken:
        warnings.append(Warned(13512, f"Voice {voice!r} does not speak {language!r}."))
    parts: list[tuple[str, str | None, float]] = []
    _speak(element, None, parts, warnings)
    verb.parts = [part for part in parts if part[0] or part[2]]
    verb.text = "".join(text for text, _, _ in verb.parts)
    if len(element) and voice in BASIC_VOICES:
        warnings.append(Warned(12200, "Basic voices know no SSML."))
    if not verb.text or len(verb.text) > MAX_SAY_CHARACTERS:
        warnings.append(Warned(13520, "Say has nothing to say, or more than 4,096 characters."))
        return False
    return True


def _speak(
    element: ElementTree.Element, rate: str | None, parts: list[tuple[str, str | None, float]], warnings: list[Warned]
) -> None:
    def add(text: str | None, pause_s: float = 0.0) -> None:
        words = re.sub(r"\s+", " ", text or "").strip()
        if words or pause_s:
            parts.append((words, rate, pause_s))

    add(element.attrib.get("alias") if element.tag == "sub" else element.text)
    for child in element:
        if child.tag not in SSML:
            warnings.append(Warned(12200, f"{child.tag} has no place in Say."))
        elif child.tag == "break":
            add("", _break_s(child, warnings))
        else:
            inner = rate
            if child.tag == "prosody" and "rate" in child.attrib:
                inner = _rate(child.attrib["rate"], warnings)
            _speak(child, inner, parts, warnings)
        add(child.tail)


def _rate(value: str, warnings: list[Warned]) -> str | None:
    percent = re.fullmatch(r"(\d{1,3})%", value)
    if value in RATES or (percent and 20 <= int(percent.group(1)) <= 200):
        return value
    warnings.append(Warned(13513, f"prosody rate={value!r} is not valid; the default is used."))
    return None


def _break_s(element: ElementTree.Element, warnings: list[Warned]) -> float:
    time = element.attrib.get("time")
    if time is None:
        strengths = {"none": 0.0, "x-weak": 0.1, "weak": 0.25, "medium": 0.5, "strong": 0.75, "x-strong": 1.0}
        return strengths.get(element.attrib.get("strength", "medium"), 0.5)
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)", time)
    if not match:
        warnings.append(Warned(12200, f"break time={time!r} is not valid."))
        return 0.5
    return min(10.0, float(match.group(1)) / (1000 if match.group(2) == "ms" else 1))


def seconds_to_say(text: str, rate: str | None) -> float:
    """Estimate how long a voice needs for `text` at a prosody rate (a word or a percentage)."""
    speed = RATES.get(rate or "medium") or float((rate or "100%").rstrip("%")) / 100
    return len(text) / (CHARACTERS_PER_SECOND * speed)
