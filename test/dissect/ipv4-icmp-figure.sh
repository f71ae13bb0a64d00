#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does tshark see each type of ICMP message of Fig. 5-61, as what it is and with what it says?

set -u
# shellcheck disable=SC1091 # a file of this folder
. "$STRATA_ROOT/test/dissect/figure-functions"

run icmp-figure
lan=icmp-figure-0-1.pcap
# What the host (the first node, first in hardware addresses) sends and gets.
host='icmp && (eth.src == 00:00:00:00:00:01 || eth.dst == 00:00:00:00:00:01 || eth.dst.ig == 1)'

# tshark knows type 9 as what Mobile IP made of it, and says so when it is the message of RFC 1256.
same figure-5-61-each-type-is-what-it-is "0 0 Echo (ping) reply
10 0 Router solicitation
11 0 Time-to-live exceeded (Time to live exceeded in transit)
12 0 Parameter problem (Pointer indicates the error)
13 0 Timestamp request
14 0 Timestamp reply
3 0 Destination unreachable (Network unreachable)
3 3 Destination unreachable (Port unreachable)
3 4 Destination unreachable (Fragmentation needed)
4 0 Source quench (flow control)
5 1 Redirect (Redirect for host)
8 0 Echo (ping) request
9 0 Mobile IP Advertisement (Normal router advertisement)" \
    "$(fields $lan icmp icmp.type icmp.code _ws.col.Info |
        sed 's/^\([0-9]*\)[0-9,]* \([0-9]*\)[0-9,]* /\1 \2 /; s/ *id=.*//; s/  */ /g; s/ $//' |
        sort -u)"

# The example counts what tshark counts.
same figure-5-61-counts-are-those-of-the-capture \
    "$(fields $lan "$host" icmp.type icmp.code | first | sort | uniq -c | awk '{ print $2 "/" $3, $1 }' | sort)" \
    "$(grep -o '[0-9]*/[0-9]* ([0-9]*)' icmp-figure.out | tr -d '()' | sort)"

# said FILTER FIELD...: what the messages say, once each.
said()
{
    fields $lan "$@" | first | sort -u
}
same figure-5-61-nobody-knows-the-network-the-port-or-how-to-send-so-much "10.0.0.2 0 0
10.0.0.2 4 576
10.0.1.2 3 0" \
    "$(said 'icmp.type == 3' ip.src icmp.code icmp.mtu | sed 's/ $/ 0/')"
same figure-5-61-the-destination-is-the-parameter-with-a-problem "10.0.0.2 0 16" \
    "$(said 'icmp.type == 12' ip.src icmp.code icmp.pointer)"
same figure-5-61-the-host-learns-of-router-b "10.0.0.2 1 10.0.0.3" \
    "$(said 'icmp.type == 5' ip.src icmp.code icmp.redir_gw)"
# The first request goes to A, the others to B at once.
same figure-5-61-the-host-obeys "00:00:00:00:00:02 00:00:00:00:00:03 00:00:00:00:00:03" \
    "$(fields $lan 'icmp.ident == 2 && icmp.type == 8 && eth.src == 00:00:00:00:00:01' eth.dst |
        xargs)"
same figure-5-61-each-request-of-the-flood-is-answered-or-choked "20" \
    "$(fields $lan 'icmp.type == 4 || icmp.type == 0 && ip.len == 428' frame.number | wc -l)"
same figure-5-61-only-the-line-that-is-full-chokes "10.0.0.2" "$(said 'icmp.type == 4' ip.src)"
same figure-5-61-time-is-told-in-milliseconds "14000 14000 14000" \
    "$(fields $lan 'icmp.type == 14' icmp.originate_timestamp icmp.receive_timestamp \
        icmp.transmit_timestamp)"
# The last advertisement takes back what the others say.
same figure-5-61-router-a-says-who-it-is "10.0.0.2 100 1800 10.0.0.2 100 1800 10.0.0.2 100 0" \
    "$(fields $lan 'icmp.type == 9' icmp.router_address icmp.pref_level icmp.lifetime | xargs)"
same figure-5-61-the-host-asks-all-routers "10.0.0.1 224.0.0.2" \
    "$(said 'icmp.type == 10' ip.src ip.dst)"
