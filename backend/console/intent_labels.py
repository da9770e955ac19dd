"""What a person can want, in groups to choose from, each with a sentence that says it and the words that find it."""

from __future__ import annotations

from dataclasses import dataclass

from backend.console.labels import INTENTS, N_, label


@dataclass(frozen=True)
class Wish:
    """`example`: how a villager says it; `find`: words in which somebody looks for it, or that stand in what was said."""

    code: str
    example: str
    find: tuple[str, ...]

    @property
    def name(self) -> str:
        return label(INTENTS, self.code)


def _wish(code: str, example: str, find: str) -> Wish:
    return Wish(code, example, tuple(find.split()))


GROUPS: tuple[tuple[str, tuple[Wish, ...]], ...] = (
    (
        N_("找活干"),
        (
            _wish("search_jobs", "有没有摘果子的活", "找活 有活 有没得活 活路 想做"),
            _wish("more_jobs", "还有别的活没得", "还有 别的活 下一个"),
            _wish("job_details", "那个活一天好多钱", "好多钱 多少钱 几点 管饭 在哪里 哪个地方"),
            _wish("apply_job", "我要去，给我报上", "要去 报名 报上 我去"),
            _wish("withdraw_application", "我去不成了", "不去了 去不成 退了 来不了"),
            _wish("my_applications", "我报了哪些活", "报了哪些 我报的"),
        ),
    ),
    (
        N_("登记自己"),
        (
            _wish("register_worker", "我要登记，会砌砖", "登记 我会"),
            _wish("update_profile", "我换号码了，改一下", "改一下 换号码 改登记 写错"),
            _wish("view_profile", "我登记的是啥子", "登记的是 看登记"),
            _wish("delete_profile", "把我的登记删了", "删了 删掉"),
            _wish("set_availability", "我下个星期才有空", "有空 没空 得空"),
            _wish("register_return", "我打工回来了，登个记", "返乡 打工回来"),
            _wish("register_unemployment", "厂里不要我了，失业了", "失业"),
        ),
    ),
    (N_("请人"), (_wish("post_job", "我要请五个人栽菜", "请人 请个 招人 要人 差人"),)),
    (
        N_("难处和政策"),
        (
            _wish("report_problem", "老板不给工钱，干活受了伤", "工钱 没给 不给钱 欠 拖欠 受伤 不接电话 押金 中介 骗"),
            _wish("ask_policy", "社保补贴咋个领", "补贴 社保 低保 政策 咋个领"),
            _wish("sign_up_training", "我想学电焊", "想学 培训 手艺"),
            _wish("ask_market_info", "零工市场几点开门", "市场 驿站 开门 地址"),
            _wish("talk_to_human", "我要找人说", "人工 找人 工作人员"),
        ),
    ),
    (
        N_("说着话"),
        (
            _wish("inform", "两个人，后天去", "答 回答"),
            _wish("affirm", "要得", "要得 好 是 对"),
            _wish("deny", "不要", "不要 不是 不得"),
            _wish("repeat", "再说一遍", "再说 没听清"),
            _wish("slower", "说慢点", "慢点"),
            _wish("help", "咋个用", "咋个用 怎么用"),
            _wish("cancel", "算了，不弄了", "算了 不弄"),
            _wish("greet", "你好", "你好"),
            _wish("thank", "谢谢", "谢谢"),
            _wish("goodbye", "再见", "再见"),
        ),
    ),
    (
        N_("短信和别的"),
        (
            _wish("stop_messages", "莫再发短信了", "莫发 不要发 别发"),
            _wish("resume_messages", "短信又发起嘛", "又发 恢复"),
            _wish("out_of_scope", "明天下不下雨", "别的 不相干"),
        ),
    ),
)
