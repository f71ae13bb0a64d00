#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does tshark see path MTU discovery as Fig. 5-42 has it, and what traceroute sends and gets?

set -u
# shellcheck disable=SC1091 # a file of this folder
. "$STRATA_ROOT/test/dissect/figure-functions"

run path-mtu-figure
for transport in tcp udp; do
    link=path-mtu-figure-$transport-link
    same "figure-5-42-routers-say-try-1200-then-try-900-to-$transport" "10.0.1.2 3 4 1200
10.0.2.2 3 4 900" \
        "$(fields ${link}1.pcap icmp ip.src icmp.type icmp.code icmp.mtu | first | uniq)"
    same "figure-5-42-$transport-may-never-be-fragmented-by-a-router" "1" \
        "$(fields ${link}1.pcap "$transport && !icmp && ip.src == 10.0.1.1 || ip.frag_offset > 0" \
            ip.flags.df | sort -u | sed 's/True/1/')"
done
# The largest packets of each link, in the order in which the source sends these sizes.
sizes()
{
    fields "path-mtu-figure-$1-link$2.pcap" '!icmp && ip.len >= 900' ip.len | uniq | xargs
}
same figure-5-42-tcp-packets "1400 1200 900,1200 900,900" \
    "$(sizes tcp 1),$(sizes tcp 2),$(sizes tcp 3)"
same figure-5-42-no-tcp-segment-is-a-fragment "" \
    "$(fields path-mtu-figure-tcp-link1.pcap 'ip.flags.mf == 1 || ip.frag_offset > 0' frame.number)"
# A fragment holds a multiple of eight octets: 1176 of 1180, and 880 of 880.
same figure-5-42-udp-packets-are-fragmented-at-the-source "1400 1196 900,1196 900,900" \
    "$(sizes udp 1),$(sizes udp 2),$(sizes udp 3)"
same figure-5-42-as-the-example-prints-it "packet 1400 Try 1200 packet 1200 Try 900 packet 900 \
packet 1400 Try 1200 fragment 1196 Try 900 fragment 900" \
    "$(sed -n 's/ from .*//; s/"//g; s/^ *[0-9.]* s *//p' path-mtu-figure.out | xargs)"
lines path-mtu-figure '^274400 octets of 274400 reach' 1

run traceroute
udp='udp && ip.src == 10.0.1.1 && udp.length == 40'
ttls="1 1 1 2 2 2 3 3 3 4 4 4"
same traceroute-raises-the-ttl-of-udp-probes "$ttls" \
    "$(fields traceroute-0-1.pcap "$udp && ip.dst == 10.0.4.2 && !icmp" ip.ttl | xargs)"
same traceroute-counts-ports-from-33434 "$(seq 33434 33445)" \
    "$(fields traceroute-0-1.pcap "$udp && ip.dst == 10.0.4.2 && !icmp" udp.dstport)"
same traceroute-raises-the-ttl-of-icmp-probes "$ttls" \
    "$(fields traceroute-0-1.pcap 'icmp.type == 8 && !(icmp.type == 11)' ip.ttl | xargs)"
same traceroute-hears-of-the-routers-and-of-the-port "3 10.0.1.2 11 0
3 10.0.2.2 11 0
3 10.0.3.2 11 0
3 10.0.4.2 3 3" \
    "$(fields traceroute-0-1.pcap 'icmp.type && udp.length == 40 && !(icmp.code == 4) &&
        !(icmp.type == 3 && icmp.code == 0)' ip.src icmp.type icmp.code | first | uniq -c |
        sed 's/^ *//')"
same traceroute-gets-an-echo-for-the-last-icmp-probes "3" \
    "$(fields traceroute-0-1.pcap 'icmp.type == 0 && ip.src == 10.0.4.2' ip.src | wc -l)"
same traceroute-hears-that-a-network-cannot-be-reached "3" \
    "$(fields traceroute-0-1.pcap 'icmp.type == 3 && icmp.code == 0' icmp.type | wc -l)"
# Links of 1, 2, 3 and 4 ms: there and back 2, 6, 12 and 20, and some microseconds to send.
same traceroute-prints-hops-as-linux-does "$(for hop in "1 10.0.1.2 2" "2 10.0.2.2 6" \
    "3 10.0.3.2 12" "4 10.0.4.2 20"; do
    # shellcheck disable=SC2086 # three words
    set -- $hop
    echo " $1  $2 ($2)  $3.0NN ms  $3.0NN ms  $3.0NN ms"
done)" "$(sed -n '4,7s/\.0[0-9][0-9] ms/.0NN ms/gp' traceroute.out)"
lines traceroute '^traceroute to 10.0.4.2 (10.0.4.2), 30 hops max, 60 byte packets$' 2
lines traceroute '!N ' 1
lines traceroute '^ 3  10.0.2.2 (10.0.2.2) .* ms !F-1200 .* ms !F-1200 .* ms !F-1200$' 1
