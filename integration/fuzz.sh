#!/usr/bin/env bash
# fuzz.sh FOLDER TARGET TIME: runs a fuzz target of the package in the folder.
set -uo pipefail

# Goroutines make coverage differ from run to run; without the limit, the fuzzer would
# minimize such inputs all the time.
fuzz() {
	go test -C "$1" -run '^$' -fuzz "^$2$" -fuzztime "$3" -fuzzminimizetime 1x . | tee "$log"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "$1 $2"
fuzz "$@" && exit
# Now and then Go's fuzzer takes the end of its own time for a failure
# (golang/go#75804). Only then the target runs once more; a finding says what it found.
grep -q '^    context deadline exceeded$' "$log" && ! grep -q 'Failing input\|panic' "$log" && fuzz "$@"
