#!/bin/sh
# The studio's tests drive Chromium. Installs it where that is ours to do; else says what is missing.
set -eu

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing Chromium for the studio's tests"
    mkdir -p .setup
    if apt-get update >.setup/browser.log 2>&1 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-noto-cjk \
            >>.setup/browser.log 2>&1; then
        exit 0
    fi
    tail -n 15 .setup/browser.log >&2
fi
echo "note: there is no Chromium here; the studio's tests need it (apt install chromium)" >&2
