"""Make any text safe and plain for the dialogue engine, without losing what was sent.

Never raises for any str. What comes out: at most 500 characters (reliability I5), NFKC, simplified characters, no
control, zero-width or bidi characters (I6), no emoji, single spaces, and no way for text to be a command (I7).
Phone and ID numbers are hidden behind fixed placeholders, so that no personal number reaches the engine.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache

import opencc

from backend.domain import phone
from backend.domain.phone import ID_PLACEHOLDER, PHONE_PLACEHOLDER, Secret

MAX_CHARS = 500
# Enough raw text that 500 characters remain after invisible ones are taken out; the work stays bounded.
_MAX_RAW = 4 * MAX_CHARS

_COMMAND = re.compile(
    r"^\s*(?:[/\\](?=\s*[A-Za-z_/\\{@])|EXTERNAL\s*:|[A-Za-z_]{3,}\s*(?:@\s*[\d.]+\s*)?\{"
    r"|@\s*[\d.]+\s*\{|\{)",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"<\s*/?\s*(?:script|img|svg|iframe|body|response|say|dial|gather|redirect|[?!])|\{\{|\{%|\$\{|\}\}|javascript:"
    r"|\b(?:select|insert|delete|drop|update|union|alter)\b[^\n]{0,60}\b(?:from|into|table|set|select|database)\b"
    r"|'\s*or\s*'?1'?\s*=|;\s*--|\b(?:rm\s+-rf|curl\s+http|wget\s+http|cmd\.exe|powershell|/etc/passwd|system\s*\()"
    r"|^\s*[=+\-@][A-Za-z]{2,}\s*\(|\bignore\s+(?:all\s+)?(?:previous|prior|above)\b|\bsystem\s*prompt\b"
    r"|\bslot\s*\{|\"(?:intent|entities|sender|event|payload)\"\s*:"
    r"|intent_?name\s*[:=]|\baction_[a-z_]+\b|\butter_[a-z_]+\b|\bintent\s*[:=]|\bset\s+intent\b"
    r"|^\s*(?:system|assistant|user|admin)\s*[:：]|\[/?INST\]|<\|im_|\b[a-z]+_[a-z]+\s+[a-z_]+="
    r"|\b(?:print|eval|exec|open|alert|os\.\w+)\s*\(",
    re.IGNORECASE,
)
_CHINESE_COMMAND = re.compile(
    r"(?:忽略|无视|忘掉|忘记|不要管|别管)(?:掉|了)?(?:你|之前|此前|前面|以上|上面|所有|一切|原来)[^,，。]{0,8}(?:指令"
    r"|提示|规则|设定|命令|要求|限制)"
    r"|(?:以上|之前|此前|上述|前面的?)(?:所有)?(?:指令|提示|规则|设定|命令|限制)[^,，。]{0,4}(?:作废|失效|取消|无效)"
    r"|从现在(?:起|开始)你?(?:必须|只)?听(?:我|从)的?(?:命令|指令|话)|管理员(?:授权|命令|已?批准|权限)"
    r"|(?:清空|删除|删掉|导出)(?:整个|所有|全部)?(?:数据库|数据表|用户表)"
    r"|把?(?:所有|全部)(?:的?)人的?(?:电话|号码|身份证|名单|信息|报名|登记)[^,，。]{0,4}(?:发|给|列|导|取消|删)"
    r"|(?:你现在是|扮演|假装你是|切换到)[^,，。]{0,8}(?:管理员|开发者|系统|超级|调试)|(?:输出|打印|告诉我|显示"
    r"|给我看)[^,，。]{0,6}(?:系统提示|提示词|数据库|所有人的?(?:电话|身份证)|密码|后台口令)"
    r"|(?:进入|打开|开启|启用|激活|切换到?)[^,，。]{0,4}(?:管理员|开发者|开发|调试|上帝|越狱|维护|root|超级用户)(?:模式|权限|身份)"
    # Who claims an office over the machine, or gives it orders about everybody's records.
    r"|我(?:就)?是(?:你们?的?|这个?|本|该)?(?:系统|平台|后台|网站|热线|超级)?的?(?:管理员|开发者|开发人员|程序员|运维)"
    r"|(?:最高|系统|超级|管理员|内部|隐藏)(?:级)?(?:指令|命令|口令)|(?:没有|不受|解除|取消)(?:任何)?限制的?(?:AI|ai|机器人|模型|助手|模式)"
    r"|(?:你现在|从现在(?:起|开始)[,，]?你|你从现在(?:起|开始))(?:就|只)?(?:是|扮演|变成|叫)(?=[^,，。]{0,2}(?:一个|一只|一名|一位|个|没有|没得|不受|我的|超级|自由|管理))"
    r"|(?:把|将|给我?把)[^,，。]{0,2}(?:所有人?|大家|全部人?|每个人|全体|别人|其他人|人家|全村人?|其余人?|其他工人)(?:的)?(?:那些|全部)?"
    r"(?:登记|报名|信息|资料|档案|电话|号码|记录|名单|账号|密码|数据)[^,，。]{0,4}(?:取消|删|清|撤|改|导|发|公开|公布|给我|列|念|报)"
    r"|(?:取消|删除?|清空|导出|列出|念出|公开|撤销|查看|通过)(?:掉)?(?:所有人?|大家|全部人?|每个人|全体|别人|其他人|全村人?)的?"
    r"(?:登记|报名|信息|资料|档案|电话|号码|记录|名单|账号|密码|数据|申请)"
    r"|(?:把|将)?(?:你们?的?)?(?:后台|系统)(?:里|头|里头)?的?(?:名单|电话|资料|数据|号码)[^,，。]{0,6}(?:念|读|报|发|给|导|列)"
    r"|不管(?:谁|哪个|什么人)来?(?:问|说)[^,，。]{0,4}(?:都|一律)(?:回答|回复|说|答)|(?:只|都)(?:准|许|能)?(?:回答|回复)[“\"'「『]"
    r"|(?:系统|初始|开发者|后台|内部)(?:提示词?|设定|口令|密码|密钥|源代码|源码)|(?:API|api|访问)\s?(?:key|密钥|令牌|token)|(?:执行|运行)(?:以下|下面|下列)?的?(?:这段|这个)?(?:代码|脚本|命令|指令)"
)
# Encoded text: a long run of letters of both cases and digits, with no word of ours.
_ENCODED = re.compile(
    r"(?<![\w+/])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*\d)[A-Za-z0-9+/]{18,}={0,2}|\bbase64\b|(?:\\x[0-9a-f]{2}){3}|(?:%[0-9A-Fa-f]{2}){4}",
)
_SPACES = re.compile(r"\s+")
_REPEATED = re.compile(r"(.)\1{7,}")


@dataclass(frozen=True, slots=True)
class CleanText:
    """A message ready to be understood.

    `raw` as sent; `text` the plain form; `masked_text` is `text` with every phone number as `19900000000` and every
    other long number as `110101190001010000`; `secrets` say which stood where, with places in `text`.
    `looks_like_command`: meant for the machine, not for us (an intent name, markup, SQL); understood as out_of_scope.
    """

    raw: str
    text: str
    looks_like_command: bool
    masked_text: str
    secrets: tuple[Secret, ...] = ()
    _shifts: tuple[tuple[int, int, int, int], ...] = field(default=(), repr=False)

    def restore(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in `text` of masked_text[start:end]; a cut placeholder counts whole."""
        return self._back(start, left=True), self._back(end, left=False)

    def _back(self, place: int, *, left: bool) -> int:
        moved = 0
        for m_start, m_end, t_start, t_end in self._shifts:
            if place <= m_start:
                break
            if place >= m_end:
                moved = t_end - m_end
                continue
            return t_start if left else t_end
        return place + moved


