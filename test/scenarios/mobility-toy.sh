#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does the cost of a move on toy topologies agree with the closed form, computed here from
# distances that a breadth-first search finds?

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8
program="$STRATA_BIN_DIR/mobility-toy"

# check NAME COMMAND...: passes if the command succeeds.
check()
{
    test_name=$1
    shift
    if "$@" >check.out 2>&1; then
        echo "PASS mobility-toy-$test_name"
    else
        echo "FAIL mobility-toy-$test_name: $(tail -n 1 check.out)"
    fi
}

# value FILE DESIGN NAME: a number of a design in the JSON.
value()
{
    awk -v design="\"$2\":" -v name="\"$3\":" '
        $1 ~ /^"(flood|anchor)":$/ { inside = ($1 == design) }
        inside && $1 == name { sub(/,$/, "", $2); print $2 }' "$1"
}

# closed SHAPE N: what theory says, by name.
closed()
{
    awk -v shape="$1" -v n="$2" '
        function join(a, b) { near[a, b] = near[b, a] = 1 }
        BEGIN {
            for (i = 0; i < n; i++) {
                if (shape == "chain" && i > 0) join(i, i - 1)
                if (shape == "star" && i > 0) join(i, 0)
                if (shape == "tree" && i > 0) join(i, int((i - 1) / 2))
                for (j = 0; shape == "clique" && j < i; j++) join(i, j)
            }
            for (e in near) {
                split(e, ends, SUBSEP)
                list[ends[1]] = list[ends[1]] " " ends[2]
            }
            for (s = 0; s < n; s++) {
                for (i = 0; i < n; i++) d[s, i] = -1
                d[s, s] = 0; queue[0] = s; end = 1
                for (head = 0; head < end; head++) {
                    count = split(list[queue[head]], next_to, " ")
                    for (k = 1; k <= count; k++)
                        if (d[s, next_to[k]] < 0) {
                            d[s, next_to[k]] = d[s, queue[head]] + 1
                            queue[end++] = next_to[k]
                        }
                }
                for (i = 0; i < n; i++) sum += d[s, i]
            }
            # on a tree d+1 routers change; in a clique all do
            written = shape == "clique" ? n * (n - 1) * n : sum + n * (n - 1)
            printf "flood rewritten_fraction %.17g\n", written / (n * (n - 1) * n)
            printf "flood home_hops %.17g\n", sum / n / n
            printf "flood triangle_detour_hops 0\n"
            printf "anchor rewritten_fraction %.17g\n", 1 / n
            printf "anchor access_entries_per_move %.17g\n", 2 - 2 / n
            printf "anchor home_hops %.17g\n", sum / n / n
            printf "anchor triangle_detour_hops %.17g\n", sum / n / n
            print "flood probes_lost 0"
            print "anchor probes_lost 0"
            print "flood triples_not_sum_of_legs 0"
            print "anchor triples_not_sum_of_legs 0"
            if (shape != "clique") print "flood moves_not_distance_plus_one 0"
        }'
}

# agrees SHAPE N: the program's JSON is the closed form, to 1e-9.
agrees()
{
    "$program" --shape="$1" --members="$2" >"$1-$2.json" || return 1
    closed "$1" "$2" >expected
    while read -r design name expected; do
        got=$(value "$1-$2.json" "$design" "$name")
        echo "$design $name: $got, expected $expected"
        echo "$got $expected" | awk '
            NF != 2 || $1 - $2 > 1e-9 || $2 - $1 > 1e-9 { bad = 1 } END { exit bad }' || return 1
    done <expected
}

# prints SHAPE N DESIGN NAME TEXT: the value to four digits.
prints()
{
    got=$(value "$1-$2.json" "$3" "$4" | awk -v digits="${5#*.}" '
        { printf "%.*f", length(digits), $1 }')
    echo "$3 $4: $got, expected $5"
    [ "$got" = "$5" ]
}

# refused ARGUMENT...: nothing but one line on stderr, status 2.
refused()
{
    "$program" --out=refused "$@" >refused.out 2>refused.err
    status=$?
    cat refused.err
    [ "$status" -eq 2 ] && [ "$(wc -l <refused.err)" -eq 1 ] && [ ! -s refused.out ] &&
        [ ! -e refused ]
}

# misled: a wrong route adds one hop from 0 to 3 in a clique of 7, and nothing else.
misled()
{
    "$program" --shape=clique --members=7 --wrongRoute=0,3,5 >misled.json || return 1
    got=$(value misled.json anchor home_hops)
    echo "$got"
    echo "$got" | awk '{ exit !($1 - 43 / 49 < 1e-9 && 43 / 49 - $1 < 1e-9) }'
}

# lost: a wrong route on a chain leads in circles; the run says so and fails.
lost()
{
    "$program" --shape=chain --members=7 --wrongRoute=3,5,2 >lost.json 2>lost.err
    status=$?
    cat lost.err
    [ "$status" -eq 1 ] && [ "$(wc -l <lost.err)" -eq 1 ] &&
        [ "$(value lost.json flood probes_lost)" -gt 0 ] &&
        [ "$(value lost.json flood moves_not_distance_plus_one)" -gt 0 ] &&
        [ "$(value lost.json anchor home_hops)" = null ]
}

for shape in chain clique star tree; do
    for members in 2 3 7 15; do
        check "$shape-$members-is-the-closed-form" agrees "$shape" "$members"
    done
done
check tree-63-is-the-closed-form agrees tree 63
check chain-63-is-the-closed-form agrees chain 63
check star-63-is-the-closed-form agrees star 63
check clique-20-is-the-closed-form agrees clique 20
check chain-15-prints-the-known-values prints chain 15 flood rewritten_fraction 0.4222
check chain-15-prints-the-known-hops prints chain 15 anchor home_hops 4.978
check chain-63-prints-the-known-values prints chain 63 flood rewritten_fraction 0.3545
check star-15-prints-the-known-values prints star 15 flood rewritten_fraction 0.1911
check star-63-prints-the-known-hops prints star 63 anchor triangle_detour_hops 1.937
check tree-15-prints-the-known-values prints tree 15 flood rewritten_fraction 0.3003
check tree-63-prints-the-known-values prints tree 63 flood rewritten_fraction 0.1204
check tree-63-prints-the-known-hops prints tree 63 anchor home_hops 6.482
check wrong-route-adds-its-hop misled
check wrong-route-on-a-tree-fails-the-run lost
check unknown-shape-is-refused refused --shape=ring
check one-member-is-refused refused --members=1
check negative-size-is-refused refused --members=-4
check too-many-members-are-refused refused --members=256
check too-large-a-clique-is-refused refused --shape=clique --members=64
check wrong-route-over-no-link-is-refused refused --shape=chain --members=7 --wrongRoute=0,3,5
