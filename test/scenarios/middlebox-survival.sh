#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does each application fare behind each box as the rules of the box say?
#
# What is expected is reasoned here from RFC 4787, 5382 and 7857, not copied from a run. Let E be
# what the NAT looks at of the remote end: nothing (endpoint-independent), its address, or address
# and port; a kind is a pair of mapping and filtering (RFC 3489 section 5, RFC 4787 sections 4, 5):
#
#   full-cone             E,E    restricted-cone       E,A
#   port-restricted-cone  E,AP   symmetric             AP,AP
#
# http-poll     begins inside and is TCP: every box lets it out and its answers in. Each poll is a
#               connection of its own, so that a lost table or another address costs one at most.
# tcp-server    A call from outside finds no mapping of any kind; a firewall lets nobody begin.
# -forwarded    A static mapping is for whomever (no filter), a rule of the firewall, too. The
#               carrier's NAT outside of the home's has neither. Connections die with the box's memory
#               of them: a segment in mid-connection makes no mapping and no session (RFC 5382 REQ-1
#               speaks of SYNs alone; "all its TCP connections are destroyed", Tanenbaum 5.7.2).
# two-boxes     One box that forwards is not enough, two are; the carrier's column has two at once.
# game          Bob calls where the server saw Alice, who has sent to the server alone. Only
#               endpoint-independent filtering lets him in.
# game-punched  Alice sends to Bob, too. With endpoint-independent mapping her mapping is the one that
#               the server saw, and now lets Bob in. AP,AP: what Bob sees is another port, which he
#               has not sent to; both ways fail. A firewall sees a flow that began inside. After a
#               reboot the mapping is made anew with the host's own port (port preservation, RFC 4787
#               section 4.2.1), so it is what it was; another address is none that Bob sent to.
# ftp-passive   Both connections begin inside. In the middle of the file it is one long connection.
# ftp-active    PORT names 10.0.0.1: the server's SYN goes nowhere. Without NAT the address is good,
#               and the firewall refuses what begins outside. (In the two columns with a change the
#               address was wrong before.)
# -alg          The NAT rewrites PORT (RFC 5382 REQ-6 recommends it); a firewall without that help
#               still refuses.
# tcp-2, ip-in-ip  No ports of TCP or UDP, so a NAT that drops unknown protocols drops them; a
#               firewall follows flows by addresses.
# idle          3 h are more than the 2 h 4 min of RFC 5382 REQ-5, and the server speaks first.
# -keep-alive   30 min are less. It does not help against a lost table or another address.

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8
program="$STRATA_BIN_DIR/middlebox-survival"

# check NAME COMMAND...: passes if the command succeeds.
check()
{
    name=$1
    shift
    if "$@" >check.out 2>&1; then
        echo "PASS middlebox-survival-$name"
    else
        echo "FAIL middlebox-survival-$name: $(tail -n 1 check.out)"
    fi
}

# refused ARGUMENT...: one line on stderr, status 2, no results.
refused()
{
    "$program" --out=refused "$@" >refused.out 2>refused.err
    status=$?
    cat refused.err
    [ "$status" -eq 2 ] && [ "$(wc -l <refused.err)" -eq 1 ] && [ ! -e refused ]
}

# The order of columns: none, full-cone, restricted-cone, port-restricted-cone, symmetric, firewall,
# nat-firewall, carrier-nat, nat-reboot, renumber, ipv6-firewall. "." is "ok".
cat >expected <<'EOF'
http-poll            . . . . . . . . . . .
tcp-server           . no-mapping no-mapping no-mapping no-mapping firewall no-mapping no-mapping no-mapping no-mapping firewall
tcp-server-forwarded . . . . . . . no-mapping state state .
two-boxes-one        . no-mapping no-mapping no-mapping no-mapping firewall no-mapping no-mapping no-mapping no-mapping firewall
two-boxes-both       . . . . . . . . state state .
game                 . . filter filter filter firewall firewall filter filter filter firewall
game-punched         . . . . filter . . . . state .
ftp-passive          . . . . . . . . state state .
ftp-active           . private private private private firewall private private private private firewall
ftp-active-alg       . . . . . firewall firewall . state state firewall
tcp-2                . protocol protocol protocol protocol . protocol protocol protocol protocol .
ip-in-ip             . protocol protocol protocol protocol . protocol protocol protocol protocol .
idle                 . state state state state state state state state state state
idle-keep-alive      . . . . . . . . state state .
EOF

