#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does tshark see ARP messages as what they are? The examples arp-figure, arp-conflict and
# arp-poisoning write the captures.

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8

if ! command -v tshark >/dev/null 2>&1; then
    echo "SKIP arp: tshark is not installed"
    exit 0
fi
for example in arp-figure arp-conflict arp-poisoning; do
    if ! "$STRATA_BIN_DIR/$example" --out="$example" >"$example.out"; then
        echo "FAIL arp: $example does not run"
        exit 1
    fi
done

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
        echo "FAIL $1: wanted '$(echo "$2" | tr '\n' ';')', found '$(echo "$3" | tr '\n' ';')'"
    fi
}

for capture in arp-figure-4-0 arp-figure-4-1 arp-conflict-0-0 arp-poisoning-0-0; do
    same "no-complaint-about-$capture" "" \
        "$(fields $capture.pcap '_ws.malformed || _ws.expert.severity == error' frame.number)"
    same "every-checksum-is-right-in-$capture" "" \
        "$(fields $capture.pcap 'ip.checksum.status == 0 || udp.checksum.status == 0' frame.number)"
done

# The figure: what its table says, from the frames as tshark reads them.
e()
{
    echo "00:00:00:00:00:0$1"
}
same "figure-5-62-on-the-cs-net" "192.32.65.7 $(e 1) 192.32.65.5 $(e 2)
192.32.65.7 $(e 1) 192.32.63.8 $(e 3)" \
    "$(fields arp-figure-4-0.pcap udp ip.src eth.src ip.dst eth.dst)"
same "figure-5-62-on-the-ee-net" "192.32.65.7 $(e 4) 192.32.63.8 $(e 6)" \
    "$(fields arp-figure-4-1.pcap udp ip.src eth.src ip.dst eth.dst)"
same "the-table-that-is-printed-is-the-figure-s" \
    "IP1 E1 IP2 E2;IP1 E1 IP4 E3;IP1 E4 IP4 E6;" \
    "$(grep '^Host' arp-figure.out | sed 's/.*net *//' | tr -s ' ' | tr '\n' ';')"
same "every-machine-announces-itself" "192.32.65.1
192.32.65.1
192.32.65.5
192.32.65.5
192.32.65.7
192.32.65.7" \
    "$(fields arp-figure-4-0.pcap 'arp.isannouncement && arp.isgratuitous' arp.src.proto_ipv4 | sort)"
same "a-host-asks-who-has-the-address-and-it-answers" \
    "1 ff:ff:ff:ff:ff:ff 192.32.65.7 192.32.65.5
2 $(e 1) 192.32.65.5 192.32.65.7" \
    "$(fields arp-figure-4-0.pcap 'arp && !arp.isgratuitous' \
        arp.opcode eth.dst arp.src.proto_ipv4 arp.dst.proto_ipv4 | head -n 2)"

# Probes, announcements and a defence.
same "three-probes-for-the-address-that-is-free" "3" \
    "$(fields arp-conflict-0-0.pcap 'arp.isprobe && arp.dst.proto_ipv4 == 10.0.0.2' frame.number | wc -l)"
same "one-probe-for-the-address-that-is-taken" "1" \
    "$(fields arp-conflict-0-0.pcap 'arp.isprobe && arp.dst.proto_ipv4 == 10.0.0.1' frame.number | wc -l)"
same "the-owner-answers-the-probe" "2 10.0.0.1 0.0.0.0" \
    "$(fields arp-conflict-0-0.pcap 'arp.opcode == 2' arp.opcode arp.src.proto_ipv4 arp.dst.proto_ipv4)"
same "the-new-address-is-announced-twice" "2" \
    "$(fields arp-conflict-0-0.pcap 'arp.isannouncement && arp.src.proto_ipv4 == 10.0.0.2' frame.number | wc -l)"
same "two-hosts-with-one-address-are-flagged" "10.0.0.1" \
    "$(fields arp-conflict-0-0.pcap arp.duplicate-address-detected arp.src.proto_ipv4 | sort -u)"
same "the-defence-is-an-announcement-of-the-host" "1" \
    "$(fields arp-conflict-0-0.pcap "arp.isannouncement && eth.src == $(e 1)" frame.number | wc -l)"

# Poison: a reply of the attacker about the gateway.
same "poison-is-flagged-twice" "2 $(e 3) 10.0.0.2 10.0.0.1
2 $(e 3) 10.0.0.2 10.0.0.1" \
    "$(fields arp-poisoning-0-0.pcap "arp.duplicate-address-detected && eth.src == $(e 3)" \
        arp.opcode arp.src.hw_mac arp.src.proto_ipv4 arp.dst.proto_ipv4)"
same "what-the-host-sends-follows-its-belief" "$(e 2)
$(e 3)
$(e 2)" "$(fields arp-poisoning-0-0.pcap "udp && !icmp && eth.src == $(e 1)" eth.dst)"
