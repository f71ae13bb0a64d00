#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Do two hosts find each other behind those pairs of NATs for which it is known?

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8
program="$STRATA_BIN_DIR/hole-punching"

# check NAME COMMAND...: passes if the command succeeds.
check()
{
    name=$1
    shift
    if "$@" >check.out 2>&1; then
        echo "PASS hole-punching-$name"
    else
        echo "FAIL hole-punching-$name: $(tail -n 1 check.out)"
    fi
}

# refused ARGUMENT...: one line on stderr, status 2, no results.
refused()
{
    "$program" --out=refused "$@" >refused.out 2>refused.err
    status=$?
    cat refused.err
    [ "$status" -eq 2 ] && [ "$(wc -l <refused.err)" -eq 1 ] && [ ! -e refused ]
}

# Behind a symmetric NAT the peer sees another port than the server saw. A filter by ports refuses it,
# and the own one refuses what was sent to the port that the server saw: so a symmetric NAT with a
# port-restricted or another symmetric one is hopeless, and nothing else is.
cat >expected <<'EOF'
full-cone,full-cone,true
full-cone,restricted-cone,true
full-cone,port-restricted-cone,true
full-cone,symmetric,true
restricted-cone,full-cone,true
restricted-cone,restricted-cone,true
restricted-cone,port-restricted-cone,true
restricted-cone,symmetric,true
port-restricted-cone,full-cone,true
port-restricted-cone,restricted-cone,true
port-restricted-cone,port-restricted-cone,true
port-restricted-cone,symmetric,false
symmetric,full-cone,true
symmetric,restricted-cone,true
symmetric,port-restricted-cone,false
symmetric,symmetric,false
EOF

as_known()
{
    tr -d '\r' <kinds/results.csv | tail -n +2 | cut -d, -f1-3 | diff expected -
}

# The nine pairs of mapping and filtering: 81 rows, and the status is 0 only if none differs.
full_grid()
{
    "$program" --grid=full --pcap=false --out=full && [ "$(grep -c . full/results.csv)" = 82 ]
}

check observed-is-predicted "$program" --out=kinds
check observed-is-what-is-known as_known
check both-matrices-are-printed sh -c "'$program' --pcap=false --out=again >out &&
    [ \$(grep -c '^symmetric  *yes  *yes  *no  *no' out) = 2 ]"
check the-rules-hold-for-nine-kinds full_grid
if command -v tshark >/dev/null 2>&1; then
    # shellcheck disable=SC1091 # a file of that folder
    . "$STRATA_ROOT/test/dissect/figure-functions"
    same hole-punching-has-no-malformed-packet-and-no-bad-checksum "" \
        "$(complaints kinds/symmetric-symmetric-outside.pcap)$(complaints \
            kinds/full-cone-symmetric-inside.pcap)"
    # Port preservation: one mapping has the host's own port 5544, the next one another.
    same hole-punching-a-cone-has-one-port "5544" \
        "$(fields kinds/full-cone-full-cone-outside.pcap 'ip.src == 198.60.42.12' udp.srcport |
            sort -u)"
    same hole-punching-a-symmetric-nat-has-one-for-each-peer "2" \
        "$(fields kinds/symmetric-symmetric-outside.pcap 'ip.src == 198.60.42.12' udp.srcport |
            sort -u | wc -l)"
else
    echo "SKIP hole-punching-captures: tshark is not installed"
fi
check an-unknown-grid-is-refused refused --grid=half
check an-unknown-parameter-is-refused refused --kind=symmetric
