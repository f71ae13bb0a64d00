#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Are prefixes, classes and special addresses what Figs. 5-50 to 5-55 say, and does tshark see
# packets go where they say? Figs. 5-52 and 5-53 print 192.24 for 194.24.

set -u
# shellcheck disable=SC1091 # a file of this folder
. "$STRATA_ROOT/test/dissect/figure-functions"

# printed NAME PATTERN: whether the example prints the line.
printed()
{
    same "$1-prints-$(echo "$2" | tr -c 'A-Za-z0-9.\n' '-')" "$2" "$(grep -F -x -e "$2" "$1.out")"
}

run subnet-figure
printed subnet-figure "Computer Science: 10000000 11010000 1|xxxxxxx xxxxxxxx"
printed subnet-figure "Electrical Eng.: 10000000 11010000 00|xxxxxx xxxxxxxx"
printed subnet-figure "Art: 10000000 11010000 011|xxxxx xxxxxxxx"
same figure-5-50-128.208.2.151-is-of-electrical-engineering \
    "AND 255.255.128.0 is 128.208.0.0, not Computer Science
AND 255.255.192.0 is 128.208.0.0, which is Electrical Eng." \
    "$(grep -A 2 '^Where does 128.208.2.151' subnet-figure.out | tail -n 2)"
# The departments' hosts are nodes 2, 3 and 4.
same figure-5-50-each-department-gets-its-own "128.208.128.2 128.208.2.151 128.208.96.2" \
    "$(for host in 2 3 4; do
        fields subnet-figure-$host-1.pcap 'icmp.type == 8' ip.dst
    done | xargs)"
same figure-5-50-nobody-gets-what-is-free "3 0 128.208.64.1" \
    "$(fields subnet-figure-0-1.pcap 'icmp.type == 3' icmp.type icmp.code ip.dst |
        sed 's/\([03]\),8 \([0-9]\),0 .*,/\1 \2 /')"
same figure-5-50-outside-there-is-one-prefix "128.208.0.0 255.255.0.0" \
    "$(sed '/^The table of the main/,$d' subnet-figure.out | awk '/^128/ { print $1, $3 }')"

run aggregation-figure
printed aggregation-figure "Cambridge   194.24.0.0     194.24.7.255   2048      194.24.0.0/21"
printed aggregation-figure "Edinburgh   194.24.8.0     194.24.11.255  1024      194.24.8.0/22"
printed aggregation-figure "(Available) 194.24.12.0    194.24.15.255  1024      194.24.12.0/22"
printed aggregation-figure "Oxford      194.24.16.0    194.24.31.255  4096      194.24.16.0/20"
same figure-5-51-free-space-stands-in-its-place "Cambridge Edinburgh (Available) Oxford" \
    "$(sed -n '2,5s/ .*//p' aggregation-figure.out | xargs)"
same figure-5-52-three-prefixes-become-one "London tells New York of 194.24.0.0/19,
and discards what it has no route for in 194.24.0.0/19." \
    "$(grep -A 1 '^London tells' aggregation-figure.out)"
same figure-5-53-new-york-keeps-two-routes "194.24.0.0 255.255.224.0
194.24.12.0 255.255.252.0" \
    "$(sed '1,/^The table of New York/d' aggregation-figure.out | awk '/^194/ { print $1, $3 }')"
"$STRATA_BIN_DIR/exact-aggregation" >exact-aggregation.out
printed exact-aggregation \
    "before: 194.24.0.0/21 to London; 194.24.8.0/22 to London; 194.24.16.0/20 to London;"
printed exact-aggregation "after: 194.24.0.0/19 to London; 194.24.12.0/22 to San Francisco;"
# Node 0 is New York, 1 is London, 2, 3 and 5 are the universities, 4 is San Francisco.
same figure-5-52-universities-get-their-own "194.24.0.2 194.24.8.2 194.24.16.2 194.24.16.2" \
    "$(for host in 2 3 5; do
        fields aggregation-figure-$host-1.pcap 'icmp.type == 8' ip.dst
    done | xargs)"
same figure-5-52-what-is-free-goes-to-london-and-no-further "64" \
    "$(fields aggregation-figure-0-1.pcap 'ip.dst == 194.24.12.2' ip.ttl | xargs)"
same figure-5-53-the-longest-match-leads-to-san-francisco "1" \
    "$(fields aggregation-figure-4-1.pcap 'icmp.type == 8 && ip.dst == 194.24.12.2' ip.dst | wc -l)"

"$STRATA_BIN_DIR/classes-figure" >classes-figure.out
same figure-5-54-classes "A 8 1.0.0.0 127.255.255.255
B 4 128.0.0.0 191.255.255.255
C 2 192.0.0.0 223.255.255.255
D 1 224.0.0.0 239.255.255.255
E 1 240.0.0.0 255.255.255.255" "$(sed -n '2,6s/  */ /gp' classes-figure.out)"
for line in "18.26.0.1 is in 18.0.0.0/8: line 1" "128.208.2.151 is in 128.208.0.0/16: line 2" \
    "192.32.65.5 is in 192.32.65.0/24: line 3" "192.32.63.3 is in 192.32.63.0/24: no route" \
    "224.0.0.5 is in 224.0.0.0/4: to multicast" "240.0.0.1 is in 240.0.0.0/4: refused"; do
    same "figure-5-54-lookup-${line%% *}" "$line" \
        "$(sed 's/  */ /g' classes-figure.out | grep "^${line%% *} ")"
done

run addresses-figure
# Captures are of 192.32.65.5 and of 192.32.63.3.
same figure-5-55-on-the-sender-s-network "0.0.0.0 255.255.255.255
192.32.65.7 192.32.65.5
192.32.65.7 255.255.255.255
192.32.65.7 192.32.63.255
192.32.65.7 192.32.63.255" "$(fields addresses-figure-1-1.pcap udp ip.src ip.dst)"
same figure-5-55-broadcasts-are-broadcast-where-they-are-local \
    "ff:ff:ff:ff:ff:ff 0.0.0.0
ff:ff:ff:ff:ff:ff 192.32.65.7" \
    "$(fields addresses-figure-1-1.pcap 'ip.dst == 255.255.255.255' eth.dst ip.src)"
same figure-5-55-one-directed-broadcast-passes-the-router "ff:ff:ff:ff:ff:ff 192.32.63.255" \
    "$(fields addresses-figure-3-1.pcap udp eth.dst ip.dst)"
same figure-5-55-loopback-is-never-on-a-wire "" \
    "$(for host in 1 3; do
        fields addresses-figure-$host-1.pcap 'ip.addr == 127.0.0.0/8' ip.dst
    done)"
same figure-5-55-who-hears-what "This host:192.32.65.5 router
A host on this network:192.32.65.5
Broadcast on the local network:192.32.65.5 router
Broadcast on a distant network:
the same, where the router allows it:192.32.63.3 192.32.63.8 router
Loopback:192.32.65.7" \
    "$(sed -n 's/ (as a source)//; 2,7s/^[0-9.]* *\([^0-9]*[^ 0-9]\)  *\([0-9].*\)*$/\1:\2/p' \
        addresses-figure.out)"
