"""The papers for the wall: everything on them can be read and scanned, whatever was typed (P02, E01)."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from backend.console import poster, poster_sheet
from backend.console.poster import Facts
from backend.services.public_faces import Face
from tests.integration.console.conftest import FAR_VILLAGE, OTHER_VILLAGE, TOWN, VILLAGE

pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed")
zxing = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed")
LINE = "+8610000012333"


@pytest.fixture
def database_url(tmp_path, sqlite_template):
    """One database is enough here: paper does not differ between databases."""
    import shutil

    shutil.copy(sqlite_template, tmp_path / "test.sqlite3")
    return f"sqlite:///{tmp_path / 'test.sqlite3'}"


@pytest.fixture
def town(make):
    with make() as f:
        f.make_region(VILLAGE), f.make_region(OTHER_VILLAGE), f.make_region(FAR_VILLAGE)
        f.make_station(TOWN, slug="zhongtang", name="中塘镇零工驿站", short_name="中塘零工", address="中塘镇社保所旁边")


class Paper:
    """A PDF as its reader has it: pages, their text, the codes a telephone finds on them."""

    def __init__(self, data: bytes) -> None:
        document = pdfium.PdfDocument(data)
        self.pages = len(document)
        self.size = document[0].get_size()
        self.text = "".join(document[n].get_textpage().get_text_range() for n in range(self.pages))
        image = document[0].render(scale=2).to_pil()
        self.codes = {found.text for found in zxing.read_barcodes(image)}
        boxes = [document[0].get_textpage().get_charbox(n) for n in range(document[0].get_textpage().count_chars())]
        self.inside = all(
            left >= 0 and right <= self.size[0] and low >= 0 and high <= self.size[1]
            for left, low, right, high in boxes
        )
        document.close()

    @property
    def said(self) -> str:
        return re.sub(r"\s", "", self.text)


def facts(**more):
    return Facts(**{"station": "中塘镇零工驿站", "address": "中塘镇社保所旁边", "opens_at": "08:30", "closes_at": "17:30",
                    "line": "100 0001 2333", "number": LINE, "printed_on": date(2026, 6, 10), **more})  # fmt: skip


def face(**more):
    return Face(**{
        "id": 7, "title": "摘脆红李", "trade": "摘水果", "place": "兴泉社区三组", "region_code": VILLAGE, "region_name": "兴泉社区",
        "starts_on": date(2026, 6, 11), "days": "明天到6月12日，2天", "days_fixed": "6月11日周四到6月12日周五，2天", "hours": "早上7点半到下午5点",
        "pay": "120到140元一天", "settlement": "当天结", "headcount": 5, "left": 3, "marks": ("管饭",), "requirements": "轻拿轻放", "care": "管饭，自己去",
        "insurance": "买保险", "employer": "田老板", "urgent": False, "is_new": True, "full": False, **more,
    })  # fmt: skip


@pytest.mark.parametrize(("size", "width"), [("a4", 595), ("a3", 842)])
def test_a_stations_poster_is_one_page_with_the_hotline_in_words_and_codes(client, town, size, width):
    answer = client.get(f"/screen/zhongtang/poster.pdf?size={size}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    paper = Paper(answer.data)
    assert paper.pages == 1 and round(paper.size[0]) == width and paper.inside
    assert (
        "中塘镇零工驿站" in paper.said
        and "10000012333" in paper.said
        and "不会按、不识字，拿起电话直接说" in paper.said
    )
    assert "08:00到18:00有人接待" in paper.said and "中塘镇社保所旁边" in paper.said
    assert paper.codes == {f"tel:{LINE}", f"SMSTO:{LINE}:我想找活"}


def test_an_openings_poster_tells_its_eight_facts_and_the_words_that_lead_to_it(client, town, make):
    with make() as f:
        opening = f.make_opening(
            region=VILLAGE, place="兴泉社区三组", hours_from="07:30", hours_to="17:00", pay_max_fen=14_000, headcount=5, filled=2,
            meals=True, lodging=False, insured=True, requirements="轻拿轻放",
            employer=f.make_employer("田维学", kind="person"),
        )  # fmt: skip
    paper = Paper(client.get(f"/screen/zhongtang/openings/{opening.id}.pdf").data)
    assert paper.pages == 1 and paper.inside
    for told in ("摘脆红李", "5人，还差3人", "兴泉社区三组", "早上7点半到下午5点", "120到140元一天", "当天结", "轻拿轻放", "管饭，不管住", "买保险",
                 "田老板"):  # fmt: skip
        assert told in paper.said, told
    assert "维学" not in paper.said
    assert "6月11日周四到6月12日周五，2天" in paper.said and "明天" not in paper.said  # it hangs for days
    assert paper.codes == {f"tel:{LINE}", f"SMSTO:{LINE}:我想找兴泉社区摘脆红李的活"}


@pytest.mark.parametrize(
    "more", [{"status": "in_review"}, {"status": "withdrawn"}, {"region": OTHER_VILLAGE}, {"over": True}]
)
def test_what_is_not_out_in_the_stations_region_has_no_poster(client, town, make, more):
    with make() as f:
        if more.pop("over", False):
            more |= {"starts_on": f.today - timedelta(days=3), "ends_on": f.today - timedelta(days=1)}
        opening = f.make_opening(**{"region": VILLAGE, **more})
    assert client.get(f"/screen/zhongtang/openings/{opening.id}.pdf").status_code == 404
    assert client.get("/screen/zhongtang/openings/99999999999999999999.pdf").status_code == 404
    assert client.get("/screen/nowhere/poster.pdf").status_code == 404


def test_the_week_takes_eight_to_a_sheet_and_at_most_three_sheets(client, town, make):
    assert "现在没有招人的活" in Paper(client.get("/screen/zhongtang/week.pdf").data).said
    with make() as f:
        boss = f.make_employer()
        for number in range(30):
            f.make_opening(region=VILLAGE, title=f"活路{number:02}号", employer=boss)
        f.make_opening(region=VILLAGE, title="下个月的活", starts_on=f.today + timedelta(days=30),
                       ends_on=f.today + timedelta(days=31))  # fmt: skip
    paper = Paper(client.get("/screen/zhongtang/week.pdf").data)
    assert paper.pages == 3 and paper.said.count("活路") == 24 and "下个月" not in paper.said
    assert paper.codes == {f"tel:{LINE}"}
    assert "还有6个活，打热线问" in paper.said.replace(" ", "").replace("\n", ""), "what did not fit is not kept quiet"


def test_a_week_that_fits_names_no_more(client, town, make):
    with make() as f:
        for number in range(24):
            f.make_opening(region=VILLAGE, title=f"活路{number:02}号", employer=f.make_employer())
    assert "写不下" not in Paper(client.get("/screen/zhongtang/week.pdf").data).said


def test_the_longest_words_stay_on_the_paper(town):
    long = face(title="摘" * 60, place="兴" * 100, requirements="轻" * 200, employer="专业合作社" * 12, pay="120到140元一天，可以商量",
                hours="早上7点半到第二天下午5点05分")  # fmt: skip
    told = facts(station="中塘镇零工驿站" * 6, address="旁边" * 60)
    for drawn in (poster.opening(told, long, "a4"), poster.station(told, "a4"), poster.week(told, (long,) * 9)):
        paper = Paper(drawn.pdf)
        assert paper.inside and "…" in paper.said and f"tel:{LINE}" in paper.codes
    cramped = Paper(poster.opening(told, long, "a4").pdf)
    assert cramped.pages == 1 and "10000012333" in cramped.said and "田老板" not in cramped.said


def test_the_fonts_come_along_and_a_sign_they_do_not_hold_is_told():
    drawn = poster.opening(facts(), face(title="摘𰻞果🍎"), "a4")
    assert drawn.missing == ("🍎", "𰻞")
    assert "摘〇果〇" in Paper(drawn.pdf).said
    assert drawn.pdf.count(b"/FontFile3") >= 2 and b"/BaseFont" in drawn.pdf


def test_the_fonts_hold_every_sign_of_the_standard_list_and_of_every_served_place():
    from backend.seed.places import divisions
    from backend.settings import ROOT

    standard = (ROOT / "tools" / "standard_characters.txt").read_text(encoding="utf-8").split()
    assert len("".join(standard)) == 8105
    assert poster_sheet.unheld("".join(standard)) == set()
    assert poster_sheet.unheld("".join(row["name"] for row in divisions())) == set()
    assert all(path.stat().st_size < 3_500_000 for path in poster_sheet.FILES.values())
    assert "SIL OPEN FONT LICENSE" in (poster_sheet.FONTS / "OFL.txt").read_text(encoding="utf-8")


def test_the_same_facts_on_the_same_day_give_the_same_bytes():
    for draw in (poster.station.__wrapped__, lambda f, s: poster.opening.__wrapped__(f, face(), s)):
        first, again = draw(facts(), "a4").pdf, draw(facts(), "a4").pdf
        assert first == again
        assert first != draw(facts(printed_on=date(2026, 6, 11)), "a4").pdf


def test_a_paper_that_has_not_changed_is_not_sent_again(client, town):
    first = client.get("/screen/zhongtang/poster.pdf")
    assert "max-age=60" in first.headers["Cache-Control"] and "Set-Cookie" not in first.headers
    assert (
        client.get("/screen/zhongtang/poster.pdf", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    )
