"""The ledgers as Excel files through the console: drawn out, handed in, stored whole or not at all (L03, W01, E01)."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import func, select

from backend.services import export_ledger
from backend.services.write_workbook import GUIDE
from backend.store.models import Consent, Hardship, LedgerImport, Opening, Person, Staff, Worker
from tests.integration.console.conftest import OTHER_VILLAGE, VILLAGE, words

HEADS = ["序号", "姓名", "性别", "出生年", "村（社区）", "联系电话", "会做的活", "期望工价", "困难情况", "身份证号"]


def book(rows, heads=HEADS, title="某村劳动力信息台账"):
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append([title])
    sheet.merge_cells("A1:F1")
    sheet.append(heads)
    for row in rows:
        sheet.append(row)
    to = BytesIO()
    made.save(to)
    return to.getvalue()


def data(answer):
    """What was sent, with the file behind it closed as a server does."""
    with answer:
        return answer.data


def person(number, name="王小云", phone="13800001111", village="兴泉社区", trades="摘水果", pay="120/天", label=""):
    return [number, name, "女", 1970, village, phone, trades, pay, label, "500114197001010027"]


def upload(browser, content, kind="workers", name="台账.xlsx"):
    """A form as a browser sends it; put together here, since the client would leave a large one's file open."""
    edge = b"--edge-of-parts"
    body = b"".join(
        edge + b'\r\nContent-Disposition: form-data; name="' + field + b'"\r\n\r\n' + value.encode() + b"\r\n"
        for field, value in ((b"csrf_token", browser.token), (b"kind", kind))
    )
    body += edge + f'\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + content
    body += b"\r\n" + edge + b"--\r\n"
    return browser.client.post(
        "/console/ledgers/files/upload", data=body, content_type="multipart/form-data; boundary=edge-of-parts"
    )


def read(browser, content, **more):
    """Upload and follow to the page of the import: (its address, the page)."""
    answer = upload(browser, content, **more)
    assert answer.status_code == 303, words(answer)
    return answer.headers["Location"], browser.visit(answer.headers["Location"])


def counts(database):
    with database.read() as session:
        return tuple(session.scalar(select(func.count()).select_from(model)) for model in (Worker, Person, Consent))


def test_a_good_file_is_shown_first_and_stored_on_a_press(browse, database, audited, staff):
    browser = browse("cun")
    rows = [person(1, label="低保"), person(2, "赵大海", 13800002222, trades="砌砖、打杂", pay="150-200元一天")]
    address, page = read(browser, book(rows))
    assert "读到2行 要加2" in words(page)
    assert "身份证号" in words(page)
    assert counts(database) == (0, 0, 0)
    stored = browser.submit(f"{address}/store", given_by="self", signed="yes")
    assert stored.status_code == 303
    assert "加了2条，改了0条" in words(browser.visit(address))
    with database.read() as session:
        people = {one.person.name: one for one in session.scalars(select(Worker))}
        sea = people["赵大海"]
        assert (sea.job_types, sea.pay_min_fen, sea.pay_max_fen, sea.pay_unit) == (
            ["B03", "S24"],
            15_000,
            20_000,
            "day",
        )
        assert sea.person.village_code == VILLAGE
        # A label from a file is a claim and never more (vocabulary §4.7).
        assert [(h.code, h.verified_at) for h in session.scalars(select(Hardship))] == [("G03", None)]
        consents = session.scalars(select(Consent)).all()
        assert {(c.channel, c.given_by) for c in consents} == {("staff", "self")}
        assert session.scalars(select(LedgerImport)).one().rows == []
        # The weekly collection counts as done (L01).
        assert session.get_one(Staff, staff["cun"]).ledger_updated_at is not None
    assert audited("imported")[0].facts == {"kind": "workers", "added": 2, "changed": 0}
    assert "赵大海" not in str([event.facts for event in audited("imported") + audited("registered")])


def test_identity_numbers_are_nowhere_in_the_database(browse, database):
    browser = browse("cun")
    read(
        browser,
        book(
            [person(1), ["2", "李四", "男", 1960, "兴泉社区", "500114197001010027", "", "", "", "500114197001010027"]]
        ),
    )
    with database.read() as session:
        kept = session.scalars(select(LedgerImport)).one()
        assert "500114197001010027" not in str(kept.rows) + str(kept.problems)


def test_a_second_press_changes_nothing(browse, database):
    browser = browse("cun")
    address, _ = read(browser, book([person(1)]))
    for _ in range(2):
        assert browser.submit(f"{address}/store", given_by="family", signed="yes").status_code == 303
    assert counts(database) == (1, 1, 1)


