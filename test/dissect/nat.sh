#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does tshark read what a translator lets through, and is it what it should be? nat-samples writes
# the same datagrams as they are inside and outside; the example nat-figure captures a simulation.

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8

if ! command -v tshark >/dev/null 2>&1; then
    echo "SKIP nat: tshark is not installed"
    exit 0
fi
if ! "$STRATA_BIN_DIR/nat-samples"; then
    echo "FAIL nat: nat-samples lets something not through"
    exit 1
fi
if ! "$STRATA_BIN_DIR/nat-figure" --out=figure >figure.out; then
    echo "FAIL nat: nat-figure does not run"
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
        -o tcp.check_checksum:TRUE -o ip.defragment:TRUE \
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

for capture in inside outside figure-2-0 figure-2-1; do
    same "there-is-a-capture-$capture" yes "$([ -s $capture.pcap ] && echo yes)"
    same "nothing-malformed-$capture" "" \
        "$(fields $capture.pcap '_ws.malformed || _ws.expert.severity == error' frame.number)"
    # The checksum of what an ICMP error quotes in part cannot be seen to be right.
    same "every-checksum-is-right-$capture" "" \
        "$(fields $capture.pcap '(ip.checksum.status == 0 || udp.checksum.status == 0 ||
            tcp.checksum.status == 0 || icmp.checksum.status == 0)' frame.number)"
done
same "no-inside-address-outside" "" \
    "$(fields outside.pcap 'ip.addr == 10.0.0.0/8' frame.number)"
same "udp-becomes-the-public-end" "198.60.42.12 5544 203.0.113.5 9999" \
    "$(fields outside.pcap 'frame.number == 1' ip.src udp.srcport ip.dst udp.dstport)"
same "a-udp-checksum-of-zero-stays" "0x0000" \
    "$(fields outside.pcap 'frame.number == 2' udp.checksum)"
same "back-it-becomes-the-inside-end" "203.0.113.5 9999 10.0.0.1 5544" \
    "$(fields inside.pcap 'frame.number == 3' ip.src udp.srcport ip.dst udp.dstport)"
same "an-error-quotes-the-inside-end-inside" "203.0.113.5,10.0.0.1 10.0.0.1,203.0.113.5 5544" \
    "$(fields inside.pcap 'frame.number == 6' ip.src ip.dst udp.srcport)"
same "an-error-quotes-the-public-end-outside" "198.60.42.12,203.0.113.5 203.0.113.5,198.60.42.12 5544" \
    "$(fields outside.pcap 'frame.number == 7' ip.src ip.dst udp.dstport)"
same "fragments-make-a-datagram-outside" "198.60.42.12 5544 1008" \
    "$(fields outside.pcap 'frame.number == 10' ip.src udp.srcport udp.length)"
same "ftp-names-the-public-end" "PORT 198.60.42.12 5001" \
    "$(fields outside.pcap 'frame.number == 14' ftp.request.command ftp.active.cip ftp.active.port)"
same "ftp-acknowledgments-come-back" "1023" \
    "$(tshark -r inside.pcap -o tcp.relative_sequence_numbers:FALSE -Y 'frame.number == 15' \
        -T fields -e tcp.ack 2>>tshark.err)"
same "no-segment-is-lost-to-tshark" "" \
    "$(fields outside.pcap 'tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment' frame.number)"
same "figure-5-56" "inside  sent:     10.0.0.1 port 5544 to 198.60.42.13 port 80
outside received: 198.60.42.12 port 3344 to 198.60.42.13 port 80" \
    "$(grep -m 2 '5544\|3344' figure.out | tr -s ' ' | sed 's/^inside sent: /inside  sent:     /')"
