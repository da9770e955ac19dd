"""What the kinds of answers mean for the way a call goes on."""

from __future__ import annotations

from ivr import how_it_went

# Answers that tell something in passing: the question that was open is asked again after them.
IN_PASSING = frozenset({
    "market_info", "help", "thanks", "greeting", "out_of_scope", "opted_out", "opted_in", "profile_by_text", "profile",
    "erase_by_text", "nothing_to_answer", "repeat_nothing", "resume_hint", "availability_set", "profile_updated",
    "no_profile", "media_unsupported", "nothing_to_withdraw", "handed_back", "handed_over", "staff_reply", "availability_what",
    "profile_what", "choice_unknown", *how_it_went.IN_PASSING, "said_absent", "place_free", "active_again",
})  # fmt: skip
# A key or a yes that answers nothing that was asked.
ANSWERS_NOTHING = frozenset({"choice_unknown", "nothing_to_answer"})
NOT_HEARD = frozenset({"not_understood"})
CONFIRMS = frozenset({"confirm_registration", "confirm_take", "confirm_withdraw", "confirm_posting", "confirm_close", "offer", "full_wait",
                       "confirm_heard"})  # fmt: skip
# Answers by which a question of the services is closed; afterwards only a new one of theirs can be answered.
OF_THE_SERVICES = frozenset({"confirm", "which", "who", "form", "either", "heard"})
DONE = frozenset({
    "registered", "job_taken", "withdrawn", "offer_declined", "case_opened", "posting_received", "profile_updated",
    "availability_set", "opted_out", "market_info", "outcome_noted", "calls_off",
    "posting_published", "posting_closed", "posting_changed", "posting_reopened", "submitted_again", "waitlisted", "wait_over", "still_noted", "not_looking",
    "some_looking", "hiring_noted", "which_absent", "attendance_noted", "settled_noted",
})  # fmt: skip
READ_BACK_WHOLE = frozenset({"confirm_registration", "confirm_posting"})
# What she asked for was understood: failures before it are over.
FOUND = frozenset(
    {"who_comes", "confirm_close", "job_offers", "job_details", "my_list", "confirm_take", "confirm_withdraw"}
)
TEXTED = DONE - {
    "opted_out",
    "outcome_noted",
    "still_noted",
    "some_looking",
    "hiring_noted",
    "settled_noted",
}  # what the text after the call tells of (V20)
CLOSES_A_FORM = frozenset(
    {"registered", "posting_received", "posting_published", "cancelled", "erased", "profile_locked"}
)
DIGRESSIONS = frozenset({"job", "more", "which", "mine", "confirm"})  # where a form's question may lie behind
