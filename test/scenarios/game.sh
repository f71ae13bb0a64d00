#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does the game show that both kinds of mobility compose, and say so when they would not?

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8
program="$STRATA_BIN_DIR/game"

# check NAME COMMAND...: passes if the command succeeds.
check()
{
    name=$1
    shift
    if "$@" >check.out 2>&1; then
        echo "PASS game-$name"
    else
        echo "FAIL game-$name: $(tail -n 1 check.out)"
    fi
}

composes()
{
    "$program" --runs=2 --out="$1" --profile="$1" >"$1.out" || return 1
    grep -q 'exactly what each did alone' "$1.out" && grep -q '"composes": *true' "$1/results.json"
}

check acts-add-up-without-a-gap composes ideal
check acts-add-up-over-a-cellular-link composes cellular-like
check device-writes-no-location sh -c "! grep -q 'locations.*,[1-9][0-9.]*,[0-9.]*,' ideal/results.csv"
check process-writes-no-route sh -c \
    "! grep -q 'write \\(routes\\|links\\|attachments\\)[^,]*,[0-9.]*,[1-9]' ideal/results.csv"
check same-bytes-again sh -c \
    "'$program' --runs=2 --workers=1 --out=again >again.out && cmp again/results.csv ideal/results.csv && \
     cmp again/game-end0.pcap ideal/game-end0.pcap"
check no-moves-are-refused sh -c "! '$program' --moves=0 --out=refused 2>refused.err && \
    [ \$(wc -l <refused.err) = 1 ] && [ ! -e refused ]"
