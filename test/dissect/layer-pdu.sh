#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does the shipped dissector show layer PDUs as they are? strata-pdu-samples.cc writes the captures.

set -u
lua=$STRATA_ROOT/doc/wireshark/strata.lua
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8

if ! command -v tshark >/dev/null 2>&1; then
    echo "SKIP layer-pdu: tshark is not installed"
    exit 0
fi
if ! "$STRATA_BIN_DIR/pdu-samples" .; then
    echo "FAIL layer-pdu: pdu-samples does not write its captures"
    exit 1
fi

# dissect FILE [ARGUMENT...]: what tshark prints; its complaints go to tshark.err.
dissect()
{
    file=$1
    shift
    tshark -X "lua_script:$lua" -r "$file" "$@" 2>>tshark.err
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

flagged='_ws.malformed || _ws.expert.severity == error'

# 1. Right PDUs are shown without a complaint, and all of them are shown.
for capture in ethernet ppp udp right; do
    verdict "no-complaint-about-$capture" "$(dissect $capture.pcap -Y "($flagged) || !strata")"
    if [ "$(dissect $capture.pcap -Y strata | wc -l)" -lt 20 ]; then
        echo "FAIL frames-in-$capture: there are hardly any"
    fi
done

# 2. Fields have the values that were encoded.
fields=$(cut -f 2 fields.tsv | sort -u)
arguments=$(echo "$fields" | sed 's/^/-e /' | tr '\n' ' ')
for capture in ethernet ppp udp; do
    # shellcheck disable=SC2086 # a list of arguments
    dissect $capture.pcap -T fields -E separator=/t -E occurrence=a -E aggregator=, \
        -e frame.number $arguments >"$capture.fields"
    verdict "fields-on-$capture" "$(awk -F '\t' -v names="$fields" '
        BEGIN { count = split(names, name, "\n") }
        FNR == NR { for (i = 1; i <= count; ++i) { shown[$1, name[i]] = $(i + 1) } next }
        { ++checked }
        shown[$1, $2] != $3 { print "frame " $1 ": " $2 " is \"" shown[$1, $2] "\", not \"" $3 "\"" }
        END { if (checked < 150) { print "only " checked + 0 " values to compare" } }' \
        "$capture.fields" fields.tsv)"
done
types=$(dissect ppp.pcap -T fields -E occurrence=f -e strata.type | sort -n -u | tr '\n' ' ')
verdict every-type-is-dissected "$(for type in $(seq 23); do
    case " $types" in *" $type "*) ;; *) echo "type $type is not in the captures" ;; esac
done)"

# 3. Every byte of a PDU belongs to a field; the frame's padding has its own.
for capture in ethernet ppp udp right bad; do
    verdict "every-byte-has-a-field-in-$capture" "$(dissect $capture.pcap -T pdml | awk '
        function number(key) {
            return match($0, key "=\"[0-9]+\"") ? substr($0, RSTART + length(key) + 2,
                RLENGTH - length(key) - 3) + 0 : -1
        }
        /<packet>/ { split("", covered); from = -1; ++frame }
        /<proto name="frame"/ { size = number("size") }
        /name="strata(\.[^"]*)?"/ {
            if ($0 ~ /name="strata"/) { if (from < 0) { from = number("pos") } next }
            if ($0 ~ /name="strata\.(record|neighbor|segment|segment\.range)"/) { next }
            pos = number("pos")
            for (i = number("size"); i > 0; --i) { covered[pos + i - 1] = 1 }
        }
        /<\/packet>/ {
            if (from < 0) { print "frame " frame ": no PDU"; next }
            for (i = from; i < size; ++i) {
                if (!(i in covered)) { print "frame " frame ": byte " i " of " size; next }
            }
        }')"
done
verdict only-ethernet-has-padding "$(
    dissect ethernet.pcap -Y strata.padding | grep -q . || echo "no padding on Ethernet"
    dissect ppp.pcap -Y strata.padding
    dissect udp.pcap -Y strata.padding
    dissect ethernet.pcap -Y 'strata.padding && frame.len > 60')"

# 4. What is not right is flagged, frame by frame.
dissect bad.pcap -Y "$flagged" -T fields -e frame.number >bad.flagged
verdict bad-frames-are-flagged "$(awk -F '\t' '
    FNR == NR { flagged[$1] = 1; next }
    !($1 in flagged) { print "not flagged: " $2 }
    END { if (FNR < 1000) { print "only " FNR " frames" } }' bad.flagged bad.tsv)"
dissect wrong.pcap -T fields -e frame.number | grep -c . >wrong.all
dissect wrong.pcap -Y "$flagged" -T fields -e frame.number | grep -c . >wrong.flagged
verdict "what-the-decoder-refuses-is-flagged" "$(
    [ "$(cat wrong.all)" -gt 1000 ] || echo "only $(cat wrong.all) frames"
    cmp -s wrong.all wrong.flagged ||
        echo "$(cat wrong.flagged) of $(cat wrong.all) frames are flagged")"

# 5. No error inside the dissector.
verdict no-lua-error "$({
    grep -i -e lua -e error tshark.err
    dissect bad.pcap -Y '_ws.lua.error'
    dissect wrong.pcap -Y '_ws.lua.error'
} | head -n 3)"