# reasons FILE: application, box, whether it works, reason.
reasons()
{
    tr -d '\r' <"$1" | tail -n +2 | awk -F, '{ print $1, $2, $3, $5 }'
}

# fares BOX COLUMN: the column of the box is what is expected, for all applications.
fares()
{
    awk -v column="$2" -v box="$1" '{
        reason = $(column + 1)
        if (reason == ".") print $1, box, "true ok"
        else print $1, box, "false", reason
    }' expected >want
    reasons results.csv | awk -v box="$1" '$2 == box' >found
    diff want found
}

check runs "$program" --pcap=false --out=all
cp all/results.csv results.csv
column=1
for box in none full-cone restricted-cone port-restricted-cone symmetric firewall nat-firewall \
    carrier-nat nat-reboot renumber ipv6-firewall; do
    check "$box-does-what-its-rules-say" fares "$box" "$column"
    column=$((column + 1))
done

# "Only applications built on HTTP work reliably": one row has no gap.
only_http()
{
    reasons results.csv | awk '$3 != "true" { failed[$1] = 1 } { all[$1] = 1 }
        END { for (name in all) if (!failed[name]) print name }' >found
    cat found
    [ "$(cat found)" = http-poll ]
}
check http-alone-works-everywhere only_http

# What crosses: a look at both sides of some boxes.
check captures-run "$program" --out=captured --applications=http-poll,ftp-active-alg,ftp-active \
    --boxes=full-cone,ipv6-firewall
if command -v tshark >/dev/null 2>&1; then
    # shellcheck disable=SC1091 # a file of that folder
    . "$STRATA_ROOT/test/dissect/figure-functions"
    faults=
    private=
    for capture in captured/*.pcap; do
        faults="$faults$(complaints "$capture")"
        case $capture in
        *full-cone-outside.pcap)
            private="$private$(fields "$capture" 'ip.addr == 10.0.0.0/8' frame.number)"
            ;;
        esac
    done
    same middlebox-survival-has-no-malformed-packet-and-no-bad-checksum "" "$faults"
    same middlebox-survival-shows-no-private-address-outside "" "$private"
    same middlebox-survival-shows-ten-pages-as-http "10" \
        "$(fields captured/http-poll-full-cone-outside.pcap 'http.response.code == 200' frame.number |
            wc -l)"
    # 198.60.42.12 outside, 10.0.0.1 inside, and the file comes from port 20.
    same middlebox-survival-alg-rewrites-port "198,60,42,12" \
        "$(fields captured/ftp-active-alg-full-cone-outside.pcap 'ftp.request.command == "PORT"' \
            ftp.request.arg | cut -d, -f1-4)"
    same middlebox-survival-without-alg-port-stays "10,0,0,1" \
        "$(fields captured/ftp-active-full-cone-outside.pcap 'ftp.request.command == "PORT"' \
            ftp.request.arg | cut -d, -f1-4)"
    same middlebox-survival-ipv6-says-eprt "EPRT" \
        "$(fields captured/ftp-active-ipv6-firewall-inside.pcap 'ftp.request.command == "EPRT"' \
            ftp.request.command)"
else
    echo "SKIP middlebox-survival-captures: tshark is not installed"
fi

check same-bytes-with-one-worker "$program" --out=again --workers=1 \
    --applications=http-poll,ftp-active-alg,ftp-active --boxes=full-cone,ipv6-firewall
check csv-is-the-same-for-any-workers cmp again/results.csv captured/results.csv
check captures-are-the-same-for-any-workers \
    cmp again/ftp-active-alg-full-cone-outside.pcap captured/ftp-active-alg-full-cone-outside.pcap

check an-unknown-box-is-refused refused --boxes=moat
check an-unknown-application-is-refused refused --applications=http-poll,gopher
check an-unknown-parameter-is-refused refused --box=none
