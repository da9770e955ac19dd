"""The words of the training page: steps, verdicts, what went wrong and what to do about it."""

from __future__ import annotations

from backend.console.labels import N_

STATUS = {
    "queued": N_("排着队"),
    "training": N_("正在训练"),
    "scoring": N_("正在考试"),
    "ready": N_("考过了"),
    "refused": N_("没考过"),
    "failed": N_("没练成"),
    "cancelled": N_("取消了"),
}
STEPS = {
    "reading": N_("在读教材"),
    "learning": N_("在学"),
    "saving": N_("在存"),
    "scoring": N_("新的在考试"),
    "scoring_before": N_("现在用的也考一遍，好比较"),
}
FIGURES = {
    "intent": N_("听懂意思"),
    "entity_f1": N_("听准内容"),
    "wrong_acts": N_("会办错事"),
}
FIGURE_NOTES = {
    "intent": N_("一百句里听对想做什么的"),
    "entity_f1": N_("名字、日子、工钱这些听准的"),
    "wrong_acts": N_("一百句里听错了、还会改登记或报名的，越少越好"),
}
PROBLEMS = {
    "scored_lower": N_("新的考得比现在用的差，不能换上。多半是有几句标错了：看看下面变差的句子，再看看教材里同类的句子，改好再练。"),
    "below_best": N_("新的考得比以前练得最好的那个差，不能换上。一次差一点，加起来就多了：看看最近几次改的句子，改好再练。"),
    "nothing_to_compare": N_("现在用的和程序自带的，文件都不在了，没有东西好比，练出来也不知道好不好。请管机器的人重启一次服务，再来练。"),
    "cut_off": N_("训练两次都被打断了。再来一次；还不行就请管机器的人看看。"),
    "killed": N_("机器的内存不够，训练被停了。等机器空一点再来一次。"),
    "engine_refused": N_("教材里有机器读不了的句子。看看最近改的那几句，再来一次。"),
    "exam_failed": N_("练好了，考试没考成：第二个引擎没起来。等机器空一点再来一次。"),
    "unreadable": N_("教材文件读不了。请管机器的人看看 reviewed.yml，再来一次。"),
    "no_room": N_("磁盘满了，存不下。腾出地方再来一次。"),
    "machine": N_("机器出了点问题，没有练成。再来一次；还不行就请管机器的人看看。"),
}  # fmt: skip
SWITCH_PROBLEMS = {
    "engine_ended": N_("新的没起来，还用着原来的。文件可能被动过，重新训练一次。"),
    "engine_slow": N_("新的起得太慢，还用着原来的。等机器空一点再换。"),
    "nobody_answered": N_("没有换成，还用着原来的。请管机器的人看看服务是不是都在。"),
}
SWITCHES = {
    "switch": N_("换上"),
    "back": N_("换回"),
    "start": N_("启动时用自带的"),
    "fell_back": N_("文件被动过，换回自带的"),
}
# What was pressed cannot be done now.
REFUSALS = {
    "under_way": N_("已经在练了，等它练完。"),
    "nothing_reviewed": N_("还没有复核过的句子。先在对话里把听错的改对，再来训练。"),
    "nothing_new": N_("自从现在用的这个练好以来，没有新复核的句子。先在对话里改几句，再来训练。"),
    "trained_already": N_("这些句子已经练过了，结果在下面。有新复核的句子再来训练。"),
    "unreadable": PROBLEMS["unreadable"],
    "ended": N_("已经练完了，取消不了。"),
    "nothing_before": N_("没有可以换回的。"),
    "in_use": N_("已经在用它了。"),
    "not_ready": N_("这一个没有考过，不能换上。"),
    "file_gone": N_("它的文件不在了。重新训练一次。"),
    "other_program": N_("程序升级过了，这一个是按旧程序练的，不能再用。重新训练一次。"),
    "switching": N_("正在换，等换好。"),
}
