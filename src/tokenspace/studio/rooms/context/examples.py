"""Words with several senses in sentences written for this room, in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["EXAMPLES", "PAIRS", "TEXTS", "Example", "TextSet"]


Language: TypeAlias = Literal["en", "zh"]


@dataclass(frozen=True)
class Example:
    """A word and its sentences by sense.

    name: of the example in requests. language: "en" or "zh". word: what to look for. senses: label -> sentences.
    """

    name: str
    language: Language
    word: str
    senses: dict[str, tuple[str, ...]]

    @property
    def sentences(self) -> list[str]:
        """All of them, sense after sense."""
        return [text for texts in self.senses.values() for text in texts]

    @property
    def labels(self) -> list[str]:
        """The sense of each sentence."""
        return [label for label, texts in self.senses.items() for _ in texts]


@dataclass(frozen=True)
class TextSet:
    """Texts to be compared as wholes, and a question to them."""

    name: str
    language: Language
    texts: tuple[str, ...]
    query: str


EXAMPLES = (
    Example(
        "bank",
        "en",
        "bank",
        {
            "river": (
                "The children skipped stones from the bank of the river.",
                "A heron stood motionless on the muddy bank.",
                "Willows lean over the bank where the stream bends.",
                "Our canoe drifted towards the far bank of the lake.",
                "The flood washed away part of the eastern bank.",
                "They spread a blanket on the grassy bank and watched the water.",
            ),
            "money": (
                "The bank refused to lend us the money for a house.",
                "Her wages are paid into the bank on the last Friday of the month.",
                "Two bank clerks counted the notes behind the glass.",
                "Every bank in town raised its fees this spring.",
                "He asked the bank to close his savings account.",
                "The regulator fined the bank for hiding its losses.",
            ),
        },
    ),
    Example(
        "spring",
        "en",
        "spring",
        {
            "season": (
                "The cherry trees blossom early in spring.",
                "Last spring was the wettest for ten years.",
                "Farmers sow barley as soon as spring arrives.",
                "By spring the snow had melted from the valley.",
                "The festival is held every spring in the old town.",
            ),
            "coil": (
                "The metal spring inside the pen has snapped.",
                "A tight spring pushes the valve back into place.",
                "He replaced the broken spring of the garage door.",
                "The clock stops when its spring is fully unwound.",
                "Each spring in the mattress is wrapped in cloth.",
            ),
            "water": (
                "Cold water bubbles from a spring under the rocks.",
                "The monks drank from a spring behind the chapel.",
                "A hot spring feeds the baths of the village.",
                "The path leads to a hidden spring in the forest.",
                "Shepherds filled their bottles at the mountain spring.",
            ),
        },
    ),
    Example(
        "light",
        "en",
        "light",
        {
            "lamp": (
                "Please turn off the light before you leave.",
                "A single light burned in the kitchen window.",
                "The light in the corridor flickers at night.",
                "She switched on the light and looked for her keys.",
                "The light above the stairs needs a new bulb.",
            ),
            "weight": (
                "The tent is light enough to carry all day.",
                "Pack a light bag with only what you need.",
                "The new frame is strong and surprisingly light.",
                "He lifted the light box with one hand.",
                "A light jacket will do for this weather.",
            ),
        },
    ),
    Example(
        "苹果",
        "zh",
        "苹果",
        {
            "水果": (
                "妈妈把苹果削好皮切成了小块。",
                "院子里的苹果树今年结了很多果子。",
                "这种苹果又脆又甜，汁水很多。",
                "他每天早餐后都要吃一个苹果。",
                "奶奶用熟透的苹果做了一锅果酱。",
            ),
            "公司": (
                "苹果昨天公布了上个季度的营收。",
                "苹果的新手机下周开始预售。",
                "这位工程师从苹果辞职后自己创业。",
                "苹果要求供应商降低零件的价格。",
                "投资者担心苹果的股价会继续下跌。",
            ),
        },
    ),
    Example(
        "杜鹃",
        "zh",
        "杜鹃",
        {
            "花": (
                "山坡上的杜鹃开得一片火红。",
                "她在阳台上种了几盆粉色的杜鹃。",
                "杜鹃喜欢酸性的土壤和湿润的空气。",
                "四月的公园里到处是盛开的杜鹃。",
                "园丁正在给杜鹃修剪枝叶。",
            ),
            "鸟": (
                "杜鹃把蛋下在别的鸟的巢里。",
                "清晨的树林里传来杜鹃的叫声。",
                "一只杜鹃从稻田上空飞过。",
                "杜鹃的幼鸟很快就学会了飞行。",
                "他用望远镜观察树梢上的杜鹃。",
            ),
        },
    ),
    Example(
        "包袱",
        "zh",
        "包袱",
        {
            "行李": (
                "老人背着一个蓝布包袱上了火车。",
                "她把几件旧衣服打成一个包袱。",
                "桌上放着一个系得紧紧的包袱。",
                "他解开包袱，拿出两个馒头。",
            ),
            "负担": (
                "放下思想包袱，你才能轻松上场。",
                "沉重的债务成了这家工厂的包袱。",
                "他把过去的荣誉当成了包袱。",
                "不要让一次失败变成心里的包袱。",
            ),
        },
    ),
)

PAIRS: tuple[tuple[Language, str, str], ...] = (
    ("en", "The bank approved my mortgage yesterday.", "My home loan was granted by the bank."),
    ("en", "A dog chased the cat up a tree.", "The kitten fled from the puppy and climbed an oak."),
    ("zh", "这家餐厅的面条很好吃。", "那个饭馆做的面味道不错。"),
    ("zh", "他昨天买了一台新电脑。", "昨天他购买了新的笔记本电脑。"),
)

TEXTS = (
    TextSet(
        "help desk",
        "en",
        (
            "How do I reset my password?",
            "I forgot the code to log in to my account.",
            "The parcel has not arrived yet.",
            "When will my order be delivered?",
            "I would like my money back for this jacket.",
            "Can I return shoes that do not fit?",
            "The app closes as soon as I open it.",
            "Your program crashes on my phone.",
            "Do you have a shop in Lisbon?",
            "Where is your nearest store?",
        ),
        "My package is late",
    ),
    TextSet(
        "客服问题",
        "zh",
        (
            "怎么重置我的登录密码？",
            "我忘记了账号的密码。",
            "我的包裹还没有送到。",
            "订单什么时候可以发货？",
            "这件外套可以退款吗？",
            "鞋子不合脚能不能退货？",
            "应用一打开就闪退。",
            "你们的程序在我的手机上崩溃了。",
        ),
        "快递太慢了",
    ),
)
