#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does tshark see the options of Fig. 5-48 as what they are, filled in by each router?

set -u
# shellcheck disable=SC1091 # a file of this folder
. "$STRATA_ROOT/test/dissect/figure-functions"

run loose-source-route
# In order of the way west: nodes 0, 1, 2, 3 and 4; east are 5 and 6. Device 0 is the loopback.
same loose-source-route-names-its-next-stop "10.0.1.2 10.0.2.2 10.0.3.2 10.0.4.2" \
    "$(for capture in 0-1 1-2 2-2 3-2; do
        fields loose-source-route-$capture.pcap 'icmp.type == 8' ip.cur_rt ip.dst | awk '{ print $1 }'
    done | xargs)"
same loose-source-route-comes-back-reversed "10.0.4.1 10.0.3.1 10.0.2.1 10.0.5.1" \
    "$(for capture in 4-1 3-1 2-1 1-1; do
        fields loose-source-route-$capture.pcap 'icmp.type == 0' ip.cur_rt ip.dst | awk '{ print $1 }'
    done | xargs)"
same loose-source-route-goes-east-without "1,7" \
    "$(fields loose-source-route-5-1.pcap 'icmp.type == 8' ip.opt.type)"

run strict-source-route
same strict-source-route-passes-each-router "1 1 1 1" \
    "$(for capture in 0-1 1-2 2-2 3-2; do
        fields strict-source-route-$capture.pcap 'ip.opt.type == 137 && icmp.type == 8' ip.dst |
            wc -l
    done | xargs)"
same without-it-the-corrupted-tables-use-up-the-ttl "1" \
    "$(fields strict-source-route-0-1.pcap 'icmp.type == 11' ip.src | wc -l)"
lines strict-source-route 'Time to live exceeded' 1
lines strict-source-route ' 1 received' 2

run record-route
same record-route-has-room-for-nine "39" \
    "$(fields record-route-0-2.pcap 'icmp.type == 8' ip.opt.len | sort -u)"
same record-route-shows-tokyo "2" \
    "$(fields record-route-1-2.pcap 'icmp.type == 8 && ip.opt.type == 7' ip.rec_rt |
        grep -c '^10.0.2.1,10.0.3.1$')"
same after-the-repair-nothing-passes-tokyo "2 2" \
    "$(for capture in 0-2 0-1; do
        fields record-route-$capture.pcap 'icmp.type == 8' ip.src | wc -l
    done | xargs)"
lines record-route 'same route' 2
