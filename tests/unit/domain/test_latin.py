"""Names in Latin letters for the English gloss."""

import pytest

from backend.domain.latin import latin


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("兴泉社区", "Xingquan community"), ("兴泉社区一组", "Xingquan community, group 1"), ("中塘镇", "Zhongtang town"),
        ("王秀英", "Wangxiuying"), ("双石猕猴桃专业合作社", "Shuangshimihoutao cooperative"), ("10-20 yuan", "10-20 yuan"),
        ("中塘镇兴泉社区", "Zhongtang town Xingquan community"), ("", ""),
    ],
)  # fmt: skip
def test_a_name_reads_without_chinese(name: str, told: str) -> None:
    assert latin(name) == told
