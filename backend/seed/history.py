"""What has already happened in the demo county: places taken and worked, conversations, and cases that wait for staff."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain import clean_text
from backend.seed.carried import called, delivered, hung_up
from backend.seed.misheard import seed_misheard
from backend.seed.places import XINGQUAN, ZHONGTANG
from backend.settings import TIMEZONE
from backend.store.models import Case, Conversation, Handset, HandsetOwner, Message, Offer, Opening, Worker

# The first hundred are left alone: they are the people one picks to try the line as.
FIRST_WITH_HISTORY = 100


@dataclass(frozen=True)
class Said:
    """One inbound turn and the line's answer, as text and as its English gloss; `keys`: pressed in a call, not said."""

    text: str
    intent: str | None
    entities: tuple[tuple[str, str, Any], ...]
    answer: str
    gloss: str
    channel: str = "sms"
    confidence: float | None = 0.94
    keys: str | None = None


@dataclass(frozen=True)
class Story:
    """A conversation some hours ago; `case`: (kind, priority, status) of what staff got out of its last turn."""

    hours_ago: int
    turns: tuple[Said, ...]
    case: tuple[str, int, str] | None = None
    in_xingquan: bool = False


STORIES = (
    Story(
        30,
        (
            Said(
                "老板说好一百五一天，做了八天，现在电话都不接",
                "report_problem",
                (
                    ("pay", "一百五一天", "150/day"),
                    ("duration", "做了八天", "8d"),
                    ("problem", "电话都不接", "wage_arrears"),
                ),
                "【兴泉零工】工钱的事记下了，社保所的人明天下午五点前给您回电话。急的话打12333。",
                "Your wages complaint is written down; the town office calls back by 5 pm tomorrow. Urgent: call 12333.",
            ),
        ),
        ("wage_arrears", 2, "open"),
        in_xingquan=True,
    ),
    Story(
        33,
        (
            Said(
                "喂 有没得打扫卫生的活",
                "search_jobs",
                (("job_type", "打扫卫生", "S01"),),
                "有一个：办公楼保洁，早上七点到十一点半，一个月一千八到两千二。要去按1，听下一个按2。",
                "One: office cleaner, 7:00 to 11:30, 1,800 to 2,200 a month. Press 1 to take it, 2 for the next.",
                channel="voice",
                confidence=0.9,
            ),
            Said(
                "我眼睛看不清，喊个人来跟我说",
                "talk_to_human",
                (),
                "好的，我请人给您打过来。",
                "All right, a person will call you.",
                channel="voice",
                confidence=0.97,
            ),
        ),
        ("handoff", 1, "open"),
        in_xingquan=True,
    ),
    Story(
        40,
        (
            Said(
                "灵活就业的社保补贴要哪些材料",
                "ask_policy",
                (("policy_topic", "社保补贴", "social_insurance_subsidy"),),
                "【中塘零工】这个要社保所的人答您，后天下班前回您短信。",
                "The town office will answer this by text before the day after tomorrow ends.",
            ),
        ),
        ("policy", 3, "open"),
    ),
    Story(
        52,
        (
            Said(
                "我想学电焊，有没得班",
                "sign_up_training",
                (("training_topic", "电焊", "电焊"),),
                "【中塘零工】给您记上了：学电焊。开班前社保所打电话通知您。",
                "Noted: welding. The town office calls you before the course begins.",
            ),
        ),
        ("training", 3, "taken"),
    ),
    Story(
        75,
        (
            Said(
                "我从福建回来了，不出去了",
                "register_return",
                (("location", "福建", "福建"),),
                "【兴泉零工】欢迎回来，返乡登记收到了，村上三天内跟您核对。",
                "Welcome back. Your return is registered; the village checks it with you within three days.",
            ),
            Said(
                "好嘛 谢谢",
                "thank",
                (),
                "【兴泉零工】不客气。要找活，回“找活”。",
                "You are welcome. To find work, reply 找活.",
            ),
        ),
        ("returnee", 3, "closed"),
        in_xingquan=True,
    ),
    Story(
        28,
        (
            Said(
                "后天有没得栽菜的活",
                "search_jobs",
                (("date", "后天", ""), ("job_type", "栽菜", "A10")),
                "【中塘零工】1 移栽油菜苗，8点到17点半，110-130元/天，管饭有车。要去回1。",
                "1 Transplanting rape, 8:00-17:30, 110-130 yuan/day, meals, transport. Reply 1 to take it.",
            ),
            Said(
                "1",
                "inform",
                (("ordinal", "1", 1),),
                "【中塘零工】定了：移栽油菜苗。来不了回“退”。",
                "Done: transplanting rape. If you cannot come, reply 退.",
            ),
        ),
    ),
    Story(
        49,
        (
            Said(
                "莫再喊我去工地了，腰杆痛",
                "update_profile",
                (),
                "【威宁零工】要改哪样？回“改工种”，或者说您想做的活。",
                "What should change? Reply 改工种, or name the work you want.",
                confidence=0.58,
            ),
        ),
    ),
    Story(
        4,
        (
            Said(
                "明天有没得栽菜的活",
                "search_jobs",
                (("date", "明天", ""), ("job_type", "栽菜", "A10")),
                "有两个。第一个：移栽油菜苗，八点到下午五点半，一天一百一到一百三，管饭。要去按1，听下一个按2。",
                "Two. The first: transplanting rape, 8:00 to 17:30, 110 to 130 yuan a day, meals. Press 1 to take it, 2 for the next.",
                channel="voice",
                confidence=0.92,
            ),
            Said(
                "2",
                None,
                (),
                "第二个：栽莴笋，七点半到下午五点，一天一百二，车接送。要去按1，再听一遍按2。",
                "The second: planting lettuce, 7:30 to 17:00, 120 yuan a day, transport. Press 1 to take it, 2 to hear it again.",
                channel="voice",
                confidence=None,
                keys="2",
            ),
        ),
    ),
)