def test_consent_on_paper_must_be_ticked(browse, database):
    browser = browse("cun")
    address, _ = read(browser, book([person(1)]))
    refused = browser.submit(f"{address}/store", given_by="self")
    assert refused.status_code == 422
    assert "纸质同意书" in words(refused)
    assert counts(database) == (0, 0, 0)


def test_every_bad_row_is_listed_with_its_reason_and_nothing_is_stored(browse, database):
    browser = browse("cun")
    content = book(
        [
            person(1, "赵一", "13800000001"),
            person(2, "钱", "13800000002"),
            person(3, "孙三", "1380000"),
            person(4, "李四", "13800000004", village="无名村"),
            person(5, "周五", "13800000005", trades="开飞机"),
            person(6, "吴六", "13800000006", pay="1000000000/天"),
            person(7, "郑七", "=F3"),
            person(8, "赵一", "13800000001"),
            [9, "王九", "女", "2020", "兴泉社区", "13800000009", "", "", "很穷", ""],
        ]
    )
    address, page = read(browser, content)
    seen = words(page)
    for reason in (
        "不像人的姓名", "不是能打通的号码", "您的辖区里没有这个地方", "“开飞机”不是热线认得的工种", "最多一百万元", "F9是公式，请粘成数值",
        "和第3行是同一个人", "要满16岁", "“很穷”不认得",
    ):  # fmt: skip
        assert reason in seen, reason
    assert "不对的行8" in seen
    assert "全部存入" not in seen
    assert browser.submit(f"{address}/store", given_by="self", signed="yes").status_code == 409
    assert counts(database) == (0, 0, 0)
    bad = browser.client.get(f"{address}/bad-rows")
    sheet = openpyxl.load_workbook(BytesIO(data(bad))).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("要改的地方", "序号", "姓名")
    assert len(rows) == 9
    assert any("'=F3" in (cell or "") for row in rows for cell in row if isinstance(cell, str))


def test_a_changed_library_refuses_the_whole_file(browse, database, make):
    """Somebody else enters the last person of the file between reading and storing: no row of it is kept (C2)."""
    browser = browse("cun")
    rows = [person(n, f"赵{'一二三四五六七八九'[n]}", f"1380000000{n}") for n in range(9)]
    address, _ = read(browser, book(rows))
    with make() as f:
        f.make_worker("赵九", number="+8613800000008")
    before = counts(database)
    refused = browser.submit(f"{address}/store", given_by="self", signed="yes")
    assert refused.status_code == 409
    assert "一行都没有存" in words(refused)
    assert counts(database) == before


def test_people_who_are_there_are_changed_and_shared_numbers_are_told(browse, database, make):
    with make() as f:
        f.make_worker("王小云", number="+8613800001111", job_types=["A04"], gender="female", birth_year=1970)
    browser = browse("cun")
    address, page = read(browser, book([person(1, trades="砌砖"), person(2, "王老五", "13800001111")]))
    assert "要加1 要改1" in words(page)
    assert "这个号码还有别人在用" in words(page)
    browser.submit(f"{address}/store", given_by="self", signed="yes")
    with database.read() as session:
        people = {one.person.name: one.job_types for one in session.scalars(select(Worker))}
    assert people == {"王小云": ["B03"], "王老五": ["A04"]}


def test_what_was_drawn_out_comes_in_as_no_change(browse, make, database, clock):
    with make() as f:
        for number, (name, trades) in enumerate([("王小云", ["A04", "B03"]), ("赵大海", []), ("钱多多", ["F09"])]):
            made = f.make_worker(
                name, number=f"+861380000000{number}", job_types=trades, gender="female", birth_year=1970 + number, pay_min_fen=12_050,
                pay_unit="day", skill_level="basic", at_home=True, service_needs=["job", "training"], waiting_since=f.now,
            )  # fmt: skip
            f._add(Hardship(worker_id=made.id, code="G04", claimed_at=f.now))
    browser = browse("xian")
    drawn = browser.submit("/console/ledgers/files/export", kind="workers", reason="check", full="yes")
    assert drawn.status_code == 200
    _, page = read(browser, data(drawn))
    assert "要加0 要改0 和库里一样3 不对的行0" in words(page)


