"""What a ledger's reader says of a file, in the language of whoever reads the page (L03).

The readers say it in Chinese, as it stands in the file of bad rows; here each sentence is known by its form.
"""

from __future__ import annotations

import re

from backend.console.i18n import gettext
from backend.console.labels import N_

COLUMNS = (
    N_("序号"),
    N_("姓名"),
    N_("性别"),
    N_("出生年"),
    N_("村（社区）"),
    N_("联系电话"),
    N_("会做的活"),
    N_("技能水平"),
    N_("期望工价"),
    N_("哪天起有空"),
    N_("有空到哪天"),
    N_("就业状态"),
    N_("就业意愿"),
    N_("未外出在家"),
    N_("困难情况"),
    N_("服务需求"),
    N_("怎么联系"),
    N_("哪天起没活"),
    N_("最近更新"),
    N_("用工单位"),
    N_("单位类型"),
    N_("所需工种"),
    N_("岗位"),
    N_("需要人数"),
    N_("务工地点"),
    N_("详细地址"),
    N_("开始日期"),
    N_("结束日期"),
    N_("几点上工"),
    N_("几点收工"),
    N_("务工待遇"),
    N_("怎么结"),
    N_("务工要求"),
    N_("管饭"),
    N_("管住"),
    N_("接送"),
    N_("是否购买保险"),
    N_("整行"),
    N_("整张表"),
)
REASONS = (
    N_("太长了，最多%(most)s个字"),
    N_("里面有证件号或者银行卡号。热线不留这些，请删掉再传"),
    N_("姓名是遮住的，存不进来。请用没有遮住的表"),
    N_("不像人的姓名：要两个字以上，只能写字"),
    N_("号码是遮住的，存不进来。请用没有遮住的表"),
    N_("号码变成了科学记数。请把这一列设成“文本”，再重新填"),
    N_("号码后面的数丢了。请把这一列设成“文本”，再重新填"),
    N_("一格只能写一个号码"),
    N_("这是身份证号，不是电话号码"),
    N_("号码里有别的字。只写数字，比如13812345678的样子"),
    N_("不是能打通的号码，请对一对是不是11位"),
    N_("看不懂：写出生年（1968），或者年龄（58岁）"),
    N_("要满16岁，不超过100岁。请对一对"),
    N_("“%(word)s”不是热线认得的工种。看“填写说明”里的工种表"),
    N_("一行只写一个工种，几样活分成几行写"),
    N_("“%(word)s”不认得。只能填：%(words)s"),
    N_("只能填：%(words)s"),
    N_("困难情况是遮住的，存不进来。请用没有遮住的表"),
    N_("工价不能是负数"),
    N_("看不懂工价。写成“120/天”“150-200/天”“0.8/斤”的样子，或者“面议”"),
    N_("工价要比0多，最多一百万元"),
    N_("工价后面的数不能比前面的小"),
    N_("没有这个钟点"),
    N_("看不懂钟点。写成“07:30”的样子"),
    N_("要写一个整数"),
    N_("要在%(low)s到%(high)s之间"),
    N_("只填“是”或者“否”"),
    N_("您的辖区里没有这个地方，请写村（社区）的全名"),
    N_("有几个地方叫这个名字，请把镇名写在前面"),
    N_("是%(year)s年，隔得太远了，请对一对年份"),
    N_("看不懂是哪一天。写成“2026-12-01”的样子"),
    N_("看不懂是哪一天。写成“2026-12-01”或者“12月1日”的样子，一格写一天"),
    N_("看不懂是哪一年的，请写上年份，比如“2026-12-01”"),
    N_("没有这一天，请对一对月和日"),
    N_("这一格要填"),
    N_("最后一天不能早于第一天"),
    N_("这一天还没有到"),
    N_("%(cell)s是公式，请粘成数值"),
    N_("%(cell)s是出错的格子（%(error)s），请改好"),
    N_("%(cells)s是合并的单元格。请拆开，每一行都填"),
    N_("和第%(row)s行是同一个人（姓名、电话都一样），留一行"),
    N_("和第%(row)s行是同一个岗位（单位、工种、地点、日期都一样），留一行"),
    N_("这个号码登记在别的地方，请区县窗口来登记，或者换一个号码"),
    N_("这个号码还有别人在用，会记成共用一个电话，请对一对是不是一家人"),
    N_("这个号码的人要求删除过，请问过本人同意再存"),
    N_("村里有同名的人，登记的是别的号码，请对一对是不是换了号码"),
    N_("这个岗位已经发布，要改请在“岗位”页上改"),
    N_("最后一天已经过了"),
    N_("太远了，最多写到一年以内"),
    N_("这一行不合规矩，请对照填写说明"),
    N_("这个单位是第一次登记，要填电话"),
    N_("表里缺这一栏，补上再传"),
    N_("这一栏不读，也不存（热线不需要证件号）"),
    N_("不认得这一栏，没有读"),
    N_("这张工作表也像台账，没有读；要存请单独传"),
    N_("这个文件%(month)s月%(day)s日已经存过一次"),
    N_("这个文件打不开，可能坏了。请用Excel或WPS重新另存一次"),
    N_("这个文件读到一半读不下去，可能坏了。请用Excel或WPS重新另存一次"),
    N_("没有找到%(ledger)s的表头。表头要有：%(heads)s"),
    N_("有%(count)s张工作表都像台账：%(names)s。一次只读一张，请分开传"),
    N_("表头下面没有一行内容"),
    N_("合并的单元格太多。请取消合并，每一格都填，再传"),
    N_("表里空行太多，或者太长。请删掉下面的空行。一次最多存%(rows)s行。这张表太长了，请分成几份再传"),
    N_("一次最多存%(rows)s行。这张表太长了，请分成几份再传"),
    N_("文件太大，最多5兆。一次最多存%(rows)s行。这张表太长了，请分成几份再传"),
    N_("这张表展开后太大。一次最多存%(rows)s行。这张表太长了，请分成几份再传"),
    N_("这个文件不是Excel表（.xlsx）。请用Excel或WPS打开，另存为“.xlsx”再传"),
    N_("这是网页存成的表，只是名字像Excel。请用Excel或WPS打开，另存为“.xlsx”再传"),
    N_("这个文件里的格式、图形太多，读不了。请把内容复制到一张空表里（只粘数值）再传"),
    N_("这个文件是空的"),
    N_("这个文件设了密码。请去掉密码，另存后再传"),
    N_("这是老格式的表（.xls）。请另存为“Excel工作簿（.xlsx）”再传"),
    N_("这个文件带宏。请另存为不带宏的“.xlsx”再传"),
)


def _form(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", sentence)
    told = (f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return re.compile("".join(told), re.DOTALL)


_FORMS = tuple((_form(sentence), sentence) for sentence in REASONS)


def column(head: str) -> str:
    """A head of our own in the reader's language; one of the file as it is."""
    return gettext(head) if head in COLUMNS else head


def reason(sentence: str) -> str:
    """A sentence of the readers in the reader's language, with what it tells of the file filled in."""
    for form, known in _FORMS:
        if match := form.fullmatch(sentence):
            return gettext(known, **match.groupdict())
    return sentence
