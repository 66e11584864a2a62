#!/usr/bin/env bash
# Searches with every fuzz test in turn, or with those named, for so long each (20m unless told), and prints what came of it:
#   bench/fuzz.sh [-t TIME] [CLASS#METHOD]…
# A find is kept under the module's src/test/resources/…/CLASSInputs/METHOD, where the usual build reads it for ever after.
set -uo pipefail
cd "$(dirname "$0")/.."
time=20m
if [[ ${1:-} == -t ]]; then
  time=${2:?"-t needs a time, such as 20m or 90s"}
  shift 2
fi
status=0
logs=$(mktemp -d)
mvn -B -q -DskipTests test-compile || exit 1
for file in $(grep -rl --include='*FuzzTest.java' '@FuzzTest' mdetr-*/src/test/java | sort); do
  module=${file%%/*}
  class=$(basename "$file" .java)
  for method in $(grep -A1 '@FuzzTest' "$file" | grep -oE 'void \w+' | cut -d' ' -f2); do
    test="$class#$method"
    [[ $# -gt 0 && " $* " != *" $test "* && " $* " != *" $class "* ]] && continue
    log="$logs/$class.$method.log"
    mvn -B -Pfuzz -Dfuzz.time="$time" -pl "$module" -am test -Dtest="$test" -Dsurefire.failIfNoSpecifiedTests=false \
      >"$log" 2>&1 && found=none || { found="see $log"; status=1; }
    runs=$(grep -oE 'Done [0-9]+ runs in [0-9]+ second' "$log" | tail -1)
    coverage=$(grep -oE 'cov: [0-9]+ ft: [0-9]+ corp: [0-9]+' "$log" | tail -1)
    printf '%-44s %s; %s; finds: %s\n' "$test" "${runs:-no runs}" "${coverage:-no coverage}" "$found"
    [[ $found == none ]] && rm -f "$log"
  done
done
exit $status
