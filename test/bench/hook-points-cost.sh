#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What do hook points cost that nothing is attached to? Prints the instructions that a forwarded
# packet takes without them and with them, as callgrind counts them, and fails above 3 %.
#
# Two runs of each variant, one with more packets, take what the start costs out.

set -eu
cd "$(dirname "$0")/../.."

command -v valgrind >/dev/null || {
    echo "hook-points-cost: valgrind is not installed" >&2
    exit 1
}
./strata compile ipv4-forwarding-bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ROUTERS=10
LESS=500
MORE=1500

# instructions VARIANT PACKETS: of one run
instructions() {
    valgrind --tool=callgrind --callgrind-out-file="$work/out" \
        build/bin/ipv4-forwarding-bench run-variant "$1" "$2" 1000 10 >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        exit 1
    }
    awk '/^(summary|totals):/ && $2 > most {most = $2} END {printf "%.0f", most}' "$work/out"
}

# The first hop is the source's, which forwards nothing; it is the same in both variants.
per_packet() {
    less=$(instructions "$1" $LESS)
    more=$(instructions "$1" $MORE)
    echo $(((more - less) / (MORE - LESS) / ROUTERS))
}

without=$(per_packet 'stock static')
with=$(per_packet 'empty hook points')
awk -v without="$without" -v with="$with" 'BEGIN {
    growth = 100 * (with - without) / without
    printf "instructions of a forwarded packet: %d without hook points, %d with empty ones: %+.1f %%\n",
        without, with, growth
    exit growth < 3 ? 0 : 1
}'
