#!/bin/sh
# Runs the tests and says how many were left out because they need a GPU.
set -u

mkdir -p .setup
# torch's idle threads would otherwise spin beside the tests' own processes.
export OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=0

{
    # Two files at a time: most of the slow ones wait for processes of their own.
    .venv/bin/python -m pytest -n 2 --dist loadfile "$@"
    echo $? >.setup/test.status
} | tee .setup/test.log

left_out=$(sed -n 's/.*[ ,]\([0-9][0-9]*\) deselected.*/\1/p' .setup/test.log | tail -n 1)
echo "left out: ${left_out:-0} tests marked gpu (they need a GPU or real weights)"
exit "$(cat .setup/test.status)"
