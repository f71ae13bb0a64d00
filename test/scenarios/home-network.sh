#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does the home get its addresses, its page, and the path of Fig. 5-46, and do the captures show it?

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8
program="$STRATA_BIN_DIR/home-network"

# check NAME COMMAND...: passes if the command succeeds.
check()
{
    name=$1
    shift
    if "$@" >check.out 2>&1; then
        echo "PASS home-network-$name"
    else
        echo "FAIL home-network-$name: $(tail -n 1 check.out)"
    fi
}

check runs sh -c "'$program' --out=hops >out"
check the-router-leases-a-public-address \
    grep -q 'home router leases 198.60.42.[0-9]* from 198.60.42.1$' out
check both-hosts-lease-private-ones sh -c "[ \$(grep -c 'host leases 192.168.1.1[0-9]* from' out) = 2 ]"
check both-hosts-read-the-page sh -c "[ \$(grep -c 'status 200.*Jones, Inc.' out) = 2 ]"
check the-server-sees-the-router sh -c "[ \$(grep -c 'asked for by 198.60.42.12:' out) = 2 ]"
check the-table-has-a-mapping-for-each sh -c "[ \$(grep -c '^tcp 192.168.1.* -> 198.60.42.12:' out) = 2 ]"
# The home router, four networks by the routers at their far ends, and the company's host behind them.
check the-path-is-that-of-the-figure sh -c "grep '^ [1-9]  ' out | awk '{ print \$2 }' | tr '\n' ' ' |
    grep -q '^192.168.1.1 198.60.42.1 62.0.1.2 62.0.2.2 62.0.3.2 62.0.4.2 128.208.2.151 \$'"
if command -v tshark >/dev/null 2>&1; then
    # shellcheck disable=SC1091 # a file of that folder
    . "$STRATA_ROOT/test/dissect/figure-functions"
    faults=
    for capture in hops/*.pcap; do
        [ -s "$capture" ] || faults="$faults $capture is empty"
        faults="$faults$(complaints "$capture")"
    done
    same home-network-has-no-malformed-packet-and-no-bad-checksum "" "$faults"
    same home-network-shows-seven-hops "7" "$(find hops -name '*.pcap' | wc -l)"
    same home-network-shows-the-page-at-every-hop "2 2 2 2 2 2 2 " \
        "$(for capture in hops/*.pcap; do
            fields "$capture" 'http.response.code == 200' frame.number | wc -l | tr '\n' ' '
        done)"
    # Two pages, each with the address of its reader inside and of the router outside.
    same home-network-the-router-hides-its-hosts "198.60.42.12" \
        "$(fields hops/3-line.pcap http.request ip.src | sort -u)"
    # Whom the program calls leased was acknowledged: both hosts inside, the router outside.
    same home-network-both-hosts-are-acknowledged \
        "$(sed -n 's/.* host leases \([0-9.]*\) from 192.168.1.1$/192.168.1.1 \1/p' out | sort)" \
        "$(fields hops/1-lan.pcap 'dhcp.option.dhcp == 5' dhcp.option.dhcp_server_id dhcp.ip.your | sort)"
    same home-network-the-router-is-acknowledged "198.60.42.1 198.60.42.12" \
        "$(fields hops/2-cable.pcap 'dhcp.option.dhcp == 5' dhcp.option.dhcp_server_id dhcp.ip.your)"
else
    echo "SKIP home-network-captures: tshark is not installed"
fi
check an-unknown-parameter-is-refused sh -c "! '$program' --house=1 2>err && [ \$(wc -l <err) = 1 ]"
check a-folder-that-cannot-be-is-refused sh -c \
    "! '$program' --out=/proc/none/here >refused.out 2>err && [ \$(wc -l <err) = 1 ]"
