"""What the line says, as data: one shape per kind, rendered by `sms/render.py`, `ivr/speech.py` and their English gloss.

An answer is a plain dict `{"kind": KIND, ...}` so that it travels as JSON (action server, database, tests). The builders
below are the only makers; the channels are the only readers. Money is in fen, days are ISO days, clock times HH:MM.
"""

from __future__ import annotations

from typing import Any

Answer = dict[str, Any]

# kind → the keys it carries besides `kind`. A structural test holds both renderers to this table.
KINDS: dict[str, tuple[str, ...]] = {
    # -- small talk and help
    "greeting": ("known",),  # what the line is, that it is a machine (V16), what can be done
    "goodbye": (),
    "thanks": (),
    "help": ("topic",),  # topic: None | the field being asked
    "menu": ("reason",),  # the numbered main menu; reason: None | unavailable | not_understood
    "read_on": (),  # nothing by itself: understood together with the text already waiting behind it (M07)
    "repeat_nothing": (),  # asked to repeat, but nothing was said yet
    "slower": ("rate",),
    "wording": ("wording",),  # by voice: local | mandarin from now on
    "not_understood": ("attempt",),  # 1: one short either/or; the second time the menu, the third a person
    # Which of two was meant: 1, 2 of `choices` [{zh, en}], or 3 neither. about: wish | word (which one) | heard (by sound)
    "either_or": ("about", "word", "choices"),
    "out_of_scope": (),
    "choice_unknown": ("choice", "choices"),  # 7 was pressed, 1…3 exist
    "nothing_to_answer": ("said",),  # "要得" without any open question; said: yes | no
    "cancelled": ("what",),  # what: registration | posting | None (nothing was being filled in)
    "media_unsupported": (),
    # -- registration
    "ask": ("form", "field", "attempt", "choices", "noted"),  # form: registration | posting; noted: facts just heard
    "confirm_registration": ("facts", "for_other", "notice_version", "changed"),
    "registered": ("facts", "for_other", "jobs"),  # jobs: openings that suit, maybe empty
    "registration_declined": (),  # said no to the notice: public openings stay open to her
    "resume_hint": ("form", "field"),  # after a digression: what is still open
    # -- openings
    "job_offers": ("openings", "filters", "relaxed", "remaining"),  # relaxed: filters that had to be dropped
    "no_jobs": ("filters", "registered"),  # whoever is registered hears of new ones without asking
    "no_more_jobs": ("shown",),
    "job_details": ("opening", "asked"),  # asked: entity names in the question, e.g. ["meals"]
    "which_job": ("openings", "purpose", "more"),  # purpose: take | details | withdraw | hiring; more: others under 4
    "job_taken": ("opening", "contact", "code", "registered"),  # contact {name, phone}: shown by text only
    "confirm_take": ("opening",),  # by voice only: a spoken wish is read back before it counts (V11)
    "job_full": ("opening", "alternatives"),
    "job_gone": ("opening", "alternatives"),  # expired or withdrawn
    "job_changed": ("opening", "code"),  # to those who have a place: where to go, or what is asked of them, is another
    "called_off": ("opening",),  # the employer needs nobody any more; told to those who had a place
    "taken_down": ("opening",),  # the same where it is the station that stopped the work
    "clash": ("opening", "standing"),  # standing: the taken opening that overlaps
    "already_taken": ("opening", "code"),
    "own_job": ("opening",),  # posted from the very number that wants to take it
    "my_list": ("offers",),  # [{offer_id, code, status, opening}]
    "withdrawn": ("opening", "code"),
    "nothing_to_withdraw": (),
    "confirm_withdraw": ("opening", "code"),
    # 即时快招: we ask first (M05). changed: she was asked before, and the work has changed or goes on since
    "offer": ("opening", "code", "expires_at", "changed"),
    "offer_declined": ("opening",),
    "offer_expired": ("opening", "alternatives"),
    # full, but there is a waiting list: ahead others wait before her
    "full_wait": ("opening", "ahead", "alternatives"),
    "waitlisted": ("opening", "position", "code"),
    "wait_over": ("opening", "reason"),  # reason: left (she waits no longer) | started
    "place_free": ("opening", "code", "expires_at", "changed"),  # it is her turn among those who wait
    "undone": ("what", "opening"),  # a change texted to the number was undone by a reply
    # -- what we ask of our own accord, by text or by a call we place
    "reminder": ("opening",),  # before work starts: are you coming?
    "follow_up": ("opening",),  # after its last day: did you go?
    "ask_paid": ("opening",),  # she went: have the wages been paid?
    "outcome_noted": ("outcome", "opening"),  # outcome: coming | arrived | no_show | paid | not_due
    "still_looking": ("people",),  # each week: still looking for work? people: how many share the phone
    "still_noted": (),
    "not_looking": (),  # no more offers until she asks for work again
    "some_looking": (),  # of several on one phone not all
    "active_again": (),  # told before what she asked for: she had stopped, and is looked for again
    "gone_quiet": (),  # set aside after long silence
    "still_hiring": ("opening",),  # to the employer: are people still wanted?
    "hiring_noted": ("opening",),
    "said_absent": ("opening",),  # the employer says she did not come: did she?
    "calls_off": (),  # we no longer ring this number of our own accord
    # -- by phone: amounts and days are read back before they change anything
    "confirm_heard": ("facts",),  # as in `ask`'s noted, plus money (yuan), clock [HH:MM], duration, free [from, to]
    "say_again": (),  # it was misheard: say it once more
    "noted": (),  # what was read back is on record now
    # -- own record
    "profile": ("facts",),  # by text only
    "profile_by_text": (),  # by voice: the record goes out by text, not aloud
    "no_profile": (),
    "profile_updated": ("changed",),
    "profile_what": (),  # which fact should change?
    "availability_set": ("availability",),
    "availability_what": (),
    "confirm_erase": (),
    "erase_by_text": (),  # asked by voice: the confirmation has to come by text
    "erased": ("hires",),  # hires: openings of this number go on
    "kept": ("what",),  # the erasure or withdrawal was called off; what: profile | place
    "profile_locked": (),  # "我不是他/打错了"
    "which_person": ("count",),  # shared phone (V21), never a name
    # -- services
    "case_opened": ("case_kind", "case_id", "who", "due_at", "emergency", "hotlines", "said"),
    # ahead: who else waits, being put through now, or with a wish for a person that nobody has taken up
    "human": ("open_now", "station", "due_at", "case_id", "ahead"),
    "callback_promised": ("case_id", "due_at", "place"),  # nobody came to the phone; place: which one in the queue
    "human_talked": ("case_id",),  # the caller has talked with staff
    "call_summary": ("done",),  # after a call, by text: the answers that told of something done in it
    "market_info": ("station",),
    "opted_out": (),
    "opted_in": (),
    "taken_over": (),  # a member of staff writes from now on
    "staff_reply": ("text", "staff_name"),
    "handed_over": ("staff_name",),  # another of the staff, or their team, goes on
    "handed_back": (),
    # -- posting
    "confirm_posting": ("facts",),
    # too_many | no_people | no_such_day | past_day | no_pay | pay_unlikely | unknown_trade | unknown_place | outside
    "posting_problem": ("problem",),
    "one_by_one": ("job_names",),  # several trades in one posting: the first now, the others after it
    "posting_received": ("opening",),
    "posting_published": ("opening", "undo"),  # undo: whether a reply takes it back, here and below
    # ground: a code of review.GROUNDS or None; words: the reviewer's own, nobody named
    "posting_rejected": ("opening", "ground", "words"),
    "posting_taken_down": ("opening", "ground", "words", "coming"),  # it was out; coming: how many held a place
    "submitted_again": ("opening",),
    # -- the employer's own postings, by the number they came from
    "who_comes": ("posts",),  # [{opening, coming, names}]; names by text only
    "names_by_text": (),
    "nobody_hired": (),
    "confirm_close": (
        "opening",
        "coming",
    ),  # 1: enough, those come (coming > 0), or yes; 2: call it off, or no; 3: go on
    "close_by_text": (),  # calling off what people count on is confirmed on the number itself
    "posting_closed": ("opening", "how", "coming", "undo"),  # how: enough | off
    "posting_reopened": ("opening", "asked_again"),  # asked_again: how many of those who had a place
    "posting_changed": ("opening", "undo", "told"),  # told: those who have a place hear of it
    "posting_fixed": ("opening", "reason"),  # reason: places_taken | closed | changed (since then, by somebody else)
    "change_what": (),
    # -- to the employer: who is coming, who came, who was paid
    "employer_told": ("opening", "event", "worker_name"),  # event: taken | withdrawn
    "employer_digest": ("opening", "taken", "withdrawn"),  # several at once, by name
    "nobody_left": ("opening",),  # everybody who suits has been asked
    "ask_attendance": ("opening", "count", "day"),  # day of the work: today | yesterday (an evening shift)
    # keys of the names; absent: who has just been noted; more: others follow under 8
    "which_absent": ("opening", "keys", "names", "absent", "more"),
    "attendance_noted": ("opening", "came", "absent"),  # how many came, who did not
    "ask_settled": ("opening", "count"),
    "settled_noted": ("opening", "wages"),  # paid | unpaid | not_due
}


def make(kind: str, **fields: Any) -> Answer:
    """Build an answer; a key that the kind does not carry, or one left out, is a programming error."""
    expected = set(KINDS[kind])
    if set(fields) != expected:
        raise TypeError(f"answer {kind} takes {sorted(expected)}, got {sorted(fields)}")
    return {"kind": kind, **fields}
