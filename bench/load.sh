#!/usr/bin/env bash
# Two hours of detection from four threads with random sizes, captions and batches and one bad call in twenty, under a cap on
# tensors; fails on any unexpected error, on a result that differs from a single thread's, and on a growing resident set.
#
#   bench/load.sh CHECKPOINT VOCABULARY [MINUTES] [SMALLEST] [LARGEST]        sides of the images in pixels (JAVA_OPTS=)
set -euo pipefail
checkpoint=$(realpath "${1:?checkpoint}")
vocabulary=$(realpath "${2:?vocabulary directory}")
cd "$(dirname "$0")/.."
mvn -B -q -pl mdetr-nn -am test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/test-classpath
classpath="mdetr-nn/target/classes:mdetr-nn/target/test-classes:$(cat mdetr-nn/target/test-classpath)"
exec java -Xms512m -Xmx512m -XX:+AlwaysPreTouch -Dmdetr.memory.cap=3g ${JAVA_OPTS:-} -cp "$classpath" \
    io.github.mdetr.nn.pipeline.LoadSoak "$checkpoint" "$vocabulary" "${3:-120}" "${4:-128}" "${5:-640}"
