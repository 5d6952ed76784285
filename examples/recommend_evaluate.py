"""Is it any good? Held-out next items, baselines, intervals; settings chosen without looking at what is held out."""

import random

import tokenspace as ts
from tokenspace.recommend import CoOccurrence, Popularity, SessionKNN, evaluate, split_last, tune

# Visits that walk along a path of pages, sometimes jumping: the next page can be guessed, not known.
draw = random.Random(3)
visits = []
for _ in range(500):
    page = draw.randrange(60)
    visit = [f"page {page}"]
    for _ in range(draw.randint(3, 8)):
        page = (page + 1) % 60 if draw.random() < 0.8 else draw.randrange(60)
        visit.append(f"page {page}")
    visits.append(visit)

split = split_last(ts.recommend.Sessions.of(visits))  # the last page of each visit is asked for
base = ts.Recommender(vector_size=16, epochs=10, sample=0, workers=1)
found = tune(split, space={"window": (1, 3, 8), "half_life": (0.5, 3.0)}, method="grid", recommender=base)
print(found.to_text())

best = ts.Recommender(vector_size=16, epochs=10, sample=0, workers=1, **found.best)
measured = evaluate([best, Popularity(), CoOccurrence(), SessionKNN()], split, k=5)
print(measured.to_text())
assert measured.row("item2vec", 5).metrics["hit_rate"].low > measured.row("popularity", 5).metrics["hit_rate"].high
