#!/bin/sh
# Trains the small model on eight photographs until it knows them, and checks that it does: the loss at 2 % of its start or
# less, the IoU of every object at 0.9 or more through the saved weights. See docs/training.md.
#   overfit.sh RUN [IMAGES]   RUN: a folder to make; IMAGES: where the photographs lie, ../shared/data/images by default
# Exit codes: 0 it learned them, 1 it did not, 77 skipped for lack of the photographs.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
run=${1:?expected a folder to make: overfit.sh RUN [IMAGES]}
images=${2:-$root/../shared/data/images}
data=$root/docs/overfit/annotations.json

if [ ! -d "$images" ]; then
    printf 'skipped: no photographs in %s; give their folder\n' "$images"
    exit 77
fi

mkdir -p "$run"
"$root/mdetr" check-data "$data" --images "$images"
"$root/mdetr" train-tokenizer "$data" --size 1000 --min-frequency 1 --out "$run/words"
"$root/mdetr" train --data "$data" --images "$images" --vocabulary "$run/words" --run "$run/training" \
    --augment none --size 160 --batch 8 --maps uniform --rate 5e-4 --clip 1 --steps 1500 --log-every 1
code=0
"$root/mdetr" evaluate-data "$data" --images "$images" --weights "$run/training/last.safetensors" \
    --vocab "$run/training/vocabulary" --at-least 0.9 --annotate "$run/boxes.png" || code=$?
sed -n 's/.*"train\/loss":\([0-9.Ee+-]*\).*/\1/p' "$run/training/log.jsonl" | awk '
    NR == 1 { first = $1 }
    { last = $1 }
    END {
        if (NR == 0 || !(first > 0)) { print "loss     not logged"; exit 1 }
        printf "loss     %.3f at first, %.4f at last: %.2f %%\n", first, last, 100 * last / first
        exit !(last <= 0.02 * first)
    }' || code=1
exit "$code"