def clean(text: str, channel: str = "sms") -> CleanText:
    """Return the plain, masked form of a message of `channel` ("sms" or "voice").

    A message typed digit by digit by a recogniser is masked like a typed one; the channel changes nothing else here.
    """
    plain = _plain(text[:_MAX_RAW])
    is_command = looks_like_command(plain)
    # Rasa reads a leading "/" as an intent. Whatever the text is, it must not begin with one.
    plain = plain.lstrip("/\\ ") if plain.startswith(("/", "\\", " ")) else plain
    plain = plain[:MAX_CHARS].strip()
    return _masked(text, plain, is_command)


def with_text(clean: CleanText, text: str) -> CleanText:
    """Return `clean` with its plain text replaced (repaired), masked anew."""
    return _masked(clean.raw, text, clean.looks_like_command)


def _masked(raw: str, plain: str, is_command: bool) -> CleanText:
    secrets = tuple(phone.find(plain))
    masked, shifts = _mask(plain, secrets)
    return CleanText(raw, plain, is_command, masked, secrets, shifts)


def looks_like_command(plain: str) -> bool:
    """Say whether text is addressed to the machine: `/intent{…}`, EXTERNAL:, markup, templates, SQL, "忽略以上指令"."""
    return bool(
        _COMMAND.match(plain) or _MARKUP.search(plain) or _CHINESE_COMMAND.search(plain) or _ENCODED.search(plain)
    )


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplify(text: str) -> str:
    """Turn traditional characters into simplified ones, one for one in length where the languages allow."""
    return str(_converter().convert(text))


_CIRCLED_BEFORE_DIGIT = re.compile(r"[\u2460-\u249b](?=[\d\uff10-\uff19])")


def _plain(text: str) -> str:
    # A lone surrogate cannot be encoded, and OpenCC and JSON both refuse it.
    text = text.encode("utf-8", "replace").decode("utf-8")
    # ②46岁 would become 246岁.
    text = _CIRCLED_BEFORE_DIGIT.sub(r"\g<0> ", text)
    text = "".join(_visible(char) for char in unicodedata.normalize("NFKC", text))
    text = _REPEATED.sub(lambda m: m.group(1) * 7 if not m.group(1).isdigit() else m.group(), text)
    return simplify(_SPACES.sub(" ", text).strip())


def _visible(char: str) -> str:
    if char.isascii():
        return char if char.isprintable() else " "
    if "\u4e00" <= char <= "\u9fff":
        return char
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me", "Sk") or "\ufe00" <= char <= "\ufe0f":
        return ""
    if category[0] in "CZ" or category in ("So", "Co", "Cn") or char >= "\U0001f000":
        # An emoji often stands where a comma would; so does a line break.
        return " " if not ("\U00020000" <= char <= "\U000323af") else char
    return char


def _mask(text: str, secrets: tuple[Secret, ...]) -> tuple[str, tuple[tuple[int, int, int, int], ...]]:
    parts: list[str] = []
    shifts: list[tuple[int, int, int, int]] = []
    length = at = 0
    for secret in secrets:
        before = text[at : secret.start]
        # 13800001234五十八 must not become one run of digits with its neighbour.
        placeholder = PHONE_PLACEHOLDER if secret.kind == "phone" else ID_PLACEHOLDER
        parts += [before, placeholder]
        length += len(before)
        shifts.append((length, length + len(placeholder), secret.start, secret.end))
        length += len(placeholder)
        at = secret.end
    parts.append(text[at:])
    return "".join(parts), tuple(shifts)