def seed_history(session: Session, workers: list[Worker], now: datetime) -> None:
    """Put the history in; `workers` in the order of the plan."""
    seat = _storytellers(session, workers)
    for story in STORIES:
        _tell(session, next(seat[story.in_xingquan]), story, now)
    seed_misheard(session, next(seat[True]), now)
    _places_taken(session, workers, now)


def _storytellers(session: Session, workers: list[Worker]) -> dict[bool, Iterator[tuple[Worker, Handset]]]:
    owners = session.execute(
        select(HandsetOwner.person_id, Handset).join(Handset, Handset.id == HandsetOwner.handset_id)
    )
    phones = {row[0]: row[1] for row in owners}
    late = [(w, phones[w.person_id]) for w in workers[FIRST_WITH_HISTORY:]]
    return {
        True: iter([pair for pair in late if pair[0].person.village_code == XINGQUAN]),
        False: iter(
            [
                pair
                for pair in late
                if (pair[0].person.village_code or "").startswith(ZHONGTANG) and pair[0].person.village_code != XINGQUAN
            ]
        ),
    }


def _tell(session: Session, who: tuple[Worker, Handset], story: Story, now: datetime) -> None:
    worker, handset = who
    at = now - timedelta(hours=story.hours_ago)
    region = worker.person.village_code
    conversation = Conversation(
        handset_id=handset.id, person_id=worker.person_id, region_code=region, started_at=at, last_at=at, context={}
    )
    session.add(conversation)
    session.flush()
    call = called(session, conversation, at) if story.turns[0].channel == "voice" else None
    cause = None  # what staff have to answer: the last turn that is more than thanks
    for number, said in enumerate(story.turns):
        at += timedelta(seconds=90 * number)
        inbound = Message(
            conversation_id=conversation.id,
            handset_id=handset.id,
            direction="inbound",
            channel=said.channel,
            body=said.text,
            normalized_text=clean_text.clean(said.text).text,
            status="answered",
            created_at=at,
            intent=said.intent,
            confidence=said.confidence,
            entities=[{"entity": e, "text": t, "value": v or _day_of(t, at)} for e, t, v in said.entities],
            handled_by="keypad" if said.keys else "menu" if said.text.isdigit() else "rasa",
            call_id=call.id if call else None,
            keys=said.keys,
        )
        session.add(inbound)
        session.flush()
        cause = inbound if said.intent != "thank" else cause
        answer = Message(
            conversation_id=conversation.id,
            handset_id=handset.id,
            direction="outbound",
            channel=said.channel,
            body=said.answer,
            gloss=said.gloss,
            status="delivered",
            in_reply_to=inbound.id,
            created_at=at + timedelta(seconds=3),
            call_id=call.id if call else None,
        )
        session.add(answer)
        conversation.last_at = answer.created_at
        if call is None:
            delivered(session, answer, handset)
        else:
            hung_up(call, answer.created_at, number + 1)
    if story.case and cause is not None:
        kind, priority, status = story.case
        session.add(
            Case(
                kind=kind,
                status=status,
                priority=priority,
                summary=cause.body,
                details={},
                conversation_id=conversation.id,
                handset_id=handset.id,
                worker_id=worker.id,
                region_code=region,
                source_message_id=cause.id,
                opened_at=at,
                due_at=at + timedelta(days=1 if priority < 3 else 3),
                taken_at=at + timedelta(hours=2) if status != "open" else None,
                closed_at=at + timedelta(hours=20) if status == "closed" else None,
                resolution="已上门核对，返乡登记办好了" if status == "closed" else None,
            )
        )
    session.flush()


