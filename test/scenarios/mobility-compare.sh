#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does the comparison of mobility designs give what theory says, and the same bytes every time?

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8
program="$STRATA_BIN_DIR/mobility-compare"

# check NAME COMMAND...: passes if the command succeeds.
check()
{
    name=$1
    shift
    if "$@" >check.out 2>&1; then
        echo "PASS mobility-compare-$name"
    else
        echo "FAIL mobility-compare-$name: $(tail -n 1 check.out)"
    fi
}

# column FILE DESIGN NAME: the values of a column in the rows of a design.
column()
{
    tr -d "\r" <"$1" | awk -F, -v design="$2" -v name="$3" '
        NR == 1 { for (i = 1; i <= NF; i++) { sub(/\[.*/, "", $i); if ($i == name) c = i } }
        $0 ~ "(^|,)" design "," { print $c }'
}

# all VALUE FILE DESIGN NAME: every row of the design has the value.
all()
{
    values=$(column "$2" "$3" "$4" | sort -u)
    echo "$3 $4: $values"
    [ "$values" = "$1" ]
}

# any VALUE FILE DESIGN NAME: some row of the design has the value.
any()
{
    values=$(column "$2" "$3" "$4" | sort -u)
    echo "$3 $4: $values"
    echo "$values" | grep -qx "$1"
}

# refused ARGUMENT...: one line on stderr, status 2, no results.
refused()
{
    "$program" --out=refused "$@" >refused.out 2>refused.err
    status=$?
    cat refused.err
    [ "$status" -eq 2 ] && [ "$(wc -l <refused.err)" -eq 1 ] && [ ! -e refused ]
}

designs='flood learn anchor resolver two-layer direct direct-only lookup rendezvous middle both'
check one-move-runs "$program" --runs=3 --out=one
for design in $designs; do
    check "$design-survives-one-move" all 1 one/results.csv "$design" survived
done
check two-layer-hides-moves-from-the-large-layer all 0.0 one/results.csv two-layer large_written
check both-at-once-runs "$program" --runs=2 --pattern=simultaneous --out=both
for design in flood learn anchor resolver two-layer direct rendezvous middle both; do
    check "$design-survives-two-moves-at-once" all 1 both/results.csv "$design" survived
done
check direct-only-fails-two-moves-at-once any 0 both/results.csv direct-only survived
check walk-runs "$program" --runs=1 --pattern=walk --out=walk
check game-runs "$program" --runs=1 --pattern=game --out=game
for design in direct middle both; do
    check "$design-survives-the-game" all 1 game/results.csv "$design" survived
done
for design in flood learn anchor resolver two-layer; do
    check "$design-cannot-take-a-process-along" all 0 game/results.csv "$design" survived
done
check again-with-one-worker "$program" --runs=3 --workers=1 --out=again
check csv-is-the-same-for-any-workers cmp one/results.csv again/results.csv
check pcap-is-the-same-for-any-workers cmp one/flood-end0.pcap again/flood-end0.pcap
check unknown-design-is-refused refused --designs=teleport
check missing-topology-is-refused refused --topology=nowhere.graphml
check zero-runs-are-refused refused --runs=0
if command -v tshark >/dev/null 2>&1; then
    for capture in one/*.pcap; do
        bad=$(tshark -X "lua_script:$STRATA_ROOT/doc/wireshark/strata.lua" -r "$capture" \
            -Y '_ws.malformed || _ws.expert.severity==error' 2>/dev/null | head -n 1)
        check "$(basename "$capture" .pcap)-dissects-cleanly" test -z "$bad"
    done
else
    echo "SKIP mobility-compare-dissects-cleanly: tshark is not installed"
fi
