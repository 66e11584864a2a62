"""Writes distinct captions to time tokenizers on, the same at every run.

    python bench/tokenizer_captions.py VOCAB_JSON OUT [--count 10000] [--seed 1]

Words come from the vocabulary itself, in which they are ordered by frequency, drawn by Zipf's law; some are capital,
hyphenated, numbers, unknown (two words run together), or not English, and captions have punctuation.
"""

import argparse
import json
import random
import re

p = argparse.ArgumentParser()
p.add_argument("vocab")
p.add_argument("out")
p.add_argument("--count", type=int, default=10_000)
p.add_argument("--seed", type=int, default=1)
a = p.parse_args()

vocab = json.load(open(a.vocab, encoding="utf-8"))
words = [t[1:] for t, _ in sorted(vocab.items(), key=lambda item: item[1]) if re.fullmatch("Ġ[a-z]{1,20}", t)]
weights = [1 / (rank + 10) for rank in range(len(words))]
foreign = ["café", "naïve", "Köln", "東京", "🚲", "👩‍👧", "señor", "—", "“here”", "½"]
rng = random.Random(a.seed)


def word():
    kind = rng.random()
    w = rng.choices(words, weights)[0]
    if kind < 0.04:
        return w.capitalize()
    if kind < 0.06:
        return w + "-" + rng.choice(words)
    if kind < 0.09:
        return str(rng.randrange(2000))
    if kind < 0.12:
        return w + rng.choice(words)
    if kind < 0.13:
        return rng.choice(foreign)
    if kind < 0.15:
        return w + "'s"
    return w


captions = {}
while len(captions) < a.count:
    caption = ""
    for _ in range(rng.randint(5, 20)):
        caption += (" " if caption else "") + word() + ("," if rng.random() < 0.08 else "")
    captions[caption.rstrip(",") + rng.choice([".", ".", "", "?", " ."])] = None
with open(a.out, "w", encoding="utf-8", newline="\n") as f:
    f.write("\n".join(captions) + "\n")
print(len(captions), "captions,", sum(map(len, captions)), "characters,", len({w for c in captions for w in c.split()}), "distinct words")
