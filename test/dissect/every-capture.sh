#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does every example that takes --out write captures, and does tshark find no fault in any of them? All checksums
# are looked at: IP, ICMP, UDP, TCP.

set -u
# shellcheck disable=SC1091 # a file of this folder
. "$STRATA_ROOT/test/dissect/figure-functions"

if ! command -v tshark >/dev/null 2>&1; then
    echo "SKIP every-capture: tshark is not installed"
    exit 0
fi
for source in "$STRATA_ROOT"/examples/strata-*.cc; do
    grep -q 'AddValue("out"' "$source" || continue
    example=$(basename "$source" .cc)
    example=${example#strata-}
    if ! "$STRATA_BIN_DIR/$example" --out="$example" >"$example.out" 2>&1; then
        echo "FAIL $example-ends-well: $(tail -n 1 "$example.out")"
    fi
    found=
    frames=0
    for capture in "$example"*.pcap; do
        [ -f "$capture" ] || continue
        found="$found$(complaints "$capture")"
        frames=$((frames + $(fields "$capture" frame frame.number | wc -l)))
    done
    same "$example-writes-frames-without-a-fault" "some " \
        "$([ "$frames" -gt 0 ] && echo some) $found"
done

# The same eyes see a fault: an octet of what each checksum covers is changed.
# spoilt NAME CAPTURE OFFSET: OFFSET counts from the start of the first frame, as PPP has it.
spoilt()
{
    cp "$2" spoilt.pcap
    printf '\252' | dd of=spoilt.pcap bs=1 seek=$((24 + 16 + $3)) conv=notrunc 2>/dev/null
    same "a-fault-in-$1-is-found" "1" "$(complaints spoilt.pcap | grep -c '^1 ')"
}
spoilt ip traceroute-0-1.pcap 14             # the source
spoilt udp traceroute-0-1.pcap 40            # data
spoilt tcp path-mtu-figure-tcp-link1.pcap 27 # the sequence number
spoilt icmp record-route-0-2.pcap 90         # data of an echo request with 40 octets of options
