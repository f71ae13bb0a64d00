#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does one frame show the four layers of a stack, over each kind of underlay, to the last byte?

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8

if ! command -v tshark >/dev/null 2>&1; then
    echo "SKIP layer-stack: tshark is not installed"
    exit 0
fi
for run in a b; do
    if ! "$STRATA_BIN_DIR/layer-stack" --out="$run" >"$run.out"; then
        echo "FAIL layer-stack: the example does not run"
        exit 1
    fi
done

# result NAME WHY: passes if WHY is empty.
result()
{
    if [ -z "$2" ]; then
        echo "PASS layer-stack-$1"
    else
        echo "FAIL layer-stack-$1: $2"
    fi
}

# shark CAPTURE OPTION...
shark()
{
    capture=$1
    shift
    tshark -X "lua_script:$STRATA_ROOT/doc/wireshark/strata.lua" -r "$capture" "$@" 2>/dev/null
}

# expect NAME WANTED FOUND
expect()
{
    if [ "$2" = "$3" ]; then
        result "$1" ""
    else
        result "$1" "$3 instead of $2"
    fi
}

# The cable, the LAN, and UDP over the stock device.
for capture in a-0-0.pcap a-2-0.pcap a-2-1.pcap; do
    bad=$(shark "$capture" -Y '_ws.malformed || _ws.expert.severity==error || strata.leftover')
    frames=$(shark "$capture" -Y strata | wc -l)
    [ "$frames" -gt 0 ] || bad="no PDU in $capture"
    result "dissects-$capture" "$bad"
done
for capture in a-0-0.pcap a-2-0.pcap; do
    expect "four-headers-in-$capture" "3 1,2,3,4" \
        "$(shark "$capture" -Y 'strata.layer == 4 && frame contains 2a:2a:2a:2a' -T fields \
            -e strata.layer | sort | uniq -c | sed 's/^ *//')"
done
# 2 is the PPP header; each layer adds 28 bytes of PDU header and 10 of session; 100 are the message
expect every-byte-has-a-place "3 $((2 + 4 * (28 + 10) + 100))" \
    "$(shark a-0-0.pcap -Y 'strata.layer == 4 && frame contains 2a:2a:2a:2a' -T fields \
        -e frame.len | sort | uniq -c | sed 's/^ *//')"
expect layer-four-over-udp "3 udp 34997 4" \
    "$(shark a-2-1.pcap -Y 'strata && frame contains 2a:2a:2a:2a' -T fields \
        -e udp.dstport -e strata.layer | sed 's/^/udp /' | tr '\t' ' ' | sort | uniq -c |
        sed 's/^ *//')"
for file in 0-0.pcap 2-0.pcap 2-1.pcap; do
    cmp -s "a-$file" "b-$file" || same="a-$file and b-$file differ"
done
cmp -s a.out b.out || same="the outputs differ"
result repeats-to-the-byte "${same-}"
