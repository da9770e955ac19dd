"""Recorded voices per region: the nearest is heard, an old one never under a new one's address, nothing lost (V07)."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

from backend.domain import wav
from backend.errors import Forbidden, Invalid, NotFound
from backend.services import recordings
from backend.services.recordings import Shelf, Words
from backend.services.staff_login import Member
from ivr.recorded import recorded_for, words_of
from tests.support import sounds
from tests.support.signing import SignedClient, new_sid

COUNTY, TOWN, VILLAGE, OTHER_TOWN = "500114", "500114121", "500114121002", "500114122"
GREETING = words_of("greeting")
LOUD, LOUDER = sounds.wav(sounds.samples(1.0, loud=4000)), sounds.wav(sounds.samples(1.0, loud=9000))


@pytest.fixture
def members(make: Any) -> dict[str, Member]:
    with make() as f:
        f.make_station()
        f.make_region(VILLAGE)
        f.make_region(OTHER_TOWN + "201")
        rows = [(role, region, f.make_staff(role, region, login=role).id)
                for role, region in (("village", VILLAGE), ("town", TOWN), ("county", COUNTY), ("city", "5001"))]  # fmt: skip
    return {role: Member(id=id_, login=role, name=role, role=role, region_code=region, language="zh")
            for role, region, id_ in rows}  # fmt: skip


def heard(deps: Any, region: str | None, wording: str = "local", prompt: str = "greeting") -> str:
    """The division whose recording is played, "" for the voice."""
    address = recorded_for(deps, region, wording)(prompt)
    return address.split("/")[0] if address else ""


def test_the_nearest_recording_is_heard_from_the_village_upwards(deps: Any, members: dict[str, Member]) -> None:
    deps.regions.reload()
    assert heard(deps, VILLAGE) == ""
    recordings.keep(deps, members["county"], COUNTY, GREETING, "local", LOUD)
    assert (heard(deps, VILLAGE), heard(deps, OTHER_TOWN), heard(deps, None)) == (COUNTY, COUNTY, COUNTY)
    recordings.keep(deps, members["town"], TOWN, GREETING, "local", LOUD)
    assert (heard(deps, VILLAGE), heard(deps, OTHER_TOWN)) == (TOWN, COUNTY)
    recordings.keep(deps, members["village"], VILLAGE, GREETING, "local", LOUD)
    assert (heard(deps, VILLAGE), heard(deps, TOWN)) == (VILLAGE, TOWN)


def test_whoever_asked_for_mandarin_hears_no_recording_in_dialect(deps: Any, members: dict[str, Member]) -> None:
    recordings.keep(deps, members["county"], COUNTY, GREETING, "local", LOUD)
    assert heard(deps, COUNTY, "mandarin") == ""
    recordings.keep(deps, members["county"], COUNTY, GREETING, "mandarin", LOUDER)
    assert recorded_for(deps, COUNTY, "mandarin")("greeting").endswith("/greeting.mandarin.wav")  # type: ignore[union-attr]


def test_a_recording_of_other_words_is_not_played(deps: Any, members: dict[str, Member]) -> None:
    """The catalogue has changed since: what is heard would not be what is meant."""
    before = Words("greeting", "您好,这里是老热线。", "您好,这里是老热线。", "")
    recordings.keep(deps, members["county"], COUNTY, before, "local", LOUD)
    assert heard(deps, COUNTY) == ""


def test_what_is_filled_in_is_never_a_recording(deps: Any, members: dict[str, Member]) -> None:
    folder = Shelf(deps.settings.data_dir).folder(COUNTY)
    folder.mkdir(parents=True)
    (folder / "jobs_found.wav").write_bytes(LOUD)
    (folder / "greeting.wav").write_bytes(LOUD)  # put there by hand, without a note of its words
    assert heard(deps, COUNTY, prompt="jobs_found") == ""
    assert heard(deps, COUNTY) == COUNTY


def test_a_recording_taken_away_can_be_put_back(deps: Any, members: dict[str, Member]) -> None:
    member = members["town"]
    first = recordings.keep(deps, member, TOWN, GREETING, "local", LOUD)
    second = recordings.keep(deps, member, TOWN, GREETING, "local", LOUDER)
    assert first.version != second.version
    recordings.put_back(deps, member, TOWN, GREETING, "local")
    assert recorded_for(deps, TOWN, "local")("greeting") == first.address
    recordings.put_back(deps, member, TOWN, GREETING, "local")
    assert recorded_for(deps, TOWN, "local")("greeting") == second.address
    recordings.take_away(deps, member, TOWN, GREETING, "local")
    assert heard(deps, TOWN) == ""
    recordings.put_back(deps, member, TOWN, GREETING, "local")
    assert recorded_for(deps, TOWN, "local")("greeting") == second.address


def test_a_recording_that_cannot_be_put_back_is_not_lost(deps: Any, members: dict[str, Member]) -> None:
    member, folder = members["town"], Shelf(deps.settings.data_dir).folder(TOWN)
    kept = recordings.keep(deps, member, TOWN, GREETING, "local", LOUD)
    recordings.take_away(deps, member, TOWN, GREETING, "local")
    (folder / "greeting.wav").mkdir()  # nothing can be written there
    with pytest.raises(OSError):
        recordings.put_back(deps, member, TOWN, GREETING, "local")
    (folder / "greeting.wav").rmdir()
    recordings.put_back(deps, member, TOWN, GREETING, "local")
    assert recorded_for(deps, TOWN, "local")("greeting") == kept.address


def test_the_address_brings_the_sound_and_another_address_another_sound(
    app: Any, deps: Any, members: dict[str, Member]
) -> None:
    """A carrier's cache never plays an old one; a call under way still finds the one it was told of."""
    client = app.test_client()
    first = recordings.keep(deps, members["town"], TOWN, GREETING, "local", LOUD)
    answer = client.get(f"/twilio/voice/audio/{first.address}")
    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.data == wav.read(LOUD).to_wav()
    second = recordings.keep(deps, members["town"], TOWN, GREETING, "local", LOUDER)
    assert client.get(f"/twilio/voice/audio/{first.address}").data == wav.read(LOUD).to_wav()
    assert client.get(f"/twilio/voice/audio/{second.address}").data == wav.read(LOUDER).to_wav()
    gone = client.get(f"/twilio/voice/audio/{TOWN}/000000000000/greeting.wav")
    assert (gone.status_code, gone.headers["Cache-Control"]) == (200, "no-store")
    for nowhere in (
        f"{TOWN}/x/main.wav",
        "..%2f..%2fetc/x/passwd.wav",
        "500114/x/..%2fdemo.env.wav",
        "all/x/greeting.wav",
    ):
        assert client.get(f"/twilio/voice/audio/{nowhere}").status_code == 404


