#!/bin/sh
# Runs the tests and says how many were left out because they need a GPU.
set -u

mkdir -p .setup
# torch's idle threads would otherwise spin beside the tests' own processes.
export OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=0

{
    # Two files at a time: most of the slow ones wait for processes of their own. Files in their order,
    # not those of many tests first: the longest have one, and would be left for the end.
    .venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder "$@"
    echo $? >.setup/test.status
} | tee .setup/test.log

# pytest does not count what it leaves out when files run side by side.
left_out=$(.venv/bin/python -m pytest --collect-only -q -m gpu tests/gpu 2>/dev/null |
    awk -F': ' '/::/ { n += 1 } NF == 2 && $2 ~ /^[0-9]+$/ { n += $2 } END { print n + 0 }')
echo "left out: $left_out tests marked gpu (they need a GPU or real weights)"
exit "$(cat .setup/test.status)"
