"""Times Hugging Face `tokenizers` on captions, on one thread: one line of JSON.

    TOKENIZERS_PARALLELISM=false RAYON_NUM_THREADS=1 python bench/tokenizer_peer.py VOCAB_DIR CAPTIONS OTHER_CAPTIONS
        [--passes 9] [--check OUT]

Keys as in TokenizerBenchmark, in milliseconds for all captions: `process` is the first pass of the process, `cold` the
first pass of a new tokenizer after others were used (its word cache is empty), `warm` the median of further passes.
Each is given for `encode_batch` (all in one call), `encode` (one by one), and `encode_batch_fast`, which leaves out
the character spans. The Java side always computes spans.
"""

import argparse
import hashlib
import json
import os
import statistics
import struct
import time

assert os.environ.get("TOKENIZERS_PARALLELISM") == "false" and os.environ.get("RAYON_NUM_THREADS") == "1"

from tokenizers import Tokenizer, __version__, decoders, models, pre_tokenizers, processors

p = argparse.ArgumentParser()
p.add_argument("vocab")
p.add_argument("captions")
p.add_argument("other")
p.add_argument("--passes", type=int, default=9)
p.add_argument("--check")
a = p.parse_args()


def load():
    t = Tokenizer(models.BPE.from_file(f"{a.vocab}/vocab.json", f"{a.vocab}/merges.txt"))
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    t.post_processor = processors.RobertaProcessing(("</s>", t.token_to_id("</s>")), ("<s>", t.token_to_id("<s>")), trim_offsets=True, add_prefix_space=False)
    return t


def read(path):
    return open(path, encoding="utf-8", newline="\n").read().splitlines()


def milliseconds(f):
    start = time.perf_counter()
    f()
    return (time.perf_counter() - start) * 1000


WAYS = {
    "encode_batch": lambda t, texts: t.encode_batch(texts),
    "encode": lambda t, texts: [t.encode(x) for x in texts],
    "encode_batch_fast": lambda t, texts: t.encode_batch_fast(texts),
}
captions, other = read(a.captions), read(a.other)
result = {"library": f"tokenizers {__version__}", "captions": len(captions)}
result["load"] = milliseconds(load)
t = load()
result["process"] = milliseconds(lambda: t.encode_batch(captions))
for name, way in WAYS.items():
    cold, warm = [], []
    for _ in range(a.passes):
        way(t, other)
        t = load()
        cold.append(milliseconds(lambda: way(t, captions)))
        warm.append(milliseconds(lambda: way(t, captions)))
    result[name] = {"cold": round(statistics.median(cold), 2), "warm": round(statistics.median(warm), 2)}
if a.check:
    digest = hashlib.sha256()
    for e in t.encode_batch(captions):
        for i, (start, end) in zip(e.ids, e.offsets):
            digest.update(struct.pack(">iii", i, start, end))
    open(a.check, "w").write(digest.hexdigest())
print(json.dumps(result))