@pytest.mark.parametrize("act", ["keep", "take_away", "put_back"])
def test_only_staff_of_the_place_may_change_its_recordings(deps: Any, members: dict[str, Member], act: str) -> None:
    do = getattr(recordings, act)
    more = (LOUD,) if act == "keep" else ()
    for role, region, refused in (
        ("village", TOWN, NotFound),
        ("town", OTHER_TOWN, NotFound),
        ("city", COUNTY, Forbidden),
    ):
        with pytest.raises(refused):
            do(deps, members[role], region, GREETING, "local", *more)


def test_a_file_that_nobody_would_hear_is_refused_and_the_old_one_stays(deps: Any, members: dict[str, Member]) -> None:
    kept = recordings.keep(deps, members["town"], TOWN, GREETING, "local", LOUD)
    with pytest.raises(Invalid) as problem:
        recordings.keep(deps, members["town"], TOWN, GREETING, "local", sounds.wav(rate_hz=44100))
    assert problem.value.fields == {"file": "rate"}
    assert recorded_for(deps, TOWN, "local")("greeting") == kept.address


def test_a_call_hears_the_recording_of_its_county(
    app: Any, deps: Any, members: dict[str, Member], signed: SignedClient
) -> None:
    kept = recordings.keep(deps, members["county"], COUNTY, GREETING, "local", LOUD)
    answer = signed.voice("/twilio/voice", "+8610000000077", new_sid("CA"), CallStatus="ringing")
    played = [play.text for play in ElementTree.fromstring(answer.text).iter("Play")]
    assert played == [f"{deps.settings.public_base_url}/twilio/voice/audio/{kept.address}"]