def test_openings_come_in_for_review_and_go_out_the_same(browse, database, clock):
    browser = browse("cun")
    heads = [
        "用工单位",
        "联系电话",
        "所需工种",
        "需要人数",
        "务工地点",
        "开始日期",
        "结束日期",
        "务工待遇",
        "管饭",
        "是否购买保险",
    ]
    rows = [["兴泉果园", "13800003333", "摘水果", 5, "兴泉社区", "2026/6/20", "6月25日", "120/天", "管", "买"],
            ["兴泉砖厂", "13800004444", "砌砖", "3人", "兴泉社区", 46_194, None, "面议", "否", ""]]  # fmt: skip
    content = book(rows, heads, "单位岗位需求台账")
    address, page = read(browser, content, kind="openings")
    assert "要加2" in words(page)
    refused = browser.submit(f"{address}/store")
    assert (refused.status_code, "单位要先同意登出来" in words(refused)) == (422, True)
    assert browser.submit(f"{address}/store", signed="yes").status_code == 303
    with database.read() as session:
        first, second = session.scalars(select(Opening).order_by(Opening.id)).all()
        assert (first.status, first.headcount, first.starts_on.isoformat(), first.ends_on.isoformat()) == (
            "in_review",
            5,
            "2026-06-20",
            "2026-06-25",
        )
        assert (first.meals, first.insured, first.pay_min_fen, first.pay_unit) == (True, True, 12_000, "day")
        assert (second.negotiable, second.starts_on.isoformat(), second.meals) == (True, "2026-06-21", False)
    _, again = read(browser, content, kind="openings")
    assert "要加0 要改0 和库里一样2" in words(again)
    assert "已经存过一次" in words(again)
    drawn = browser.submit("/console/ledgers/files/export", kind="openings", reason="report", full="yes")
    _, page = read(browser, data(drawn), kind="openings")
    assert "要加0 要改0 和库里一样2 不对的行0" in words(page)


def test_openings_that_cannot_be_are_told(browse, database):
    browser = browse("cun")
    heads = ["用工单位", "联系电话", "所需工种", "需要人数", "务工地点", "开始日期", "结束日期", "务工待遇"]
    good = ["兴泉果园", "13800003333", "摘水果", 5, "兴泉社区", "2026-06-20", "2026-06-25", "120/天"]

    def row(**changes):
        return [changes.get(head, value) for head, value in zip(heads, good, strict=True)]

    rows = [row(需要人数=-1), row(需要人数=1_000_000), row(务工待遇=0), row(务工待遇=10**9), row(开始日期="2月30日"), row(结束日期="2026-06-01"),
            row(开始日期="2026-06-01", 结束日期="2026-06-02"), row(务工地点="石家村"), row(所需工种="砌砖、摘果")]  # fmt: skip
    _, page = read(browser, book(rows, heads), kind="openings")
    seen = words(page)
    for reason in (
        "要在1到500之间",
        "工价要比0多",
        "没有这一天",
        "最后一天不能早于第一天",
        "最后一天已经过了",
        "没有这个地方",
        "一行只写一个工种",
    ):
        assert reason in seen, reason
    assert "不对的行9" in seen


def test_an_export_needs_a_reason_hides_what_is_hidden_and_is_noted(browse, make, audited):
    with make() as f:
        worker = f.make_worker("王小云", number="+8610000055555", job_types=["A04"])
        f._add(Hardship(worker_id=worker.id, code="G04", claimed_at=f.now))
        f.make_worker("外村人", village=OTHER_VILLAGE)
    browser = browse("cun")
    assert browser.submit("/console/ledgers/files/export", kind="workers", reason="").status_code == 422
    masked = browser.submit("/console/ledgers/files/export", kind="workers", reason="report")
    parts = zipfile.ZipFile(BytesIO(data(masked)))
    text = "".join(parts.read(name).decode() for name in parts.namelist())
    assert "王**" in text
    assert "100****5555" in text
    assert "王小云" not in text
    assert "残疾人（" not in text
    assert "外村人" not in text
    full = browser.submit("/console/ledgers/files/export", kind="workers", reason="report", full="yes", trade="A04")
    sheet = openpyxl.load_workbook(BytesIO(data(full))).worksheets[0]
    row = dict(zip((cell.value for cell in sheet[1]), (cell.value for cell in sheet[2]), strict=True))
    assert (row["姓名*"], row["联系电话*"], row["困难情况"]) == ("王小云", "10000055555", "残疾人（没核实）")
    assert [(e.facts["rows"], e.facts["full"], e.facts["reason"]) for e in audited("exported_ledger")] == [
        (1, False, "report"),
        (1, True, "report"),
    ]
    assert browse("shi").submit("/console/ledgers/files/export", kind="workers", reason="report").status_code == 403


