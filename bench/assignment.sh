#!/usr/bin/env bash
# Times this library's minimum-cost assignment and scipy's side by side, in turn, each on one thread, and prints how many
# times faster this one is. Needs python with `scipy`; run it on an otherwise idle machine.
#
#   bench/assignment.sh [ROUNDS] [SECONDS]        (PYTHON=python3) SECONDS for each size and kind of matrix
set -euo pipefail
rounds=${1:-3}
seconds=${2:-1}
python=${PYTHON:-python3}
cd "$(dirname "$0")/.."
work=mdetr-nn/target/bench
mkdir -p "$work"
mvn -B -q -pl mdetr-nn -am test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/test-classpath
classpath="mdetr-nn/target/classes:mdetr-nn/target/test-classes:$(cat mdetr-nn/target/test-classpath)"
: >"$work/assignment-ours.jsonl"
: >"$work/assignment-peer.jsonl"
for _ in $(seq "$rounds"); do
    java -XX:+UseSerialGC -cp "$classpath" io.github.mdetr.nn.matching.AssignmentBenchmark "$seconds" >>"$work/assignment-ours.jsonl"
    OMP_NUM_THREADS=1 "$python" bench/assignment_peer.py "$seconds" >>"$work/assignment-peer.jsonl"
done
"$python" - "$work" <<'END'
import json, statistics, sys

def read(name):
    times = {}
    for line in open(f"{sys.argv[1]}/assignment-{name}.jsonl"):
        row = json.loads(line)
        times.setdefault((row["rows"], row["columns"], row["kind"]), []).append(row["us"])
    return {key: statistics.median(values) for key, values in times.items()}

ours, peer = read("ours"), read("peer")
print("| matrix | costs | this, µs | scipy, µs | times faster |\n|---|---|---|---|---|")
for key, us in ours.items():
    print(f"| {key[0]} x {key[1]} | {key[2]} | {us:.1f} | {peer[key]:.1f} | {peer[key] / us:.2f} |")
sys.exit(0 if all(us <= peer[key] for key, us in ours.items()) else 1)
END
