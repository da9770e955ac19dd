"""The public board: open work of the station's region in big type, no personal data (P02)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.integration.console.conftest import FAR_VILLAGE, OTHER_VILLAGE, TOWN, VILLAGE, words
from tests.integration.console.test_posters import Paper


@pytest.fixture
def town(make):
    with make() as f:
        f.make_region(VILLAGE), f.make_region(OTHER_VILLAGE), f.make_region(FAR_VILLAGE)
        f.make_station(TOWN, slug="zhongtang", name="中塘镇零工驿站", short_name="中塘零工")


def test_it_shows_published_work_of_the_region_with_pay_and_days(client, town, make):
    with make() as f:
        f.make_opening(region=VILLAGE, title="摘脆红李")
        f.make_opening(region=OTHER_VILLAGE, title="别镇的活")
        f.make_opening(region=VILLAGE, title="没审的活", status="in_review")
        f.make_opening(region=VILLAGE, title="招满的活", headcount=1, filled=1)
    answer = client.get("/screen/zhongtang")
    seen = words(answer)
    assert "中塘镇零工驿站" in seen
    assert "摘脆红李" in seen
    assert "120元一天" in seen
    assert "还要2人" in seen
    assert not any(title in seen for title in ("别镇的活", "没审的活", "招满的活"))


def test_it_shows_no_number_and_no_private_persons_name(client, town, make):
    with make() as f:
        person = f.make_employer("田维学", kind="person", phone="+8610000007777")
        f.make_opening(region=VILLAGE, employer=person, title="栽菜 打13812345678", requirements="找田维学")
        f.make_opening(region=VILLAGE, employer=f.make_employer("中塘茶业合作社", kind="cooperative"))
    page = client.get("/screen/zhongtang").text
    assert "田维学" not in page
    assert "7777" not in page
    assert "13812345678" not in page
    assert "田老板" in page
    assert "中塘茶业合作社" in page
    assert "100 0001 2333" in page  # the line's own number, to call or text


def test_it_turns_its_pages_by_itself_and_starts_again(client, town, make):
    with make() as f:
        for number in range(8):
            f.make_opening(
                region=VILLAGE,
                title=f"活路{number}",
                starts_on=f.today + timedelta(days=1 + number),
                ends_on=f.today + timedelta(days=9),
            )
    first, second = client.get("/screen/zhongtang").text, client.get("/screen/zhongtang?page=2").text
    assert "url=/screen/zhongtang?page=2" in first
    assert "url=/screen/zhongtang?page=1" in second
    assert sum(f"活路{n}" in first for n in range(8)) == 6
    assert sum(f"活路{n}" in second for n in range(8)) == 2


def test_without_open_work_it_says_so_and_an_unknown_station_is_not_found(client, town):
    page = client.get("/screen/zhongtang")
    assert "现在没有招人的活" in words(page) and '<section id="none" class="none">' in page.text
    assert "08:00到18:00有人" in words(page) and "先打热线登记" in words(page)
    assert client.get("/screen/nowhere").status_code == 404
    assert client.get("/screen/zhongtang?page=x").status_code == 200


def test_a_wall_asks_again_and_is_told_that_nothing_has_changed(client, town, make, clock):
    with make() as f:
        opening = f.make_opening(region=VILLAGE, title="摘脆红李")
    first = client.get("/screen/zhongtang/list")
    assert first.status_code == 200 and "摘脆红李" in first.text
    again = client.get("/screen/zhongtang/list", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "public" in first.headers["Cache-Control"] and "Set-Cookie" not in first.headers
    with make() as f:
        f.session.get_one(type(opening), opening.id).title = "栽油菜"
    changed = client.get("/screen/zhongtang/list", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200 and "栽油菜" in changed.text


def test_what_is_new_is_marked_and_what_was_just_filled_stays_crossed_out_for_ten_minutes(client, town, make, clock):
    with make() as f:
        f.make_opening(region=VILLAGE, title="新来的活")
        f.make_opening(region=VILLAGE, title="早先的活", published_at=f.now - timedelta(days=3))
        f.make_opening(region=VILLAGE, title="刚招满的活", status="filled", headcount=2, filled=2)
        f.make_opening(region=VILLAGE, title="昨天招满的活", status="filled", headcount=2, filled=2,
                       updated_at=f.now - timedelta(days=1))  # fmt: skip

    def lines():
        found = re.findall(r"(?s)<li.*?</li>", client.get("/screen/zhongtang/list").text)
        return {re.search(r"<span>(.*?)</span>", line)[1]: line for line in found}

    shown = lines()
    assert set(shown) == {"新来的活", "早先的活", "刚招满的活"}
    assert "<em>新</em>" in shown["新来的活"] and "<em>新</em>" not in shown["早先的活"]
    assert (
        'class="full"' in shown["刚招满的活"] and "招满了" in shown["刚招满的活"] and "还要" not in shown["刚招满的活"]
    )
    clock.advance(minutes=11)
    assert "刚招满的活" not in lines()


def test_a_place_with_no_work_of_its_own_shows_what_is_near_and_says_so(client, town, make):
    with make() as f:
        f.make_opening(region=OTHER_VILLAGE, title="邻镇的活")
        f.make_opening(region=FAR_VILLAGE, title="外县的活")
    page = client.get("/screen/zhongtang")
    assert "邻镇的活" in page.text and "外县的活" not in page.text
    assert '<small id="nearby">附近的活</small>' in page.text
    with make() as f:
        f.make_opening(region=VILLAGE, title="本镇的活")
    page = client.get("/screen/zhongtang")
    assert "邻镇的活" not in page.text and '<small id="nearby" hidden>' in page.text


def test_no_field_that_tells_of_a_person_gets_onto_a_public_face(client, town, make):
    """T12: a marker in everything that could hold one; the wall, its list, the papers and the map show none."""
    with make() as f:
        boss = f.make_employer("田维学", kind="person", phone="+8613899990001")
        worker = f.make_worker("王暗记", number="+8613899990002", village=VILLAGE, waiting_since=f.now)
        opening = f.make_opening(
            region=VILLAGE, employer=boss, title="摘李子找田维学", place="田维学屋头 13899990004",
            requirements="打13899990005问田维学", review_reason="标记六号", headcount=3,
        )  # fmt: skip
        f.make_offer(opening, worker, "accepted")
        f.make_message("标记七号", conversation=f.make_conversation(region_code=VILLAGE))
    pages = [client.get(f"/screen/zhongtang{end}") for end in (*FACES, f"/openings/{opening.id}.pdf")]
    assert [page.status_code for page in pages] == [200] * len(pages)
    for page in pages:
        seen = words_of(page)
        assert "田老板" in seen or page.request.path.endswith(("poster.pdf", "map")), page.request.path
        assert not any(told in seen for told in ("维学", "暗记", "标记", "1389999", "9999000")), page.request.path
        assert "Set-Cookie" not in page.headers and page.headers["X-Frame-Options"] == "DENY"


FACES = ("", "/list", "/map", "/poster.pdf", "/week.pdf")


def words_of(answer):
    """All that an answer tells: a page's source, a paper's text and the codes on it."""
    if answer.mimetype != "application/pdf":
        return answer.text
    paper = Paper(answer.data)
    return paper.said + " ".join(sorted(paper.codes))


def test_everything_public_stays_bounded_however_much_is_posted(client, town, make):
    with make() as f:
        for number in range(70):
            f.make_opening(region=VILLAGE, title=f"活路{number}", employer=None if number else f.make_employer())
    assert client.get("/screen/zhongtang/list").text.count("<li") == 60