def _day_of(words: str, at: datetime) -> str:
    return (at.astimezone(TIMEZONE).date() + timedelta(days=1 if words == "明天" else 2)).isoformat()


def _places_taken(session: Session, workers: list[Worker], now: datetime) -> None:
    """Work done in the past weeks, and some places taken in what lies ahead."""
    late = workers[FIRST_WITH_HISTORY:]
    past = session.scalars(select(Opening).where(Opening.title.contains("往期")).order_by(Opening.id)).all()
    for number, opening in enumerate(past):
        for step in range(3):
            worker = late[(number * 3 + step) % 60]
            status = ("paid", "completed", "no_show")[step if number % 5 == 0 else step % 2]
            _offer(session, opening, worker, status, opening.collected_at)
            opening.filled += status != "no_show"
    # Jobs of two days at most, for people who pick: there are pickings on so many days that other work is always left.
    ahead = session.scalars(
        select(Opening).where(Opening.status == "published", Opening.headcount >= 6).order_by(Opening.id)
    ).all()
    versatile = [w for w in late[60:] if {"A04", "A07"} & set(w.job_types)][:24]
    soon = now.astimezone(TIMEZONE).date() + timedelta(days=2)
    for number, worker in enumerate(versatile):
        suits = [
            o
            for o in ahead
            if o.region_code[:6] == (worker.person.village_code or "")[:6]
            and o.ends_on <= o.starts_on + timedelta(days=1)
            and o.starts_on <= soon
        ]
        opening = suits[number % len(suits)]
        status = ("accepted", "accepted", "declined", "withdrawn")[number % 4]
        _offer(session, opening, worker, status, now - timedelta(hours=30))
        opening.filled += status == "accepted"
    session.flush()


def _offer(session: Session, opening: Opening, worker: Worker, status: str, at: datetime) -> None:
    session.add(
        Offer(
            opening_id=opening.id,
            worker_id=worker.id,
            status=status,
            channel="sms",
            code="11",
            starts_on=opening.starts_on,
            ends_on=opening.ends_on,
            offered_at=at,
            answered_at=at,
        )
    )
