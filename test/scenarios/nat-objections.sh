#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does each objection of section 5.7.2 to NAT show as the text says, and not through a plain router?

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8
program="$STRATA_BIN_DIR/nat-objections"

# check NAME COMMAND...: passes if the command succeeds.
check()
{
    name=$1
    shift
    if "$@" >check.out 2>&1; then
        echo "PASS nat-objections-$name"
    else
        echo "FAIL nat-objections-$name: $(tail -n 1 check.out)"
    fi
}

# is OBJECTION BOX DONE WANTED
is()
{
    tr -d '\r' <out/results.csv | awk -F, -v objection="$1" -v box="$2" '
        $1 == objection && $2 == box { print $3, $4 }' >found
    cat found
    [ "$(cat found)" = "$3 $4" ]
}

# refused ARGUMENT...: one line on stderr, status 2, no results.
refused()
{
    "$program" --out=refused "$@" >refused.out 2>refused.err
    status=$?
    cat refused.err
    [ "$status" -eq 2 ] && [ "$(wc -l <refused.err)" -eq 1 ] && [ ! -e refused ]
}

# silent BOX: connections were silent for the second of the crash and the timeout of their sender,
# which waits a second at least (RFC 6298) and twice as long each time.
silent()
{
    grep -A 4 "^3 state:" out.txt | sed -n "s/^  $1.*silent for \\([0-9.]*\\) s.*/\\1/p" >found
    cat found
    awk '{ exit !($1 > 1 && $1 < 5) }' found && [ -s found ]
}

check runs sh -c "'$program' --out=out --pcap >out.txt"

# Sentence by sentence. What a router does not touch comes through it whole.
for each in "1 addresses 100" "2 end-to-end 20" "3 state 20" "4 layering 20" "5 new transport 20" \
    "5 tunnel 20" "6 FTP 10000" "7 ports 61441"; do
    check "$(echo "${each% *}" | tr ' ' '-')-is-no-matter-for-a-router" \
        is "${each% *}" router "${each##* }" "${each##* }"
done
# "With NAT, thousands of machines may (and do) use address 10.0.0.1."
check 1-all-hosts-have-one-address grep -q "nat: 100 hosts, 1 addresses" out.txt
check 1-none-is-reached-by-it is "1 addresses" nat 0 100
# "[...] a remote user cannot make connections to a game server on the home network. Special
# configuration [is] needed"
check 2-nobody-calls-the-game-server is "2 end-to-end" nat 0 20
check 2-special-configuration-helps is "2 end-to-end" patched 20 20
# "If the NAT box crashes and its mapping table is lost, all its TCP connections are destroyed. In
# the absence of NAT [...] the sending process just times out within a few seconds"
check 3-all-connections-are-destroyed is "3 state" nat 0 20
check 3-a-saved-table-keeps-them is "3 state" patched 20 20
check 3-a-router-s-crash-costs-seconds silent router
# "If TCP is later upgraded to TCP-2, with a different header layout (e.g., 32-bit ports), NAT will
# fail."
check 4-tcp-2-fails is "4 layering" nat 0 20
# "[...] introduction of a NAT box will cause the application to fail"
check 5-a-new-transport-fails is "5 new transport" nat 0 20
check 5-a-tunnel-fails is "5 tunnel" nat 0 20
# A box that maps by addresses alone changes what the checksum of TCP-2 covers, as TCP's does; a
# tunnel has none.
check 5-addresses-alone-spoil-the-checksum is "5 new transport" patched 0 20
check 5-addresses-alone-let-a-tunnel-through is "5 tunnel" patched 20 20
# "FTP and other applications such as the H.323 Internet telephony protocol will fail [...] unless
# special precautions are taken."
check 6-ftp-fails is "6 FTP" nat 0 10000
check 6-ftp-with-its-precaution-works is "6 FTP" patched 10000 10000
check 6-the-telephone-is-deaf sh -c "grep '^6 telephone,nat,0,[1-9]' out/results.csv"
check 6-the-telephone-is-heard sh -c "grep '^6 telephone,nat,.*hears [1-9]' out/results.csv"
# "Actually, the number is slightly less because the first 4096 ports are reserved [...] each one
# can handle up to 61,440 machines": 65,536 - 4,096, and as many again.
check 7-the-61441st-machine-is-refused is "7 ports" nat 61440 61441
check 7-a-second-address-serves-as-many-again is "7 ports" patched 122880 122881

if command -v tshark >/dev/null 2>&1; then
    # shellcheck disable=SC1091 # a file of that folder
    . "$STRATA_ROOT/test/dissect/figure-functions"
    faults=
    # TCP-2 in the place of TCP is no TCP to tshark.
    for capture in state-nat-outside FTP-patched-outside tunnel-patched-outside \
        telephone-nat-inside addresses-router-outside; do
        [ -s "out/$capture.pcap" ] || faults="$faults no $capture"
        faults="$faults$(complaints "out/$capture.pcap")"
    done
    same nat-objections-has-no-malformed-packet-and-no-bad-checksum "" "$faults"
    # The high half of port 100,001 stands where a box looks for a source port.
    same nat-objections-tcp-2-looks-like-a-segment-from-port-1 "1" \
        "$(fields out/layering-router-outside.pcap 'tcp && ip.src == 198.60.44.1' tcp.srcport |
            sort -u)"
else
    echo "SKIP nat-objections-captures: tshark is not installed"
fi

check no-hosts-are-refused refused --hosts=0
check too-long-a-crash-is-refused refused --down=31s
check an-unknown-parameter-is-refused refused --objection=8