def test_more_rows_than_a_file_should_hold_are_drawn_out_town_by_town(browse, make, monkeypatch):
    monkeypatch.setattr(export_ledger, "MOST_ROWS", 1)
    with make() as f:
        f.make_worker("王小云")
        f.make_worker("赵大海", village=OTHER_VILLAGE)
    browser = browse("xian")
    refused = browser.submit("/console/ledgers/files/export", kind="workers", reason="report")
    assert refused.status_code == 422
    assert "有2行，太多了" in words(refused)
    with browser.submit("/console/ledgers/files/export", kind="workers", reason="report", village=VILLAGE) as one_town:
        assert one_town.status_code == 200


def test_a_masked_file_does_not_come_back_in(browse, make):
    with make() as f:
        f.make_worker("王小云", number="+8610000055555")
    browser = browse("cun")
    drawn = browser.submit("/console/ledgers/files/export", kind="workers", reason="report")
    _, page = read(browser, data(drawn))
    assert "姓名是遮住的" in words(page)


def test_words_that_look_like_formulas_stay_words(browse, make):
    with make() as f:
        employer = f.make_employer("=cmd|' /C calc'!A0", phone="+8613800003333", kind="enterprise")
        f.make_opening(employer=employer, title="+1+1", requirements="@SUM(A1)", region=VILLAGE)
    browser = browse("cun")
    drawn = browser.submit("/console/ledgers/files/export", kind="openings", reason="report", full="yes")
    sent = data(drawn)
    xml = zipfile.ZipFile(BytesIO(sent)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    told = re.findall(r"<(?:is|si)><t[^>]*>([^<]*)</t>", xml)
    assert {"'=cmd|' /C calc'!A0", "'+1+1", "'@SUM(A1)"} <= {
        t.replace("&apos;", "'").replace("&#39;", "'") for t in told
    }
    _, page = read(browser, sent, kind="openings")
    assert "和库里一样1" in words(page)


def test_the_empty_form_has_its_lists_and_says_what_to_fill_in(browse):
    browser = browse("cun")
    for kind in ("workers", "openings", "employers", "stations"):
        made = openpyxl.load_workbook(BytesIO(data(browser.client.get(f"/console/ledgers/files/empty/{kind}"))))
        sheet = made.worksheets[0]
        assert sheet.freeze_panes == "C2"
        assert sheet.max_row == 1
        assert len(sheet.data_validations.dataValidation) >= (5 if kind in ("workers", "openings") else 1)
        assert made.sheetnames[1] == GUIDE
    assert browser.visit("/console/ledgers/files/empty/priority").status_code == 404
    empty = data(browser.client.get("/console/ledgers/files/empty/workers"))
    assert "没有一行内容" in words(upload(browser, empty))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "是空的"),
        ("姓名,电话\n王小云,138".encode("gbk"), "不是Excel表"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页存成的表"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "老格式"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "设了密码"),
        (b"PK\x03\x04broken", "打不开"),
    ],
)
def test_what_is_no_excel_file_is_said_in_plain_words(browse, content, sentence):
    answer = upload(browse("cun"), content)
    assert answer.status_code == 422
    assert sentence in words(answer)


def test_a_file_beyond_five_megabytes_is_refused(browse):
    browser = browse("cun")
    large = upload(browser, b"PK\x03\x04" + b"\0" * (5 * 1024 * 1024))
    assert large.status_code == 422
    assert "最多5兆" in words(large)
    larger = upload(browser, b"\0" * (6 * 1024 * 1024))
    assert larger.status_code == 413
    assert "最多5兆" in words(larger)


def test_an_import_is_seen_by_whoever_brought_it_alone(browse):
    address, _ = read(browse("cun"), book([person(1)]))
    other = browse("zhen")
    assert other.visit(address).status_code == 404
    assert other.submit(f"{address}/store", given_by="self", signed="yes").status_code == 404
    assert other.client.get(f"{address}/bad-rows").status_code == 404


def test_a_file_nobody_stored_is_let_go_after_a_day(browse, deps, clock, database):
    from backend.services.import_ledger import forget_unstored

    browser = browse("cun")
    address, _ = read(browser, book([person(1)]))
    stored, _ = read(browser, book([person(2, "赵大海", "13800002222")]))
    browser.submit(f"{stored}/store", given_by="self", signed="yes")
    clock.advance(hours=23)
    assert forget_unstored(deps) == 0
    clock.advance(hours=2)
    assert (forget_unstored(deps), forget_unstored(deps)) == (1, 0)
    assert browse("cun").visit(address).status_code == 404
    dropped = browse("cun")
    address, _ = read(dropped, book([person(1)]))
    assert dropped.submit(f"{address}/drop").status_code == 303
    assert dropped.visit(address).status_code == 404
