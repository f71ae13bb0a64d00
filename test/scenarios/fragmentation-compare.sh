#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does a chain of small links cost what theory says: the packets of each method where nothing is
# lost, counted here from the MTUs, and 1-(1-p)^n of the datagrams where fragments are?

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8
program="$STRATA_BIN_DIR/fragmentation-compare"

# check NAME COMMAND...: passes if the command succeeds.
check()
{
    name=$1
    shift
    if "$@" >check.out 2>&1; then
        echo "PASS fragmentation-compare-$name"
    else
        echo "FAIL fragmentation-compare-$name: $(tail -n 1 check.out)"
    fi
}

# rows FILE: method, then the named columns, of each row; MTUs are quoted, with commas in them.
rows()
{
    file=$1
    shift
    tr -d "\r" <"$file" | awk -F, -v names="$*" '
        { sub(/^"[^"]*"/, "mtus") }
        NR == 1 { for (i = 1; i <= NF; i++) { sub(/\[.*/, "", $i); at[$i] = i } }
        NR > 1 {
            n = split(names, name, " ")
            line = $at["method"]
            for (i = 1; i <= n; i++) line = line " " $at[name[i]]
            print line
        }'
}

# is FILE METHOD COLUMN VALUE: all rows of the method have the value, and there are some.
is()
{
    rows "$1" "$3" | awk -v method="$2" -v value="$4" '
        $1 == method { rows++; print; if ($2 != value) bad = 1 }
        END { exit bad || rows == 0 }'
}

# follows_theory FILE: over all runs of the sweep, the mean loss for each number of fragments is
# within 4 standard errors of 1-(1-p)^n, which grows by more than that from the first to the last.
follows_theory()
{
    rows "$1" fragments sent whole | awk -v p=0.02 '
        { n = int($2); sent[n] += $3; lost[n] += $3 - $4; if (n > most) most = n }
        END {
            for (n in sent) {
                theory = 1 - (1 - p) ^ n
                error = 4 * sqrt(theory * (1 - theory) / sent[n])
                off = lost[n] / sent[n] - theory
                print n, lost[n] / sent[n], theory
                if (off > error || off < -error) bad = 1
            }
            exit bad || most != 8
        }'
}

# refused ARGUMENT...: one line on stderr, status 2, no results.
refused()
{
    "$program" --out=refused "$@" >refused.out 2>refused.err
    status=$?
    cat refused.err
    [ "$status" -eq 2 ] && [ "$(wc -l <refused.err)" -eq 1 ] && [ ! -e refused ]
}

# Datagrams of 1500 octets, 1472 of them data: 500 in all. In 776 octets go 756 of payload, or 752.
check lossless-chain-runs "$program" --mtus=1500,776,1500 --loss=0 --most=0 --runs=1 --out=clean
for method in nontransparent transparent discovery truncation; do
    check "$method-loses-nothing-that-fits" is clean/results.csv $method lost 0.0
done
check nontransparent-sends-two-fragments-from-the-small-link-on \
    is clean/results.csv nontransparent packets 2500.0
check transparent-sends-two-fragments-over-the-small-link-alone \
    is clean/results.csv transparent packets 2000.0
check nontransparent-needs-no-round-trip is clean/results.csv nontransparent round_trips 0.0
check transparent-needs-no-round-trip is clean/results.csv transparent round_trips 0.0
check discovery-needs-one-round-trip is clean/results.csv discovery round_trips 1.0
check the-exit-alone-reassembles-if-transparent is clean/results.csv transparent host_fragments 0.0
check the-host-alone-reassembles-if-not is clean/results.csv nontransparent exit_fragments 0.0

check fitting-chain-runs "$program" --mtus=1500,1500 --loss=0 --most=0 --runs=1 --out=fitting
for method in nontransparent transparent discovery truncation; do
    check "$method-costs-nothing-where-all-fits" is fitting/results.csv $method packets 1000.0
done

check sweep-runs "$program" --loss=0.02 --most=8 --runs=4 --out=swept
grep -v '^"1500,1400' swept/results.csv >sweep.csv
check lost-datagrams-follow-theory follows_theory sweep.csv
check same-with-one-worker "$program" --loss=0.02 --most=8 --runs=4 --workers=1 --out=again
check csv-is-the-same-for-any-workers cmp swept/results.csv again/results.csv

check too-small-an-mtu-is-refused refused --mtus=1500,67
check too-large-an-mtu-is-refused refused --mtus=65536
check mtus-that-are-no-numbers-are-refused refused --mtus=1500,many
check an-mtu-after-the-last-comma-is-refused refused --mtus=1500,
check more-loss-than-all-is-refused refused --loss=1.5
check unknown-parameter-is-refused refused --methods=all
