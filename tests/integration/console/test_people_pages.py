"""What the pages of accounts show: places to choose from, and who may do what (item 8)."""

from __future__ import annotations

import re

from tests.integration.console.conftest import COUNTY, TOWN


def test_the_page_of_roles_is_the_table_of_rights(browse):
    from backend.domain.access import VERBS

    page = browse("cun").visit("/console/account/roles").text
    assert page.count("<b>✓</b>") == sum(len(verbs) for verbs in VERBS.values())


def test_every_verb_has_words_for_the_page_of_roles():
    from backend.console.people_labels import VERBS as WORDED
    from backend.domain.access import VERBS

    assert sorted(set().union(*VERBS.values()) - set(WORDED)) == []


def test_places_stand_in_groups_town_before_villages_in_short_names(browse, staff):
    """A list of 230 divisions that all begin alike cannot be read (K33)."""
    page = browse("xian").visit("/console/people").text
    listed = re.search(r'<select name="region_code".*?</select>', page, re.DOTALL).group(0)
    assert "重庆市" not in listed
    groups = dict(re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', listed, re.DOTALL))
    assert f'value="{TOWN}"' in groups["中塘镇"].split("</option>")[0] and "兴泉社区" in groups["中塘镇"]
    assert f'value="{COUNTY}"' in groups["黔江区"]
    assert "石村官" in page and "cun2" not in page  # the login stands on the person's page
