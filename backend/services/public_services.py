"""Policy, training, return and unemployment: who will answer and by when (W02, W08, W10–W13)."""

from __future__ import annotations

from backend.domain.answers import Answer
from backend.services.acts import act
from backend.services.open_case import noted
from backend.services.people import worker_of
from backend.services.turn import Turn
from backend.store.models import Hardship

TOPICS = {
    "unemployment": "失业金",
    "social_insurance": "社会保险",
    "social_insurance_subsidy": "灵活就业社保补贴",
    "training_subsidy": "培训补贴",
    "startup_loan": "创业担保贷款",
    "placement_subsidy": "职业介绍补贴",
    "public_welfare_post": "公益性岗位",
    "hardship_recognition": "就业困难认定",
    "legal_aid": "法律援助",
    "contract": "劳动合同",
}


@act("ask_policy")
def ask_policy(turn: Turn) -> list[Answer]:
    """A question on rules is answered by the office, never by the machine: a wrong answer costs a subsidy."""
    topics = turn.facts.all("policy_topic")
    summary = "问政策:" + ("、".join(TOPICS[topic] for topic in topics if topic in TOPICS) or "见原话")
    said = {"policy_topic": topics} if topics else None
    return noted(turn, "ask_policy", "policy", lambda facts: summary, ("policy_topic", "age", "location"), said)


@act("sign_up_training")
def sign_up_training(turn: Turn) -> list[Answer]:
    trades = turn.facts.all("training_topic")
    summary = "想学:" + ("、".join(trades) or "见原话")
    said = {"training_topic": trades} if trades else None
    return noted(
        turn, "sign_up_training", "training", lambda facts: summary, ("training_topic", "date", "location"), said
    )


@act("register_return")
def register_return(turn: Turn) -> list[Answer]:
    """Back home (W13): noted for the village; whoever is in the library is also marked as a returnee, unverified."""
    summary = "返乡登记" + (f",从{place}回来" if (place := turn.facts.one("location")) else "")
    worker = worker_of(turn)
    if worker is not None and not any(claim.code == "G10" for claim in worker.hardships):
        turn.session.add(Hardship(worker_id=worker.id, code="G10", claimed_at=turn.now))
    return noted(
        turn, "register_return", "returnee", lambda facts: summary, ("location", "proximity", "date", "job_type")
    )


@act("register_unemployment")
def register_unemployment(turn: Turn) -> list[Answer]:
    """Out of work (W02): the registration itself needs papers at the office; the waiting time starts to count (H03)."""
    worker = worker_of(turn)
    if worker is not None and worker.waiting_since is None:
        worker.waiting_since = turn.now
    return noted(
        turn,
        "register_unemployment",
        "unemployment",
        lambda facts: "失业登记",
        ("age", "location", "date", "duration"),
    )
