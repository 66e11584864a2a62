#!/usr/bin/env bash
# Resident memory over 200 predictions of 200 different sizes and caption lengths, from two threads; fails when it grows
# by more than 3 % after the fiftieth. The heap has one size and is touched at the start: what grows is native memory.
#
#   bench/memory.sh CHECKPOINT VOCABULARY [COUNT] [SMALLEST] [LARGEST]        sides of the images in pixels (JAVA_OPTS=)
set -euo pipefail
checkpoint=$(realpath "${1:?checkpoint}")
vocabulary=$(realpath "${2:?vocabulary directory}")
cd "$(dirname "$0")/.."
mvn -B -q -pl mdetr-nn -am test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/test-classpath
classpath="mdetr-nn/target/classes:mdetr-nn/target/test-classes:$(cat mdetr-nn/target/test-classpath)"
exec java -Xms256m -Xmx256m -XX:+AlwaysPreTouch ${JAVA_OPTS:-} -cp "$classpath" io.github.mdetr.nn.pipeline.MemorySoak \
    "$checkpoint" "$vocabulary" "${3:-200}" "${4:-400}" "${5:-1066}"
