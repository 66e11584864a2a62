#!/usr/bin/env bash
# Kills trainings of a tiny model at random moments (SIGKILL): while they begin, resume, train, and write. After each kill all
# files of the run are compared with their checksums, and each run is resumed to its end, which must be the same bytes as that
# of a run that nobody disturbed. Prints what was killed when; fails on a damaged file, a differing end or an error.
#
#   bench/kill_soak.sh [KILLS] [THREADS] [SEED]        1000 kills, 2 runs at a time, seed 1 by default; Linux and macOS
set -euo pipefail
cd "$(dirname "$0")/.."
mvn -B -q -ntp -pl mdetr-examples -am test-compile dependency:build-classpath -Dmdep.includeScope=test \
    -Dmdep.outputFile=target/test-classpath
cd mdetr-examples # paths of fixtures are relative to the module
exec java -Xmx256m -cp "target/classes:target/test-classes:$(cat target/test-classpath)" \
    io.github.mdetr.examples.cli.KillSoak "${1:-1000}" "${2:-2}" "${3:-1}"
