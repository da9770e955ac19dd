"""Policy, training, return and unemployment: who will answer and by when (W02, W08, W10–W13)."""

from __future__ import annotations

from backend.domain.answers import Answer
from backend.services.acts import act
from backend.services.open_case import details_of, open_case, told
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
    case = open_case(turn, "policy", summary, details_of(turn, "policy_topic", "age", "location"))
    return [told(turn, case, {"policy_topic": topics} if topics else None)]


@act("sign_up_training")
def sign_up_training(turn: Turn) -> list[Answer]:
    trades = turn.facts.all("training_topic")
    summary = "想学:" + ("、".join(trades) or "见原话")
    case = open_case(turn, "training", summary, details_of(turn, "training_topic", "date", "location"))
    return [told(turn, case, {"training_topic": trades} if trades else None)]


@act("register_return")
def register_return(turn: Turn) -> list[Answer]:
    """Back home (W13): noted for the village; whoever is in the library is also marked as a returnee, unverified."""
    summary = "返乡登记" + (f",从{place}回来" if (place := turn.facts.one("location")) else "")
    case = open_case(turn, "returnee", summary, details_of(turn, "location", "proximity", "date", "job_type"))
    worker = worker_of(turn)
    if worker is not None and not any(claim.code == "G10" for claim in worker.hardships):
        turn.session.add(Hardship(worker_id=worker.id, code="G10", claimed_at=turn.now))
    return [told(turn, case)]


@act("register_unemployment")
def register_unemployment(turn: Turn) -> list[Answer]:
    """Out of work (W02): the registration itself needs papers at the office; the waiting time starts to count (H03)."""
    case = open_case(turn, "unemployment", "失业登记", details_of(turn, "age", "location", "date", "duration"))
    worker = worker_of(turn)
    if worker is not None and worker.waiting_since is None:
        worker.waiting_since = turn.now
    return [told(turn, case)]
