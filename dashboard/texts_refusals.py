"""What the server refuses, in words for people: by the kind of problem, else by its status."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "trouble.refused_taken": ("“{code}”已经有了，请换一个。", "{code} exists already."),
    "trouble.refused_unsupported-file": (
        "文件类型不符：应为 {expected}（看内容，不看扩展名）。",
        "A file of another kind: {expected} is expected, by content.",
    ),
    "trouble.refused_unstorable-text": (
        "文字中有无法保存的字符，请删去后再试。",
        "The words hold characters that can't be kept.",
    ),
    "trouble.refused_404": (
        "没有找到“{code}”：可能已被删除，或不属于您可查看的范围。",
        "{code} was not found: it is gone, or not yours to see.",
    ),
    "trouble.refused_409": (
        "现在不能这样做：情况已有变化，请刷新后再看。",
        "Not possible now: things have changed meanwhile. Load the page again.",
    ),
    "trouble.refused_413": ("内容过大，服务器未接收。", "Too large; the server did not take it."),
    "trouble.refused_422": (
        "填写的内容不符合要求：{fields}",
        "What was entered does not fit: {fields}",
    ),
    "trouble.refused_429": ("操作过于频繁，请稍后再试。", "Too often; try again in a while."),
    "trouble.refused_503": (
        "部分服务暂不可用，请稍后再试。",
        "A part of the house gives no answer now; try again in a while.",
    ),
    "trouble.expected_most": ("不超过 {a}", "at most {a}"),
    "trouble.expected_least": ("不少于 {a}", "at least {a}"),
    "trouble.expected_characters": ("{a} 至 {b} 个字符", "{a} to {b} characters"),
    "trouble.expected_range": ("{a} 至 {b}", "{a} to {b}"),
    "trouble.expected_not_before": ("不早于 {a} 的日期", "a day not before {a}"),
    "trouble.expected_not_after": ("不晚于 {a} 的日期", "a day not after {a}"),
    "trouble.expected_after": ("晚于 {a}", "after {a}"),
    "trouble.expected_words": ("说明文字，不能空着", "words"),
    "trouble.expected_once": ("每项只出现一次", "each once"),
    "trouble.expected_of_school": ("{a} 已登记的内容", "something of {a}"),
    "trouble.expected_one_of": ("下列之一：{a}", "one of {a}"),
    "trouble.expected_not_empty": ("不是空的文件", "a file that is not empty"),
    "trouble.expected_evidence": (
        "证明文件，或写明证明材料存放处",
        "a document, or a note that says where the evidence lies",
    ),
    "trouble.expected_user": ("{a} 的用户名", "the user name of somebody of {a}"),
}
