#!/usr/bin/env bash
# Times this tokenizer and Hugging Face's side by side, in turn, each on one thread, on 10,000 distinct captions, and
# prints how many times faster this one is. Needs python with `tokenizers`; run it on an otherwise idle machine.
#
#   bench/tokenizer.sh VOCAB_DIR [ROUNDS]        (PYTHON=python3, PASSES=9)
set -euo pipefail
vocab=$(realpath "${1:?vocabulary directory}")
rounds=${2:-3}
python=${PYTHON:-python3}
cd "$(dirname "$0")/.."
work=mdetr-tokenizer/target/bench
mvn -B -q -pl mdetr-tokenizer test-compile
mvn -B -q -pl mdetr-tokenizer dependency:build-classpath -Dmdep.includeScope=runtime -Dmdep.outputFile=target/bench/classpath
classpath="mdetr-tokenizer/target/classes:mdetr-tokenizer/target/test-classes:$(cat "$work/classpath")"
"$python" bench/tokenizer_captions.py "$vocab/vocab.json" "$work/captions.txt" --seed 1
"$python" bench/tokenizer_captions.py "$vocab/vocab.json" "$work/other.txt" --seed 2
: >"$work/ours.jsonl"
: >"$work/peer.jsonl"
for _ in $(seq "$rounds"); do
    java -XX:+UseSerialGC -cp "$classpath" io.github.mdetr.tokenizer.TokenizerBenchmark \
        "$vocab" "$work/captions.txt" "$work/other.txt" "${PASSES:-9}" "$work/ours.digest" | tee -a "$work/ours.jsonl"
    TOKENIZERS_PARALLELISM=false RAYON_NUM_THREADS=1 "$python" bench/tokenizer_peer.py \
        "$vocab" "$work/captions.txt" "$work/other.txt" --passes "${PASSES:-9}" --check "$work/peer.digest" | tee -a "$work/peer.jsonl"
done
"$python" - "$work" <<'END'
import json, statistics, sys

work = sys.argv[1]
read = lambda name: [json.loads(line) for line in open(f"{work}/{name}.jsonl")]
ours, peer = read("ours"), read("peer")
middle = lambda rows, *path: statistics.median(row[path[0]] if len(path) == 1 else row[path[0]][path[1]] for row in rows)
print("\n| 10,000 captions, one thread | this, ms | tokenizers, ms | times faster |\n|---|---|---|---|")
line = lambda what, a, b: print(f"| {what} | {a:.1f} | {b:.1f} | {b / a:.1f} |")
line("first pass of the process, encode_batch", middle(ours, "process"), middle(peer, "process"))
for way in ("encode_batch", "encode", "encode_batch_fast"):
    note = " (no spans)" if way == "encode_batch_fast" else ""
    for state in ("cold", "warm"):
        line(f"{state}, {way}{note}", middle(ours, state), middle(peer, way, state))
same = open(f"{work}/ours.digest").read() == open(f"{work}/peer.digest").read()
print("all ids and spans equal:", same)
sys.exit(0 if same else 1)
END
