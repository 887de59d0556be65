#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the autograder's image.
set -euo pipefail

apt-get update -q
apt-get install -yq --no-install-recommends ca-certificates curl gcc libc6-dev

# The Go that the autograder was written with.
version={{.Go}}
case $(uname -m) in
x86_64) machine=amd64 ;;
aarch64) machine=arm64 ;;
*) echo "there is no Go here for a $(uname -m)" >&2 && exit 1 ;;
esac
curl -fsSL "https://go.dev/dl/$version.linux-$machine.tar.gz" | tar -xz -C /usr/local
export PATH=/usr/local/go/bin:$PATH

# What every submission is compiled with is compiled here, once.
cd /autograder/source/raftlabs
go mod download
./grade.sh --stage election --seeds 1 >/dev/null || [[ $? == 1 ]]
