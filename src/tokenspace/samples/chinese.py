"""Chinese paragraphs. Templates have a space between words, so that the words are known without a segmenter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import chinese_days
from .chinese_words import (
    ADJECTIVES,
    ANIMALS,
    COUNTRIES,
    FRUITS,
    JOBS,
    MEN,
    PAIRS,
    SEASONS,
    VEHICLES,
    VERBS,
    WOMEN,
)
from .grammar import Draw, Frame, Grammar

RULES = {
    "past_time": ["昨天", "上 个 星期", "去年", "前天", "那 天 早上", "很 久 以前", "小 时候"],
    "habit_time": ["每天", "每 个 星期天", "平时", "晚饭 后", "周末", "每 到 傍晚"],
    "now_time": ["现在", "这 时候", "此刻", "眼下"],
    "next_time": ["明天", "下 个 星期", "明年", "过 几 天", "将来"],
    "said": ["大家 都 说", "听 人 说", "书 上 说", "老师 告诉 我们", "人人 都 知道"],
    "extra": ["像 往常 一样", "不慌不忙 地", "高高兴兴 地", "一个人 悄悄 地", "认真 地"],
    "number": ["一", "两", "三", "四", "五", "六", "七", "八", "九", "十"],
    **chinese_days.RULES,
    "feeling": ["高兴", "疲倦", "自豪", "惊讶", "平静", "好奇", "难过", "满意"],
}

OF_COUNTRY = [
    "{country} 在 {region} ， 首都 是 {capital} 。",
    "{capital} 是 {country} 的 首都 。",
    "{country} 政府 设 在 {capital} [， 议会 也 在 那里|] 。",
    "{people} 说 {language} ， 爱 吃 {dish} 。",
    "在 {country} ， 到处 都 能 吃到 {dish} ， 听到 {language} 。",
    "{capital} 市长 宣布 ， 市中心 要 [建|修] 一 座 新 的 [博物馆|大桥|图书馆] 。",
    "{river} 流过 {country} ， {people} 把 它 叫做 母亲河 。",
    "我们 坐 夜车 从 {capital} 去 {city} [， 路上 花 了 {number} 个 小时|] 。",
    "{city} 是 {country} 的 大 城市 ， 不过 {capital} 更 大 。",
    "{man} 生 在 {country} ， 后来 搬 到 {capital} 市区 ， 在 大学 学习 {language} 。",
    "{woman} 离开 {capital} ， 到 {city} 开 了 一 家 卖 {dish} 的 小店 。",
    "游客 走 在 {capital} 的 街道 上 ， 尝尝 {dish} ， 学 几 句 {language} 。",
    "大使馆 在 {capital} ， 帮助 在 {country} 丢 了 护照 的 人 。",
    "{country} 总统 从 国外 回 到 {capital} ， 记者 在 机场 等 他 。",
    "{country} 的 北方 冷 ， 南方 暖 ， {river} 从 中间 流过 。",
    "{capital} 的 地铁 很 方便 ， 市民 每天 坐 地铁 上班 。",
    "{country} 的 [历史|经济|人口|气候] 是 {people} 上学 时 要 学 的 。",
    "{man} 和 {woman} 在 家 说 {language} ， 因为 他们 是 {people} 。",
    "地图 上 ， {country} 位于 {region} ， {capital} 是 它 的 首都 ， {city} 是 第二 大 城市 。",
    "{said} ， 想 了解 {people} ， 要 先 学 {language} 。",
    "{country} 的 球迷 唱 着 歌 ， {people} 都 很 {feeling} 。",
    "沿着 {river} 有 许多 村庄 ， 村民 用 {dish} 招待 客人 。",
]

OF_PAIR_HE = [
    "{he_is} 拿 起 他 的 {thing} ， {doing} 。",
    "{man} 是 个 {he_is} ， 他 很 {feeling} 。",
    "他 是 {he_is} ， 在 {place} {doing} 。",
    "{he_is} 照 了 照 镜子 ， 整 了 整 自己 的 领子 。",
    "[善良 的|骄傲 的|疲倦 的|微笑 的] {he_is} {doing} ， 他 的 朋友 在 等 他 。",
    "从前 有 个 {he_is} ， 他 常常 {doing} 。",
    "{he_is} 跟 他 的 [邻居|朋友|客人] 在 {place} 见面 。",
    "这 位 男士 就是 {he_is} ， 他 把 {thing} 忘 在 {place} 了 。",
    "{said} ， 这 个 {he_is} 个子 很 高 ， 他 最 爱 {doing} 。",
]
OF_PAIR_SHE = [
    "{she_is} 拿 起 她 的 {thing} ， {doing} 。",
    "{woman} 是 个 {she_is} ， 她 很 {feeling} 。",
    "她 是 {she_is} ， 在 {place} {doing} 。",
    "{she_is} 照 了 照 镜子 ， 理 了 理 自己 的 裙子 。",
    "[善良 的|骄傲 的|疲倦 的|微笑 的] {she_is} {doing} ， 她 的 朋友 在 等 她 。",
    "从前 有 个 {she_is} ， 她 常常 {doing} 。",
    "{she_is} 跟 她 的 [邻居|朋友|客人] 在 {place} 见面 。",
    "这 位 女子 就是 {she_is} ， 她 把 {thing} 忘 在 {place} 了 。",
    "{said} ， 这 个 {she_is} 头发 很 长 ， 她 最 爱 {doing} 。",
]
OF_PAIR_BOTH = [
    "{he_is} 和 {she_is} 坐 在 {place} ， 谈起 {thing} 。",
    "先 来 的 是 {he_is} ， 后 来 的 是 {she_is} 。",
    "{he_is} 和 {she_is} 一起 {doing} 。",
    "{he_is} 向 {she_is} 要 {thing} ， {she_is} 谢 了 {he_is} 。",
]

OF_VERB = [
    "{past_time} ， {name} {where} {verb} 了 {object} 。",
    "{habit_time} ， {name} 都 {where} {verb} {object} 。",
    "{now_time} {name} 正 {where} {verb} {object} 。",
    "{next_time} 我们 要 {where} {verb} {object} 。",
    "{he} 想 {verb} {object} ， 可是 今天 没有 时间 。",
    "{name} 喜欢 {verb} {object} ， {extra} {verb} 了 一 个 上午 。",
    "{he} {verb} 完 {object} 才 回家 。",
    "别 在 这里 {verb} {object} ， 牌子 上 写 着 。",
    "{name} {verb} 过 {object} 吗 ？ {verb} 过 {number} 次 。",
    "谁 会 {verb} {object} ？ {name} 会 。",
    "{he} 一边 {verb} {object} ， 一边 跟 朋友 说话 。",
    "{name} {verb} {object} {verb} 得 很 好 。",
    "我 看见 {name} {where} {verb} {object} 。",
    "电话 响 的 时候 ， {he} 正在 {verb} {object} 。",
]

OF_ADJECTIVE = [
    "这 {noun} 很 {plain} ， 一点 也 不 {opposite} 。",
    "这 个 {noun} 比 那 个 {plain} ， 比 我 想 的 还 {plain} 。",
    "世界 上 最 {plain} 的 {noun} 在 哪里 ？",
    "一 个 {plain} 的 {noun} 旁边 有 一 个 {opposite} 的 。",
    "{noun} 越 来 越 {plain} 了 。",
    "到底 是 {plain} 还是 {opposite} ？ 我 看 是 {plain} 。",
    "再 {plain} 一点 ， {name} 说 ， 现在 还是 太 {opposite} 。",
    "{name} 家 的 {noun} 是 村里 最 {plain} 的 。",
    "{noun} 又 {plain} 又 好看 。",
    "没有 什么 比 {noun} 更 {plain} 。",
]

OF_ANIMAL = [
    "一 {measure} {animal} 从 {home} 出来 ， 去 找 {food} 。",
    "{animal} 饿 了 就 {sound} 地 叫 ， 想 吃 {food} 。",
    "{name} 养 了 {number} {measure} {animal} ， 天天 喂 {food} 。",
    "{animal} 住 在 {home} ， 最 爱 {food} 。",
    "夜里 听见 {animal} {sound} 地 叫 。",
    "小 {animal} 跟着 大 {animal} 回到 {home} 。",
    "兽医 说 这 {measure} {animal} 很 健康 。",
    "{sound} ， {sound} ， {home} 的 {animal} 叫 了 起来 。",
    "动物园 里 的 {animal} 不 怕 人 ， 会 吃 游客 手里 的 {food} 。",
]

OF_JOB = [
    "{job} 在 {place} 工作 ， 手里 拿 着 {tool} 。",
    "{place} 里 ， {job} 正在 {work} 。",
    "{job} 放下 {tool} ， 离开 了 {place} 。",
    "{name} 从小 想 当 {job} ， 因为 {he} 喜欢 {place} 。",
    "没有 {tool} ， {job} 就 不能 {work} 。",
    "每天 早上 {job} 都 要 {work} 。",
    "年轻 的 {job} 向 老 {job} 学习 怎么 用 {tool} 。",
    "当 了 {number} 年 {job} ， {name} 学会 了 耐心 。",
    "{job} {work} 的 时候 ， {place} 里 很 安静 。",
    "去 {place} 问 {job} 吧 ， 他 会 {work} 。",
]

OF_FRUIT = [
    "{fruit} 是 {colour} 的 ， 吃 起来 很 {taste} 。",
    "熟 的 {fruit} 从 树 上 掉 下来 。",
    "{name} 用 {fruit} 给 客人 做 {dish} 。",
    "我们 在 {place} 摘 了 一 篮 {fruit} 。",
    "这 种 水果 叫 {fruit} ， {colour} ， {taste} 。",
    "把 {fruit} 洗净 ， 切 成 小 块 ， 就 可以 做 {dish} 。",
    "水果店 里 {fruit} 多少 钱 一 斤 ？",
]

OF_SEASON = [
    "{season} 常 有 {weather} ， {month} 最 明显 。",
    "{month} 是 {season} 的 月份 。",
    "{season} 到 了 ， 人们 忙 着 {task} 。",
    "天气 预报 说 ， {month} 有 {weather} 。",
    "{month} 有 {weather} ， {name} 出门 要 穿 {clothes} 。",
    "{season} 里 孩子 们 最 盼 {event} 。",
    "过 了 {event} ， {weather} 停 了 ， {season} 也 快 结束 了 。",
    "一 个 {season} 的 傍晚 ， {weather} 从 山 那边 过来 。",
]

OF_VEHICLE = [
    "一 {measure} {vehicle} 停 在 {stop} 。",
    "{driver} 发动 {vehicle} ， 离开 {stop} 。",
    "{vehicle} 在 {way} 走 得 很 快 。",
    "{name} 没 赶上 {vehicle} ， 在 {stop} 等 了 {number} 个 小时 。",
    "坐 {vehicle} 要 {number} 个 小时 ， {driver} 说 。",
    "从 {stop} 每 {number} 分钟 开 一 {measure} {vehicle} 。",
    "{driver} 向 {vehicle} 上 的 乘客 问好 。",
]

OF_NUMBERS = [
    "一 、 二 、 三 、 四 、 五 、 六 、 七 、 八 、 九 、 十 ， {name} 从 头 数 了 一 遍 。",
    "星期一 、 星期二 、 星期三 、 星期四 和 星期五 上班 ， 星期六 和 星期天 休息 。",
    "会议 从 [星期一|星期二|星期三] 改 到 [星期四|星期五] 。",
    "红色 、 黄色 、 绿色 、 蓝色 、 橙色 、 紫色 ， {name} 都 用 上 了 。",
]

TOPICS: list[tuple[int, list[dict[str, str]], list[str]]] = [
    (32, COUNTRIES, OF_COUNTRY),
    (24, PAIRS, []),
    (14, VERBS, OF_VERB),
    (12, ADJECTIVES, OF_ADJECTIVE),
    (9, ANIMALS, OF_ANIMAL),
    (11, JOBS, OF_JOB),
    (4, FRUITS, OF_FRUIT),
    (4, SEASONS, OF_SEASON),
    (4, VEHICLES, OF_VEHICLE),
    (1, [{}], OF_NUMBERS),
    (14, [{}], chinese_days.SENTENCES),
]


def paragraphs(words: int, seed: int = 20261123) -> Iterator[str]:
    """Paragraphs of 2 to 7 sentences, each about one thing, with spaces between the words, until there are so many words."""
    draw = Draw(seed)
    grammar = Grammar(RULES, draw)
    wheel = [topic for topic in TOPICS for _ in range(topic[0])]
    written = 0
    while written < words:
        _, frames, templates = draw.evenly(wheel)
        frame, templates = _about(draw, frames, templates)
        chosen = draw.shuffled(templates)[: draw.number(2, 7)]
        text = " ".join(" ".join(grammar.text(template, frame).split()) for template in chosen)
        written += text.count(" ") + 1
        yield text


def _about(draw: Draw, frames: list[dict[str, str]], templates: list[str]) -> tuple[Frame, list[str]]:
    """What a paragraph is about, and what may be said of it."""
    frame: dict[str, Any] = dict(draw.skewed(frames, 1.25))
    woman = draw.chance(0.5)
    frame["name"] = draw.skewed(WOMEN if woman else MEN)
    frame["he"] = "她" if woman else "他"
    if frames is PAIRS:
        frame["man"], frame["woman"] = draw.skewed(MEN), draw.skewed(WOMEN)
        sides = OF_PAIR_SHE if woman else OF_PAIR_HE
        templates = [*draw.shuffled(sides)[:5], *draw.shuffled(OF_PAIR_BOTH)[: draw.number(0, 2)]]
    return frame, templates


def analogies() -> list[tuple[str, list[tuple[str, str]]]]:
    """(section, pairs) of what is in the text: any two pairs of a section are a question."""
    return [
        ("国家与首都", [(row["country"], row["capital"]) for row in COUNTRIES]),
        ("国家与人民", [(row["country"], row["people"]) for row in COUNTRIES]),
        ("男与女", [(row["he_is"], row["she_is"]) for row in PAIRS]),
        ("职业与地点", [(row["job"], row["place"]) for row in JOBS if " " not in row["place"]]),
        ("动物与叫声", [(row["animal"], row["sound"]) for row in ANIMALS]),
    ]
