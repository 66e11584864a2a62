#!/usr/bin/env bash
# Two hours of honest and hostile requests from 16 clients to the service in a process of its own; fails unless 999 of 1000 honest
# ones have the answer of a quiet service within a minute, the resident set stays, the log is bounded, and SIGTERM ends it in time.
#
#   bench/service_soak.sh WEIGHTS VOCAB [MINUTES]        builds mdetr.jar; MDETR_JAR=FILE takes one that is there
set -euo pipefail
weights=$(realpath "${1:?weights}")
vocabulary=$(realpath "${2:?vocabulary directory}")
cd "$(dirname "$0")/.."
goal=package
if [ -n "${MDETR_JAR:-}" ]; then
    goal=test-compile
fi
mvn -B -q -ntp -DskipTests -pl mdetr-examples -am "$goal" dependency:build-classpath -Dmdep.includeScope=test \
    -Dmdep.outputFile=target/test-classpath
classpath="mdetr-examples/target/classes:mdetr-examples/target/test-classes:$(cat mdetr-examples/target/test-classpath)"
exec java -Xmx512m -cp "$classpath" io.github.mdetr.examples.server.ServiceSoak \
    "${MDETR_JAR:-mdetr-examples/target/mdetr.jar}" "$weights" "$vocabulary" "${3:-120}"
