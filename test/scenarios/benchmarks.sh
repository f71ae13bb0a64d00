#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Each benchmark of forwarding runs to its end with the least load, and none of its variants loses a
# packet. How fast they are is not asked.

set -u

# runs PROGRAM ARGUMENT...
runs()
{
    name=$1
    shift
    if timeout 300 "$STRATA_BIN_DIR/$name" --packets=100 --runs=1 "$@" >"$name.log" 2>&1 &&
        grep -q ' 0 missing' "$name.log"; then
        echo "PASS $name loses nothing"
    else
        echo "FAIL $name loses nothing: $(tail -n 1 "$name.log")"
    fi
}

for source in "$STRATA_ROOT"/test/bench/strata-*-bench.cc; do
    name=$(basename "$source" .cc)
    name=${name#strata-}
    case $name in
    lpm-bench) ;; # it carries no packets, and compares all answers itself
    ipv4-forwarding-bench) runs "$name" --routes=10 --million=0 ;;
    ipv6-forwarding-bench) runs "$name" --routes=10 ;;
    nat-bench | firewall-bench) runs "$name" --million=0 ;;
    *) runs "$name" ;;
    esac
done
