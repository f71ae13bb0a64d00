#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Do tshark and the point-to-point device agree on frames? The example p2p-mpls writes the captures.

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8

if ! command -v tshark >/dev/null 2>&1; then
    echo "SKIP link-pcap: tshark is not installed"
    exit 0
fi
if ! "$STRATA_BIN_DIR/p2p-mpls" --out=link >link.out; then
    echo "FAIL link-pcap: p2p-mpls does not run"
    exit 1
fi

# fields CAPTURE FILTER FIELD...: the values in the frames that the filter selects, one line each.
fields()
{
    capture=$1
    filter=$2
    shift 2
    arguments=""
    for field in "$@"; do
        arguments="$arguments -e $field"
    done
    # shellcheck disable=SC2086 # a list of arguments
    tshark -r "$capture" -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE \
        -Y "$filter" -T fields -E separator=/s $arguments 2>>tshark.err
}

# same NAME WANTED FOUND
same()
{
    if [ "$2" = "$3" ]; then
        echo "PASS $1"
    else
        echo "FAIL $1: wanted '$2', found '$(echo "$3" | tr '\n' ';')'"
    fi
}

for capture in link-0-0 link-1-0; do
    same "no-complaint-about-$capture" "" \
        "$(fields $capture.pcap '_ws.malformed || _ws.expert.severity == error' frame.number)"
    same "only-known-protocols-in-$capture" "0x0021 0x0057 0x0281" \
        "$(fields $capture.pcap frame ppp.protocol | sort -u | tr '\n' ' ' | sed 's/ $//')"
    same "ipv4-and-udp-in-$capture" "ppp:ip:udp:data 0x0021 10.0.0.1 10.0.0.2 1 1" \
        "$(fields $capture.pcap 'ip && udp && !icmp' frame.protocols ppp.protocol ip.src ip.dst \
            ip.checksum.status udp.checksum.status)"
    same "ipv6-and-udp-in-$capture" "ppp:ipv6:udp:data 0x0057 1" \
        "$(fields $capture.pcap 'ipv6 && udp && !icmpv6' frame.protocols ppp.protocol \
            udp.checksum.status)"
    same "two-labels-in-$capture" "ppp:mpls:ip:data 0x0281 1001,1002 0,5 0,1 64,64 10.0.0.2" \
        "$(fields $capture.pcap mpls frame.protocols ppp.protocol mpls.label mpls.exp mpls.bottom \
            mpls.ttl ip.dst)"
done
same "unknown-ethertype-is-a-counted-drop" "link.unknown-ethertype 1 packets 60 bytes" \
    "$(grep '^link' link.out)"
