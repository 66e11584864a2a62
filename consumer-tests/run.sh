#!/usr/bin/env bash
# Builds and runs small projects that depend on one module each, as a user's would, against what this checkout makes.
# The modules are staged in a folder below target, and the projects have a local repository of their own there, so that
# nothing of either comes into the user's.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$PWD/target/consumers
mkdir -p "$work"

case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) platform=linux-x86_64 ;;
    Linux-aarch64 | Linux-arm64) platform=linux-arm64 ;;
    Darwin-x86_64) platform=macosx-x86_64 ;;
    Darwin-arm64) platform=macosx-arm64 ;;
    *)
        echo "consumer-tests: no native libraries for $(uname -s) on $(uname -m)" >&2
        exit 2
        ;;
esac

# Tests were compiled and run before; consumers get neither.
mvn -B -q -ntp -pl mdetr-nn -am package -Dmaven.test.skip=true -Dspotless.check.skip=true

# A repository is a folder of files; Maven's own deployment would also leave them in the user's.
version=$(sed -n 's|.*<mdetr.version>\(.*\)</mdetr.version>.*|\1|p' consumer-tests/nn/pom.xml)
rm -rf "$work/stage" "$work/repository/io/github/mdetr"
for module in mdetr-parent mdetr-tokenizer mdetr-core mdetr-nn; do
    to=$work/stage/io/github/mdetr/$module/$version
    mkdir -p "$to"
    if [ "$module" = mdetr-parent ]; then
        cp pom.xml "$to/$module-$version.pom"
    else
        cp "$module/pom.xml" "$to/$module-$version.pom"
        cp "$module/target/$module-$version.jar" "$to/"
    fi
done

have=$(mvn -B -q help:evaluate -Dexpression=settings.localRepository -DforceStdout)
mvn -B -q -ntp -f consumer-tests/pom.xml -gs consumer-tests/settings.xml "-Dmaven.repo.local=$work/repository" \
    "-Dmdetr.stage=$work/stage" "-Dmdetr.have=$have" "-Dplatform=$platform" clean test
echo "consumers of mdetr-tokenizer, mdetr-core and mdetr-nn: ok"
