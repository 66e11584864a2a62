#!/usr/bin/env bash
# Resident memory of a training, sampled every ten seconds; fails when it grows by 20 MiB an hour or more (least squares over
# what follows the first ten minutes, in which caches and the heap fill).
#
#   bench/training_memory.sh RUN [MINUTES] [OPTION…]     RUN: a folder to make; MINUTES: 70 by default, more than 10;
#                                                        OPTIONs of mdetr train, by default to go on from models/world-small
# Its samples are in RUN.tsv: seconds since the start, KiB. Linux only.
set -euo pipefail
case ${1:-} in
    '' | -*)
        echo "expected a folder to make: bench/training_memory.sh RUN [MINUTES] [OPTION…]" >&2
        exit 2
        ;;
esac
run=$(realpath -m "$1")
minutes=${2:-70}
shift $(($# < 2 ? $# : 2))
case $minutes in
    '' | *[!0-9]*) minutes=0 ;;
esac
if [ "$minutes" -le 10 ]; then
    echo "MINUTES: expected a whole number above 10, for the first ten are left out" >&2
    exit 2
fi
if [ -e "$run" ] || [ -e "$run.tsv" ]; then
    echo "$run, $run.tsv: expected names that nothing has" >&2
    exit 2
fi
root=$(realpath "$(dirname "$0")/..")
if [ $# -eq 0 ]; then
    set -- --world --weights "$root/models/world-small/model.safetensors" --seed 3 --curriculum 1 --captions 4 --batch 8
fi

"$root/mdetr" --version >/dev/null # builds, so that what is started is the training itself
"$root/mdetr" train "$@" --run "$run" &
training=$!
trap 'kill "$training" 2>/dev/null || true' EXIT
start=$SECONDS
while [ $((SECONDS - start)) -lt $((minutes * 60)) ]; do
    sleep 10
    kib=$(awk '/^VmRSS/ { print $2 }' "/proc/$training/status" 2>/dev/null) || kib=
    if [ -z "$kib" ]; then
        echo "the training ended before its time" >&2
        exit 2
    fi
    printf '%d\t%d\n' $((SECONDS - start)) "$kib" >>"$run.tsv"
done
kill -TERM "$training"
wait "$training" || true
trap - EXIT

awk '
    $1 >= 600 {
        n++; x = $1 / 3600; y = $2 / 1024
        sx += x; sy += y; sxx += x * x; sxy += x * y
        if (n == 1 || y < low) low = y
        if (n == 1 || y > high) high = y
    }
    END {
        slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
        printf "%.0f to %.0f MiB, %+.1f MiB an hour over %d samples\n", low, high, slope, n
        exit slope >= 20
    }' "$run.tsv"
