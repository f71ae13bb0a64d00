#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does the dissector understand every PDU of a simulated layer, and does it see the moves?

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8

if ! command -v tshark >/dev/null 2>&1; then
    echo "SKIP layer-roaming: tshark is not installed"
    exit 0
fi
for run in a b; do
    if ! "$STRATA_BIN_DIR/layer-roaming" --out="$run" >"$run.out"; then
        echo "FAIL layer-roaming: the example does not run"
        exit 1
    fi
done

# show FILTER: the frames of the capture that the filter selects.
show()
{
    tshark -X "lua_script:$STRATA_ROOT/doc/wireshark/strata.lua" -r a-4-0.pcap -Y "$1" 2>/dev/null
}

bad=$(show '_ws.malformed || _ws.expert.severity==error')
if [ -z "$bad" ]; then
    echo "PASS layer-roaming-dissects-cleanly"
else
    echo "FAIL layer-roaming-dissects-cleanly: $bad"
fi
moves=$(show strata | grep -c 'reattaches')
if [ "$moves" -eq 3 ]; then
    echo "PASS layer-roaming-shows-three-moves"
else
    echo "FAIL layer-roaming-shows-three-moves: $moves"
fi
data=$(show strata | grep -c 'session-data 1.0.0.1 -> 4')
if [ "$data" -eq 100 ]; then
    echo "PASS layer-roaming-shows-every-message"
else
    echo "FAIL layer-roaming-shows-every-message: $data"
fi
if cmp -s a-4-0.pcap b-4-0.pcap && cmp -s a.out b.out; then
    echo "PASS layer-roaming-repeats-to-the-byte"
else
    echo "FAIL layer-roaming-repeats-to-the-byte: two runs differ"
fi
