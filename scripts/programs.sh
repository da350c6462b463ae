#!/bin/sh
# Programs that the tests use: Chromium for the studio, eSpeak NG for speech. Installs them where that
# is ours to do; else says what is missing.
set -eu

has() {
    for name in "$@"; do
        if command -v "$name" >/dev/null 2>&1; then
            return 0
        fi
    done
    return 1
}

missing=""
has chromium chromium-browser google-chrome || missing="$missing chromium fonts-noto-cjk"
has espeak-ng || missing="$missing espeak-ng"
test -n "$missing" || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing what the tests need:$missing"
    mkdir -p .setup
    # shellcheck disable=SC2086 # Names of packages, one word each.
    if apt-get update >.setup/programs.log 2>&1 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing \
            >>.setup/programs.log 2>&1; then
        exit 0
    fi
    tail -n 15 .setup/programs.log >&2
fi
echo "note: not here, and some tests will fail without: (apt install$missing)" >&2
