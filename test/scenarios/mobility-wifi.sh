#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does a station that walks between real 802.11 access points keep its session, in readable frames?

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8
program="$STRATA_BIN_DIR/mobility-compare"

if ! "$program" --help | grep -q '\bwifi\b'; then
    echo "SKIP mobility-wifi: this build has no ns-3 module wifi"
    exit 0
fi

# check NAME COMMAND...: passes if the command succeeds.
check()
{
    name=$1
    shift
    if "$@" >check.out 2>&1; then
        echo "PASS mobility-wifi-$name"
    else
        echo "FAIL mobility-wifi-$name: $(tail -n 1 check.out)"
    fi
}

# frames FILTER: how many frames of the station's capture the display filter shows.
frames()
{
    tshark -X "lua_script:$STRATA_ROOT/doc/wireshark/strata.lua" -r wifi/direct-end0.pcap \
        -Y "$1" -T fields -e frame.number 2>/dev/null | wc -l
}

# at_least COUNT FILTER
at_least()
{
    found=$(frames "$2")
    echo "$2: $found frames"
    [ "$found" -ge "$1" ]
}

none()
{
    found=$(frames "$1")
    echo "$1: $found frames"
    [ "$found" -eq 0 ]
}

beacons_of_both()
{
    points=$(tshark -r wifi/direct-end0.pcap -Y 'wlan.fc.type_subtype==8' -T fields -e wlan.sa \
        2>/dev/null | sort -u | wc -l)
    echo "$points access points"
    [ "$points" -eq 2 ]
}

check sessions-survive sh -c "'$program' --profile=wifi --designs=two-layer,direct --runs=1 \
    --out=wifi >wifi.out && ! grep -q ',0,[0-9]*\$' wifi/results.csv"
check beacons-of-both-access-points beacons_of_both
check two-authentications-with-answers at_least 4 'wlan.fc.type_subtype==11'
check two-association-requests at_least 2 'wlan.fc.type_subtype==0'
check two-association-responses at_least 2 'wlan.fc.type_subtype==1'
check layer-pdus-in-data-frames at_least 100 'strata && wlan.fc.type==2'
check no-malformed-frame none '_ws.malformed || _ws.expert.severity==error'
check overlap-is-refused sh -c "! '$program' --profile=wifi --overlap=0.1 --out=refused \
    2>refused.err && [ \$(wc -l <refused.err) = 1 ] && [ ! -e refused ]"
check same-bytes-again sh -c "'$program' --profile=wifi --designs=two-layer,direct --runs=1 \
    --workers=1 --out=again >again.out && cmp wifi/direct-end0.pcap again/direct-end0.pcap && \
    cmp wifi/results.csv again/results.csv"
