"""The training page: who may press, what one press does, what is refused and said, where it stands meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.services import dialogue_models, retrain, training_examples
from backend.store.models import DialogueModel, ModelSwitch, TrainingExample
from tests.integration.console.conftest import words

TREE = "aaaaaaaaaaaaaaaa"


@pytest.fixture
def own_model(deps, staff, tmp_path):
    """The service was started with the program's own model; returns its row's id."""
    path = tmp_path / f"{TREE}.tar.gz"
    path.write_bytes(b"the program's own")
    own = dialogue_models.Chosen(path, dialogue_models.sha256_of(path))
    dialogue_models.at_start(deps.db, deps.settings, own, deps.clock())
    with deps.db.read() as session:
        return session.scalars(select(DialogueModel.id)).one()


@pytest.fixture
def teach(deps, staff):
    """`teach("search_jobs", "掰[笋子](job_type)成不")`: a turn was reviewed."""

    def add(intent: str, text: str) -> None:
        with deps.db.write() as session:
            session.add(
                TrainingExample(channel="sms", intent=intent, text=text, staff_id=staff["cun"], at=deps.clock())
            )
        training_examples.write(deps)

    return add


@pytest.fixture
def trained(deps, own_model):
    """`trained(status="ready", **columns)`: a training that has ended; returns its id."""

    def add(status: str = "ready", **columns: object) -> int:
        figures = {"intent": 0.97, "entity_f1": 0.96, "wrong_acts": 0.01, "n": 1345, "held": 0, "held_right": 0,
                   "learnt": 2, "learnt_right": 2}  # fmt: skip
        with deps.db.write() as session:
            row = DialogueModel(
                **{
                    "origin": "trained", "status": status, "name": "bbbbbbbbbbbbbbbb", "tree": TREE, "sha256": "0" * 64,
                    "file_kept": status == "ready", "requested_at": deps.clock(), "finished_at": deps.clock(),
                    "figures": figures, "figures_before": {**figures, "intent": 0.968}, "compared_with": own_model,
                    "examples": 2, **columns,
                }
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id

    return add


def rows(deps, kind=DialogueModel):
    with deps.db.read() as session:
        return session.scalars(select(kind).order_by(kind.id)).all()


def test_one_press_starts_a_training_that_the_page_then_shows(browse, deps, own_model, teach, audited):
    teach("search_jobs", "掰[笋子](job_type)成不")
    desk = browse("xian")
    seen = words(desk.visit("/console/training"))
    assert "程序自带的" in seen and "新复核了1句" in seen and "找活 1" in seen
    assert desk.submit("/console/training/start").status_code == 303
    [_, row] = rows(deps)
    assert (row.status, row.slot, row.examples, row.added) == ("queued", 1, 1, 1)
    assert [event.object_id for event in audited("training_asked")] == [str(row.id)]
    page = desk.visit("/console/training")
    assert "排着队" in words(page) and "data-live" in page.text
    assert "刷新看看" in words(page)  # without script


def test_a_second_press_is_told_that_one_is_under_way(browse, own_model, teach, deps):
    teach("inform", "我[五十八](age)")
    desk = browse("xian")
    desk.submit("/console/training/start")
    answer = desk.submit("/console/training/start")
    assert answer.status_code == 409 and "已经在练了" in words(answer)
    assert len(rows(deps)) == 2


@pytest.mark.parametrize("login", ["cun", "zhen", "shi", "weining"])
def test_only_the_county_trains_switches_and_goes_back_and_others_see_the_state_alone(
    browse, deps, own_model, teach, trained, login
):
    teach("inform", "我[五十八](age)")
    model = trained(compared={"better": [], "worse": [{"intent": "greet", "n": 3, "before": 3, "after": 2,
                    "sentences": [{"text": "早啊大妹子", "before": "greet", "after": "inform"}]}]})  # fmt: skip
    desk = browse(login)
    for path in ("start", f"{model}/use", f"{model}/cancel", "back"):
        assert desk.submit(f"/console/training/{path}").status_code == 403
    assert desk.visit("/console/training/scores.svg").status_code == 403
    seen = words(desk.visit("/console/training"))
    assert "程序自带的" in seen and "97.0%" in seen
    assert "重新训练" not in seen and "换上" not in seen and "早啊大妹子" not in seen
    assert "由黔江区做" in seen and "由黔江区做" not in words(browse("xian").visit("/console/training"))
    assert len(rows(deps)) == 2 and len(rows(deps, ModelSwitch)) == 1


def test_without_anything_reviewed_it_says_what_to_do_first(browse, own_model, deps):
    desk = browse("xian")
    assert "在对话里把听错的改对" in words(desk.visit("/console/training"))
    answer = desk.submit("/console/training/start")
    assert answer.status_code == 409 and "还没有复核过的句子" in words(answer)


def test_the_same_sentences_are_not_trained_on_twice(browse, own_model, teach, trained, deps):
    teach("inform", "我[五十八](age)")
    desk = browse("xian")
    desk.submit("/console/training/start")
    hashes = [one.hash for one in retrain.pending(deps).examples]
    held = retrain.claim(deps.db, deps.clock())
    retrain.note(deps.db, held, deps.clock(), tree=TREE, example_hashes=hashes)
    retrain.finish(deps.db, held, deps.clock(), "refused", problem="scored_lower", dropped=["intent"])
    answer = desk.submit("/console/training/start")
    assert answer.status_code == 409 and "已经练过了" in words(answer)
    assert "重新训练" not in words(desk.visit("/console/training"))
    teach("inform", "我[六十](age)")
    assert "重新训练" in words(desk.visit("/console/training"))
    assert desk.submit("/console/training/start").status_code == 303


def test_a_file_that_cannot_be_read_is_said_in_a_sentence(browse, own_model, deps):
    path = training_examples.path(deps.settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("nlu: [", encoding="utf-8")
    seen = words(browse("xian").visit("/console/training"))
    assert "教材文件读不了" in seen and "重新训练" not in seen


def test_a_waiting_training_is_cancelled_at_once_and_a_running_one_when_its_trainer_next_looks(
    browse, own_model, teach, deps
):
    teach("inform", "我[五十八](age)")
    desk = browse("xian")
    desk.submit("/console/training/start")
    [_, row] = rows(deps)
    assert desk.submit(f"/console/training/{row.id}/cancel").status_code == 303
    assert rows(deps)[1].status == "cancelled"
    assert "再来一次" in words(desk.visit("/console/training"))

    desk.submit("/console/training/start")
    held = retrain.claim(deps.db, deps.clock())
    desk.submit(f"/console/training/{held.model_id}/cancel")
    with pytest.raises(retrain.Lost):
        retrain.note(deps.db, held, deps.clock(), share=20)
    retrain.finish(deps.db, held, deps.clock(), "cancelled")
    assert rows(deps)[2].slot is None
    answer = desk.submit(f"/console/training/{held.model_id}/cancel")
    assert answer.status_code == 409 and "取消不了" in words(answer)


def test_progress_is_told_in_words_for_the_page_to_show(browse, own_model, teach, deps):
    teach("inform", "我[五十八](age)")
    desk = browse("xian")
    desk.submit("/console/training/start")
    first = desk.visit("/console/training/state").get_json()
    held = retrain.claim(deps.db, deps.clock())
    retrain.note(deps.db, held, deps.clock(), step="learning", share=41, seconds_left=130)
    state = desk.visit("/console/training/state").get_json()
    assert (state["share"], state["step"], state["left"]) == (41, "在学", "大约2分钟")
    assert state["version"] != first["version"]
    retrain.note(deps.db, held, deps.clock(), share=42)
    assert desk.visit("/console/training/state").get_json()["version"] == state["version"]
    assert 'value="42"' in desk.visit("/console/training").text


def test_a_training_cut_off_is_taken_up_once_more_and_then_a_person_decides(browse, own_model, teach, deps):
    teach("inform", "我[五十八](age)")
    browse("xian").submit("/console/training/start")
    first = retrain.claim(deps.db, deps.clock())
    assert retrain.claim(deps.db, deps.clock()) is None  # its trainer is at work
    later = deps.clock() + retrain.LEASE + timedelta(seconds=1)
    second = retrain.claim(deps.db, later)
    assert second.model_id == first.model_id
    with pytest.raises(retrain.Lost):
        retrain.note(deps.db, first, later, share=90)
    retrain.finish(deps.db, first, later, "ready")
    assert rows(deps)[1].status == "training"
    assert retrain.claim(deps.db, later + retrain.LEASE + timedelta(seconds=1)) is None
    assert (rows(deps)[1].status, rows(deps)[1].problem, rows(deps)[1].slot) == ("failed", "cut_off", None)
    seen = words(browse("xian").visit("/console/training"))
    assert "打断" in seen and "再来一次" in seen


def test_a_trainer_told_to_stop_leaves_the_training_waiting(browse, own_model, teach, deps):
    teach("inform", "我[五十八](age)")
    browse("xian").submit("/console/training/start")
    for _ in range(3):
        retrain.put_back(deps.db, retrain.claim(deps.db, deps.clock()))
    assert (rows(deps)[1].status, rows(deps)[1].attempts) == ("queued", 0)


def test_the_result_shows_before_and_after_and_one_press_puts_it_in_use(browse, trained, deps, audited):
    better = {"intent": "search_jobs", "n": 80, "before": 77, "after": 79,
              "sentences": [{"text": "屋头闲起 有搞头没", "before": "out_of_scope", "after": "search_jobs"}]}  # fmt: skip
    model = trained(compared={"better": [better], "worse": []})
    desk = browse("xian")
    seen = words(desk.visit("/console/training"))
    assert "96.8%97.0%好 +0.2" in seen and "2/2" in seen and "屋头闲起 有搞头没" in seen
    assert desk.submit(f"/console/training/{model}/use").status_code == 303
    [_, change] = rows(deps, ModelSwitch)
    assert (change.model_id, change.kind, change.status) == (model, "switch", "asked")
    assert audited("model_switched")[0].facts["kind"] == "switch"
    assert "正在换成" in words(desk.visit("/console/training"))
    answer = desk.submit(f"/console/training/{model}/use")
    assert answer.status_code == 409 and "正在换" in words(answer)


def test_one_press_goes_back_to_the_model_before(browse, trained, deps, own_model):
    model = trained()
    desk = browse("xian")
    answer = desk.submit("/console/training/back")
    assert answer.status_code == 409 and "没有可以换回的" in words(answer)
    desk.submit(f"/console/training/{model}/use")
    dialogue_models.settle(deps.db, rows(deps, ModelSwitch)[-1].id, deps.clock())
    assert "换回程序自带的" in words(desk.visit("/console/training"))
    assert desk.submit("/console/training/back").status_code == 303
    dialogue_models.settle(deps.db, rows(deps, ModelSwitch)[-1].id, deps.clock())
    assert [(row.model_id, row.kind, row.status) for row in rows(deps, ModelSwitch)] == [
        (own_model, "start", "done"), (model, "switch", "done"), (own_model, "back", "done"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"status": "refused", "problem": "scored_lower", "dropped": ["intent"]}, "没有考过"),
        ({"status": "failed", "problem": "killed", "figures": None, "sha256": None}, "没有考过"),
        ({"file_kept": False}, "文件不在了"),
        ({"tree": "cccccccccccccccc"}, "程序升级过了"),
    ],
)
def test_what_may_not_be_used_is_not_put_in_use_by_its_number_either(browse, trained, deps, columns, sentence):
    model = trained(**columns)
    desk = browse("xian")
    assert "换上这个" not in words(desk.visit("/console/training"))
    answer = desk.submit(f"/console/training/{model}/use")
    assert answer.status_code == 409 and sentence in words(answer)
    assert len(rows(deps, ModelSwitch)) == 1
    assert desk.submit("/console/training/999/use").status_code == 404


def test_a_refused_model_says_which_figure_dropped_and_what_to_do(browse, trained):
    trained(
        status="refused", problem="scored_lower", dropped=["intent"],
        figures={"intent": 0.95, "entity_f1": 0.96, "wrong_acts": 0.01, "n": 1345, "held": 0, "held_right": 0, "learnt": 0,
                 "learnt_right": 0},
    )  # fmt: skip
    page = browse("xian").visit("/console/training")
    assert "差 -1.8" in words(page) and "不能换上" in words(page) and "标错了" in words(page)
    assert 'class="badge p1"' in page.text


def test_the_figures_it_was_judged_by_are_told_in_plain_words(browse, trained):
    """How many sentences turned, against the model in use and against the best so far (I29)."""
    trained(
        status="refused", problem="below_best", dropped=["intent"],
        compared={"better": [], "worse": [], "turned": {"intent": {"n": 1345, "worse": 6, "better": 3}},
                  "since_best": {"intent": {"n": 1345, "worse": 15, "better": 2}}},
    )  # fmt: skip
    seen = words(browse("xian").visit("/console/training"))
    assert "3句变好，6句变差" in seen and "跟以前最好的比：2句变好，15句变差" in seen
    assert "比以前练得最好的那个差，不能换上" in seen and "一百句里净差了2句以上" in seen


def test_that_the_file_in_use_was_altered_is_said_and_the_same_sentences_can_be_trained_again(
    browse, trained, deps, teach
):
    """I1, T17"""
    teach("inform", "我[五十八](age)")
    hashes = [one.hash for one in retrain.pending(deps).examples]
    model = trained(example_hashes=hashes)
    desk = browse("xian")
    desk.submit(f"/console/training/{model}/use")
    dialogue_models.settle(deps.db, rows(deps, ModelSwitch)[-1].id, deps.clock())
    assert "重新训练" not in words(desk.visit("/console/training"))
    assert dialogue_models.fell_back(deps.db, deps.clock()) == "b" * 16
    assert dialogue_models.fell_back(deps.db, deps.clock()) is None
    page = desk.visit("/console/training")
    seen = words(page)
    assert "文件被动过，没有再用" in seen and "文件被动过，换回自带的" in seen
    assert "/use" not in page.text and "/training/back" not in page.text
    assert desk.submit("/console/training/start").status_code == 303


def test_a_change_that_did_not_work_is_said(browse, trained, deps):
    model = trained()
    desk = browse("xian")
    desk.submit(f"/console/training/{model}/use")
    dialogue_models.settle(deps.db, rows(deps, ModelSwitch)[-1].id, deps.clock(), "engine_ended")
    seen = words(desk.visit("/console/training"))
    assert "还用着原来的" in seen and "换上这个" in seen


def test_who_pressed_is_not_told_to_another_county(browse, trained, staff):
    trained(requested_by=staff["xian"])
    assert "黔江窗口" in words(browse("xian").visit("/console/training"))
    seen = words(browse("weining").visit("/console/training"))
    assert "黔江窗口" not in seen and "黔江区的同事" in seen


def test_the_scores_are_drawn_as_a_picture_without_script(browse, trained):
    trained()
    trained(name="cccc")
    desk = browse("xian")
    assert "scores.svg" in desk.visit("/console/training").text
    picture = desk.visit("/console/training/scores.svg")
    assert picture.mimetype == "image/svg+xml" and "<script" not in picture.text and "听懂意思" in picture.text


def test_the_page_reads_in_english(browse, trained):
    trained()
    desk = browse("xian")
    desk.submit("/console/language", language="en", back="/console/training")
    seen = words(desk.visit("/console/training"))
    assert "The program's own" in seen and "Put it in use" in seen
