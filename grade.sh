#!/usr/bin/env bash
# Grades this working tree's raft/ and kvraft/, or the reference: ./grade.sh --help.
# The manual is tests/grade/doc.go.
set -eu
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Not go run: that ends with status 1 whatever the program's status is.
go build -C "$tree" -o "$scratch/grade" ./tests/cmd/grade || exit 2

# In the background, so that a signal to this script reaches the grader, which
# then ends its cases. A grader that has ended by then needs no signal.
"$scratch/grade" --tree "$tree" "$@" &
grader=$!
trap 'kill -TERM "$grader" 2>/dev/null || true' INT TERM HUP
status=0
wait "$grader" || status=$?
while kill -0 "$grader" 2>/dev/null; do
    status=0
    wait "$grader" || status=$?
done
exit "$status"
