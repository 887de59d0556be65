#!/usr/bin/env bash
# Grades this working tree's raft/, or the reference: ./grade.sh --help.
# The manual is in tests/grade/doc.go.
set -eu
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Not go run: that one ends with status 1 whatever the program says.
go build -C "$tree" -o "$scratch/grade" ./tests/cmd/grade || exit 2
status=0
"$scratch/grade" --tree "$tree" "$@" || status=$?
exit "$status"
