#!/usr/bin/env bash
# Builds and runs small projects that depend on one module each, as a user's would, against what this checkout makes.
# The modules are staged in a folder repository below target; nothing of them stays in the user's Maven repository.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
stage=$root/target/consumer-repository
local_repository=$(mvn -q -B help:evaluate -Dexpression=settings.localRepository -DforceStdout)
ours=$local_repository/io/github/mdetr
if [ -e "$ours" ]; then
    echo "consumer-tests: $ours is there already: remove it, so that the tests see this checkout's modules" >&2
    exit 2
fi
trap 'rm -rf "$ours"' EXIT
rm -rf "$stage"
mvn -q -B -ntp -pl mdetr-nn -am deploy -DskipTests -Dspotless.check.skip=true \
    "-DaltDeploymentRepository=stage::file://$stage"
for project in tokenizer core nn; do
    mvn -B -ntp -q -f "consumer-tests/$project/pom.xml" clean test "-Dmdetr.stage=file://$stage"
    echo "consumer of mdetr-$project: ok"
done
