#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does tshark see IPv4 options, ICMP, UDP, TCP and ARP as what they are? strata-ipv4-samples.cc
# writes the captures.

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8

if ! command -v tshark >/dev/null 2>&1; then
    echo "SKIP ipv4-wire: tshark is not installed"
    exit 0
fi
if ! "$STRATA_BIN_DIR/ipv4-samples" .; then
    echo "FAIL ipv4-wire: ipv4-samples does not write its captures"
    exit 1
fi

# dissect FILE [ARGUMENT...]: what tshark prints; its complaints go to tshark.err.
dissect()
{
    file=$1
    shift
    tshark -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE \
        -r "$file" "$@" 2>>tshark.err
}

# verdict NAME LINES: a test passes when there are no lines against it.
verdict()
{
    if [ -z "$2" ]; then
        echo "PASS $1"
    else
        echo "FAIL $1: $(echo "$2" | head -n 1) ($(echo "$2" | wc -l) in all)"
    fi
}

# shown CAPTURE TSV LEAST: the fields have the values that were encoded, LEAST of them or more.
shown()
{
    names=$(cut -f 2 "$2" | sort -u)
    # shellcheck disable=SC2046 # a list of arguments
    dissect "$1" -T fields -E separator=/t -E occurrence=a -E aggregator=, -e frame.number \
        $(echo "$names" | sed 's/^/-e /') >"$1.fields"
    awk -F '\t' -v names="$names" -v least="$3" '
        BEGIN { count = split(names, name, "\n") }
        FNR == NR { for (i = 1; i <= count; ++i) { shown[$1, name[i]] = $(i + 1) } next }
        { ++checked }
        shown[$1, $2] != $3 { print "frame " $1 ": " $2 " is \"" shown[$1, $2] "\", not \"" $3 "\"" }
        END { if (checked < least) { print "only " checked + 0 " values to compare" } }' \
        "$1.fields" "$2"
}

flagged='_ws.malformed || _ws.expert.severity == error || _ws.expert.severity == warning'
wrong='ip.checksum.status == 0 || icmp.checksum.status == 0 || udp.checksum.status == 0 ||
    tcp.checksum.status == 0'

verdict no-complaint "$(dissect right.pcap -Y "$flagged")"
verdict no-wrong-checksum "$(dissect right.pcap -Y "$wrong")"
verdict every-icmp-checksum-is-right "$(dissect right.pcap -Y 'icmp && icmp.checksum.status != 1')"
verdict fields-are-shown "$(shown right.pcap fields.tsv 100)"
verdict every-wrong-bit-is-found "$(dissect checksum.pcap -Y "!($wrong)"
    [ "$(dissect checksum.pcap | wc -l)" -gt 10 ] || echo "there are hardly any frames")"
verdict no-complaint-about-arp "$(dissect arp.pcap -Y "($flagged) || !arp")"
verdict arp-fields-are-shown "$(shown arp.pcap arp.tsv 10)"
