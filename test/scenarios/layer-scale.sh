#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does a layer enroll, converge and carry moves under every design, and does it cost what theory
# says: nothing in the large layer of two layers, a write at every router when moves are flooded?

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8
program="$STRATA_BIN_DIR/layer-scale"

# check NAME COMMAND...: passes if the command succeeds.
check()
{
    name=$1
    shift
    if "$@" >check.out 2>&1; then
        echo "PASS layer-scale-$name"
    else
        echo "FAIL layer-scale-$name: $(tail -n 1 check.out)"
    fi
}

# column FILE DESIGN MEMBERS NAME: the values of a column in the rows of a design and size.
column()
{
    tr -d "\r" <"$1" | awk -F, -v design="$2" -v members="$3" -v name="$4" '
        NR == 1 { for (i = 1; i <= NF; i++) { sub(/\[.*/, "", $i); if ($i == name) c = i } }
        NR > 1 && $1 == design && $2 == members { print $c }'
}

# every VALUE FILE NAME: all rows have the value, and there are some.
every()
{
    tr -d "\r" <"$2" | awk -F, -v value="$1" -v name="$3" '
        NR == 1 { for (i = 1; i <= NF; i++) { sub(/\[.*/, "", $i); if ($i == name) c = i } }
        NR > 1 { rows++; if ($c != value) { print $0; bad = 1 } }
        END { exit bad || rows == 0 }'
}

# at_least NUMBER FILE DESIGN MEMBERS NAME: the column, in all of those rows, is no less.
at_least()
{
    column "$2" "$3" "$4" "$5" | awk -v least="$1" '
        { rows++; print; if ($1 < least) bad = 1 }
        END { exit bad || rows == 0 }'
}

# refused ARGUMENT...: one line on stderr, status 2, no results.
refused()
{
    "$program" --out=refused "$@" >refused.out 2>refused.err
    status=$?
    cat refused.err
    [ "$status" -eq 2 ] && [ "$(wc -l <refused.err)" -eq 1 ] && [ ! -e refused ]
}

for design in flood learn anchor resolver two-layer direct direct-only lookup rendezvous middle \
    both; do
    check "$design-runs" "$program" --design=$design --beside=none --growth=false --members=24 \
        --mobiles=48 --moves=2 --out=$design
    check "$design-enrolls-every-machine" every 1.0 $design/results.csv enrolled
    check "$design-reaches-every-machine-after-its-moves" every 1.0 $design/results.csv reachable
done

check growth-runs "$program" --members=48 --mobiles=96 --out=grown
check everybody-is-reached-at-every-size every 1.0 grown/results.csv reachable
for members in 12 24 48; do
    check "two-layer-writes-nothing-in-$members-large-routers" \
        [ "$(column grown/results.csv two-layer $members large_writes | sort -u)" = 0.0 ]
    check "two-layer-says-nothing-in-$members-large-routers" \
        [ "$(column grown/results.csv two-layer $members large_messages | sort -u)" = 0.0 ]
    # the leaf's record and its route, at every router
    check "flood-writes-at-every-one-of-$members-routers" \
        at_least $((2 * members)) grown/results.csv flood $members large_writes
done
check same-with-one-worker "$program" --members=48 --mobiles=96 --workers=1 --out=again
check csv-is-the-same-for-any-workers cmp grown/results.csv again/results.csv
check the-smallest-layer-runs "$program" --members=4 --mobiles=1 --out=smallest
check the-smallest-layer-reaches-its-machine every 1.0 smallest/results.csv reachable

check too-few-members-are-refused refused --members=3
check no-mobiles-are-refused refused --mobiles=0
check negative-moves-are-refused refused --moves=-1
check too-many-members-are-refused refused --members=1000000
check half-a-member-is-refused refused --members=10.5
check unknown-design-is-refused refused --design=teleport
check unknown-design-beside-is-refused refused --beside=teleport
