"""Events of a shop: views, carts and purchases weigh differently; recency, popularity, what must not be shown, reasons."""

import csv
import random

import tokenspace as ts

draw = random.Random(2)
KINDS = {"tea": ["kettle", "teapot", "cup", "oolong", "sencha"], "bike": ["pump", "tube", "bell", "lamp", "lock"]}
rows = []
for user in range(300):
    kind = draw.choice(list(KINDS))
    for step in range(draw.randint(2, 6)):
        item = draw.choice(KINDS[kind])
        rows.append(
            (f"user {user}", item, 1_700_000_000 + user * 60 + step, draw.choice(["view", "view", "cart", "buy"]))
        )
draw.shuffle(rows)
with open("events.csv", "w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file)
    writer.writerow(["user", "item", "time", "event"])
    writer.writerows(rows)

weights = {"view": 1, "cart": 3, "buy": 10}
sessions = ts.recommend.read_sessions("events.csv", event_weights=weights)  # put together by user, sorted by time
print(sessions, sessions["user 7"])
# Ten items: all are frequent, so nothing is thinned out (sample=0).
recommender = ts.Recommender.from_sessions(
    sessions, event_weights=weights, sample=0, vector_size=8, epochs=20, workers=1
)

# A user's history; then one given by hand, with events.
print([one.item for one in recommender.recommend(sessions["user 7"], k=3)])
mixed = [("kettle", "buy"), ("pump", "view")]
bought = recommender.recommend(mixed, k=3, half_life=None)
assert {one.item for one in bought} <= set(KINDS["tea"])  # the purchase weighs ten views
recent = recommender.recommend(["kettle", "teapot", "pump"], k=3, half_life=0.2)
assert {one.item for one in recent} <= set(KINDS["bike"])  # the last event outweighs the others

for reason in recommender.explain(mixed, bought[0].item):
    print(f"{bought[0].item}: {reason.item} {reason.share:+.3f}")
print(
    [
        one.item
        for one in recommender.recommend(mixed, k=3, exclude=["sencha"], candidates=KINDS["tea"], popularity=-0.5)
    ]
)

# Tomorrow's events bring a new item.
recommender.update([["kettle", "matcha", "cup"], ["matcha", "teapot"]] * 10)
assert "matcha" in recommender
