"""Short texts, written for this project, that the report card tries when it looks for known weaknesses (T14)."""

from __future__ import annotations

CASE_WORDS = (
    "hello", "world", "machine", "learning", "language", "water", "history", "important", "government", "computer",
    "question", "children", "morning", "science", "yesterday", "beautiful", "market", "software", "together", "energy",
)  # fmt: skip

NUMBERS = ("7", "42", "99", "381", "870", "871", "2024", "3000", "3100", "3500", "4500", "12345", "1000000", "3.14159")

# (prompt, the word that follows it): a prompt ending in a space should be a beginning of the full text's tokens.
PROMPTS = (
    ("once upon a ", "time"),
    ("the capital of France is ", "Paris"),
    ("Q: What is two plus two? A: ", "four"),
    ("Dear ", "Sarah"),
    ("def main() -> ", "None"),
    ("I would like a cup of ", "tea"),
)

EMOJI = ("🎵", "😀", "👍🏽", "👩‍👩‍👧", "🇫🇷", "❤️", "🚀", "🧑🏿‍🚀", "1️⃣", "🫠")

# One sentence of the same meaning: "Today the weather is good and the children are playing in the garden."
PARALLEL = {
    "English": "Today the weather is good and the children are playing in the garden.",
    "French": "Aujourd'hui il fait beau et les enfants jouent dans le jardin.",
    "German": "Heute ist das Wetter schön und die Kinder spielen im Garten.",
    "Spanish": "Hoy hace buen tiempo y los niños juegan en el jardín.",
    "Portuguese": "Hoje o tempo está bom e as crianças estão brincando no jardim.",
    "Italian": "Oggi il tempo è bello e i bambini giocano in giardino.",
    "Vietnamese": "Hôm nay thời tiết đẹp và bọn trẻ đang chơi trong vườn.",
    "Turkish": "Bugün hava güzel ve çocuklar bahçede oynuyor.",
    "Russian": "Сегодня хорошая погода, и дети играют в саду.",
    "Ukrainian": "Сьогодні гарна погода, і діти граються в саду.",
    "Greek": "Σήμερα ο καιρός είναι καλός και τα παιδιά παίζουν στον κήπο.",
    "Arabic": "الطقس جميل اليوم والأطفال يلعبون في الحديقة.",
    "Persian": "امروز هوا خوب است و بچه‌ها در باغ بازی می‌کنند.",
    "Hebrew": "היום מזג האוויר יפה והילדים משחקים בגן.",
    "Hindi": "आज मौसम अच्छा है और बच्चे बगीचे में खेल रहे हैं।",
    "Bengali": "আজ আবহাওয়া ভালো এবং শিশুরা বাগানে খেলছে।",
    "Tamil": "இன்று வானிலை நன்றாக உள்ளது, குழந்தைகள் தோட்டத்தில் விளையாடுகிறார்கள்.",
    "Thai": "วันนี้อากาศดีและเด็ก ๆ กำลังเล่นอยู่ในสวน",
    "Chinese": "今天天气很好，孩子们在花园里玩。",
    "Japanese": "今日は天気が良く、子供たちは庭で遊んでいます。",
    "Korean": "오늘은 날씨가 좋고 아이들이 정원에서 놀고 있습니다.",
}
# Written without spaces between words: tokens a word cannot be counted by splitting.
UNSPACED = frozenset({"Thai", "Chinese", "Japanese"})

CODE = """class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def transfer(self, other, amount):
        if amount > 0:
            if amount <= self.balance:
                self.balance -= amount
                other.balance += amount
                for listener in self.listeners:
                    if listener.active:
                        listener.notify(self, amount)
            else:
                raise ValueError("not enough")
        return self.balance
"""
