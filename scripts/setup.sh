#!/bin/sh
# Installs one layer into .venv: light (the service), engine (torch), test or check.
# What pip says goes to .setup/NAME.log and is shown if it fails.
set -eu

layer=$1
mkdir -p .setup
log=.setup/$layer.log

fail() {
    echo "error: $1" >&2
    exit 1
}

# The first Python that is new enough; PYTHON=... is asked before all others.
find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

make_venv() {
    python=$(find_python) || fail "Mutoscope needs Python 3.11 or newer, and none was found.
  fix: install one, or name it: make setup PYTHON=/path/to/python3.12"
    echo "making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv >"$log" 2>&1 || {
        rm -rf .venv
        tail -n 5 "$log" >&2
        fail "$python can't make a virtual environment.
  fix: on Debian and Ubuntu, apt install python3-venv"
    }
}

# A .venv that was moved or whose Python is gone does not run: make another.
works() {
    [ -x .venv/bin/python ] && .venv/bin/python -c '
import pathlib, sys
sys.exit(sys.version_info < (3, 11) or pathlib.Path(sys.prefix).resolve() != pathlib.Path(".venv").resolve())
' 2>/dev/null && .venv/bin/python -m pip --version >/dev/null 2>&1
}

install() {
    started=$(date +%s)
    echo "installing $layer: $*"
    .venv/bin/python -m pip install --disable-pip-version-check --no-input "$@" >"$log" 2>&1 || {
        tail -n 25 "$log" >&2
        fail "pip could not install $* (all it said is in $log)"
    }
    echo "  done in $(($(date +%s) - started)) s"
}

works || make_venv

case $layer in
    light) install --editable . ;;
    engine)
        # First alone, and as it was asked for: resolved along with the rest, pip may take another build.
        install "$TORCH"
        install --editable '.[engine]'
        ;;
    test | check) install --editable ".[$layer]" ;;
    *) fail "unknown layer $layer" ;;
esac

date >".setup/$layer.stamp"
