#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does tshark see the fragments of Figs. 5-40 and 5-41?

set -u
# shellcheck disable=SC1091 # a file of this folder
. "$STRATA_ROOT/test/dissect/figure-functions"

run fragmentation-figure
# Number, offset and more fragments (the end bit's opposite) on each link.
same fragmentation-figure-a "27 0 0" \
    "$(fields fragmentation-figure-0-1.pcap ip ip.id ip.frag_offset ip.flags.mf |
        sed 's/0x001b/27/; s/False/0/; s/True/1/')"
same fragmentation-figure-b "27 0 1
27 8 0" \
    "$(fields fragmentation-figure-1-2.pcap ip ip.id ip.frag_offset ip.flags.mf |
        sed 's/0x001b/27/; s/False/0/; s/True/1/')"
same fragmentation-figure-c "27 0 1
27 5 1
27 8 0" \
    "$(fields fragmentation-figure-2-2.pcap ip ip.id ip.frag_offset ip.flags.mf |
        sed 's/0x001b/27/; s/False/0/; s/True/1/')"
same fragmentation-figure-fits-each-link "100 84,36 60,44,36" \
    "$(for capture in 0-1 1-2 2-2; do
        fields fragmentation-figure-$capture.pcap ip ip.len | paste -s -d ,
    done | xargs)"

run transparent-fragmentation
# Network 1 carries fragments; network 2 behind it whole packets in the first case alone.
whole='ip.flags.mf == 0 && ip.frag_offset == 0 && ip.proto == 17 && !icmp'
same transparently-packets-are-whole-between-the-networks "484 0" \
    "$(fields transparent-fragmentation-a-2-2.pcap "$whole" ip.id | wc -l) $(fields \
        transparent-fragmentation-a-2-2.pcap "! ($whole)" ip.id | wc -l)"
same transparently-fragments-go-to-the-exit "10.0.2.2 4" \
    "$(fields transparent-fragmentation-a-1-2.pcap '!icmp' ip.dst ip.proto |
        sed 's/,[^ ]*//g' | sort -u)"
same nontransparently-fragments-go-to-the-destination "10.0.5.2 17" \
    "$(fields transparent-fragmentation-b-1-2.pcap '!icmp' ip.dst ip.proto | sort -u)"
same nontransparently-no-packet-is-whole-at-the-destination "0" \
    "$(fields transparent-fragmentation-b-4-2.pcap "$whole" ip.id | wc -l)"
lines transparent-fragmentation 'at destination: 0 fragments came in' 1
lines transparent-fragmentation 'at G[24]: 0 fragments came in' 2
