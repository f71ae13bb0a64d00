#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Do the tools of Linux find the simulated routers to be routers? Two network namespaces of its own
# with the chain of linux-chain between them; the namespace of the host is not touched.

set -u
program="$STRATA_BIN_DIR/linux-chain"
chain=
server=
captures=
left=strata-$$-left
right=strata-$$-right

processes() { echo "$chain $server $captures"; }
# shellcheck disable=SC1091 # a file of this folder
. "$STRATA_ROOT/test/peers/peer-functions"

skip()
{
    echo "SKIP linux-chain: $*"
    exit 0
}

# What Linux learned about paths is forgotten.
forget() { ip -n "$left" route flush cache && ip -n "$right" route flush cache; }

# ---- The chain ----------------------------------------------------------------------------------

# start ARGUMENT...: runs the chain until it says "ready".
start()
{
    : >chain.out # not the word of the one before
    "$program" --left="$left" --right="$right" --duration=120 "$@" >chain.out 2>&1 &
    chain=$!
    for _ in $(seq 100); do
        grep -q '^ready$' chain.out && return 0
        kill -0 "$chain" 2>/dev/null || break
        sleep 0.1
    done
    echo "not ready: $(tail -n 1 chain.out)"
    return 1
}

# ended SIGNAL STATUS: the chain ends with the status, and nothing of it is left in the namespaces.
ended()
{
    process=$chain
    chain=
    kill -"$1" "$process"
    wait "$process" 2>/dev/null
    status=$?
    if [ $status != "$2" ]; then
        echo "ended with status $status: $(tail -n 1 chain.out)"
        return 1
    fi
    no_trace
}

no_trace()
{
    for space in $left $right; do
        if ip -n "$space" -o link | grep strata || ip -n "$space" route | grep .; then
            return 1
        fi
    done
}

# refused PATTERN COMMAND...: the command fails with one line that matches.
refused()
{
    pattern=$1
    shift
    "$@" >refused.out 2>&1
    status=$?
    cat refused.out
    [ $status = 1 ] && [ "$(wc -l <refused.out)" = 1 ] && expects "$pattern" <refused.out
}

configured()
{
    ip -n "$left" -o -4 address show strata0 | expects 'inet 10\.1\.0\.2/24 ' &&
        ip -n "$right" -o -4 address show strata0 | expects 'inet 10\.2\.0\.2/24 ' &&
        ip -n "$left" -o link show strata0 | expects ' mtu 1500 ' &&
        ip -n "$right" -o link show strata0 | expects ' mtu 900 ' &&
        ip -n "$left" route show default | expects 'via 10\.1\.0\.1 ' &&
        ip -n "$right" route show default | expects 'via 10\.2\.0\.1 '
}

# ---- Echoes -------------------------------------------------------------------------------------

echoes()
{
    in_left ping -n -c 3 -i 0.1 -W 2 10.2.0.2 | expects 'ttl=61' &&
        in_right ping -n -c 3 -i 0.1 -W 2 10.1.0.2 | expects ' 0% packet loss'
}

echoes_of_routers()
{
    for address in 10.1.0.1 10.0.1.1 10.0.1.2 10.0.2.1 10.0.2.2 10.2.0.1; do
        in_left ping -n -c 1 -W 2 $address | expects ' 0% packet loss' || return 1
        in_right ping -n -c 1 -W 2 $address | expects ' 0% packet loss' || return 1
    done
}

# Each router records the address of the link that it sends to (RFC 1812 section 5.2.4.1), there and
# back; Linux records its own when it receives and when it sends. Nine slots are there.
records_route()
{
    in_left ping -n -R -c 1 -W 2 10.2.0.2 >route.out
    cat route.out
    sed -n '/^RR:/,/^$/s/^\(RR:\)*[	 ]*//p' route.out | grep . | tr '\n' ' ' | expects \
        '^10.1.0.2 10.0.1.1 10.0.2.1 10.2.0.1 10.2.0.2 10.2.0.2 10.0.2.2 10.0.1.2 10.1.0.1 $'
}

# Nine stamps fit in: all but that of the return to the sender.
stamps_time()
{
    in_left ping -n -T tsonly -c 1 -W 2 10.2.0.2 >stamps.out
    cat stamps.out
    stamps=$(sed -n '/^TS:/,/^$/p' stamps.out | grep -v Unrecorded | grep -c '[0-9]')
    if [ "$stamps" != 9 ]; then
        echo "$stamps time stamps: $(tr -s '\n\t ' ' ' <stamps.out)"
        return 1
    fi
    expects 'Unrecorded hops: 1' <stamps.out && knows_time
}

# The routers' clocks are within a second of that of Linux.
knows_time()
{
    late=$(sed -n '/^TS:/,/^$/s/.*[^0-9-]\(-*[0-9]\{4,\}\)$/\1/p' stamps.out)
    [ -z "$late" ] || echo "differences of $late ms"
    [ -z "$late" ]
}

# Four pairs fit in; Linux at the other end, the routers on the way back, and Linux are counted.
stamps_time_and_address()
{
    in_left ping -n -T tsandaddr -c 1 -W 2 10.2.0.2 >stamps.out
    cat stamps.out
    sed -n '/^TS:/,/^$/s/^\(TS:\)*[	 ]*//p' stamps.out | sed 's/[	 ].*//' | grep '^10\.' |
        tr '\n' ' ' | expects '^10.1.0.2 10.0.1.1 10.0.2.1 10.2.0.1 $' &&
        expects 'Unrecorded hops: 5' <stamps.out && knows_time
}

# ---- Sizes --------------------------------------------------------------------------------------

# Each router that cannot pass the packet on names the MTU that stands in the way (RFC 1191).
refuses_to_fragment()
{
    forget
    in_left ping -n -M 'do' -s 1472 -c 1 -W 2 10.2.0.2 |
        expects '^From 10\.1\.0\.1 .*Frag needed and DF set (mtu = 1400)' &&
        in_left ping -n -M 'do' -s 1372 -c 1 -W 2 10.2.0.2 |
        expects '^From 10\.0\.1\.2 .*Frag needed and DF set (mtu = 1200)' &&
        in_left ping -n -M 'do' -s 1172 -c 1 -W 2 10.2.0.2 |
        expects '^From 10\.0\.2\.2 .*Frag needed and DF set (mtu = 900)' &&
        in_left ping -n -M 'do' -s 872 -c 1 -W 2 10.2.0.2 | expects ' 0% packet loss' &&
        ip -n "$left" route get 10.2.0.2 | expects 'mtu 900'
}

fragments()
{
    forget
    in_left ping -n -M dont -s 5000 -c 3 -i 0.1 -W 2 10.2.0.2 | expects ' 0% packet loss'
}

# finds_path HOPS < TRACEROUTE: the hops are these, in this order.
finds_path()
{
    tee trace.out
    sed -n 's/^ *[0-9][0-9]* *\([0-9.*]*\) .*/\1/p' trace.out | tr '\n' ' ' | expects "^$1 \$"
}

traces()
{
    forget
    in_left traceroute -n -q 1 -w 2 "$@" 10.2.0.2 |
        finds_path '10.1.0.1 10.0.1.2 10.0.2.2 10.2.0.2'
}

traces_path_mtu()
{
    forget
    in_left tracepath -n 10.2.0.2 >trace.out
    cat trace.out
    sed -n 's/^ *[0-9?]*:.* pmtu \([0-9]*\).*/\1/p' trace.out | tr '\n' ' ' |
        expects '^1500 1400 1200 900 $' && expects 'Resume: pmtu 900 hops 4 back 4' <trace.out
}

# ---- ARP ----------------------------------------------------------------------------------------

# sees_duplicate ADDRESS: duplicate address detection (RFC 5227) finds that it is taken.
sees_duplicate()
{
    ! in_left arping -D -I strata0 -c 2 -w 3 "$1"
}

sees_no_duplicate()
{
    in_left arping -D -I strata0 -c 2 -w 3 "$1"
}

# ---- TCP ----------------------------------------------------------------------------------------

# The path is new to both ends, so that TCP itself has to find out that its segments are too large.
carries_tcp()
{
    forget
    in_right iperf3 -s -1 >server.out 2>&1 &
    server=$!
    for _ in $(seq 20); do
        in_right ss -ltn 2>/dev/null | grep -q ':5201 ' && break
        sleep 0.1
    done
    in_left timeout 20 iperf3 -c 10.2.0.2 -t 4 -f k --connect-timeout 3000 "$@" >iperf.out 2>&1
    status=$?
    cat iperf.out
    [ $status = 0 ] || kill -KILL "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    server=
    [ $status = 0 ] || return 1
    if sed -n 's/.*Bytes *\([0-9.]*\) Kbits.*/\1/p' iperf.out | head -n 4 | grep -q '^0*\.*0*$'; then
        echo "an interval without data"
        return 1
    fi
    rate=$(sed -n 's/.*Bytes *\([0-9]*\)[0-9.]* Kbits.*receiver$/\1/p' iperf.out)
    echo "$rate kbit/s"
    [ "$rate" -gt 1000 ]
}

# ---- Captures -----------------------------------------------------------------------------------

# capture: both TAPs, until read_captures.
capture()
{
    for space in $left $right; do
        ip netns exec "$space" dumpcap -q -i strata0 -w "$space.pcap" >"$space.log" 2>&1 &
        captures="$captures $!"
    done
    for space in $left $right; do
        for _ in $(seq 30); do
            grep -q '^File:' "$space.log" && break
            sleep 0.1
        done
    done
}

# Whatever passed the TAPs, tshark finds no fault with it.
read_captures()
{
    # shellcheck disable=SC2086 # a list of processes
    kill -INT $captures
    for process in $captures; do
        wait "$process" 2>/dev/null
    done
    captures=
    for space in $left $right; do
        packets=$(tshark -r "$space.pcap" -Y ip | wc -l)
        echo "$packets IPv4 packets"
        [ "$packets" -gt 50 ] || return 1
        tshark -r "$space.pcap" -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE \
            -o tcp.check_checksum:TRUE -Y '_ws.malformed || ip.checksum.status == "Bad" ||
            icmp.checksum.status == "Bad" || udp.checksum.status == "Bad" ||
            tcp.checksum.status == "Bad"' >faults.out || return 1
        cat faults.out
        [ ! -s faults.out ] || return 1
    done
}

# ---- Redirect -----------------------------------------------------------------------------------

# R1 sends to the right through 10.1.0.3, and Linux takes its advice.
obeys_redirect()
{
    forget
    ip -n "$left" route get 10.2.0.2 | expects 'via 10\.1\.0\.1 ' || return 1
    in_left ping -n -c 4 -i 0.2 -W 2 10.2.0.2 | expects ' 0% packet loss' || return 1
    ip -n "$left" route get 10.2.0.2 | tr '\n' ' ' | expects 'via 10\.1\.0\.3 .*<redirected>'
}

takes_second_gateway()
{
    in_left traceroute -n -q 1 -w 2 -I 10.2.0.2 | finds_path '10.1.0.3 10.2.0.2'
}

# ---- All of it ----------------------------------------------------------------------------------

[ -c /dev/net/tun ] || skip "there is no /dev/net/tun"
command -v ip >/dev/null 2>&1 || skip "ip (iproute2) is not installed"
for space in $left $right; do
    ip netns add "$space" 2>netns.err || skip "no network namespace can be made: $(cat netns.err)"
    ip -n "$space" link set lo up || skip "a network namespace cannot be configured"
    # every question gets its answer, and a redirect is obeyed
    ip netns exec "$space" sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
        echo 1 >/proc/sys/net/ipv4/conf/all/accept_redirects
        echo 1 >/proc/sys/net/ipv4/conf/default/accept_redirects' 2>netns.err ||
        skip "the settings of a network namespace cannot be changed: $(cat netns.err)"
done
if ! ip netns exec "$left" ip tuntap add probe mode tap 2>netns.err; then
    skip "no TAP can be made: $(cat netns.err)"
fi
ip netns exec "$left" ip tuntap del probe mode tap

check missing-namespace-is-one-line refused "no network namespace 'strata-$$-none'" \
    "$program" --left="$left" --right="strata-$$-none"
check_with setpriv missing-permission-is-one-line refused 'cannot enter .*not permitted' \
    setpriv --bounding-set=-sys_admin -- "$program" --left="$left" --right="$right"
check too-many-mtus-are-one-line refused 'names 3 MTUs.* 2 links' \
    "$program" --left="$left" --right="$right" --hops=1 --mtu=1500,1400,1300
check refused-start-leaves-nothing no_trace

if start --hops=3 --mtu=1500,1400,1200,900; then
    echo "PASS ready"
    check tap-is-configured configured
    command -v dumpcap >/dev/null 2>&1 && capture
    check_with ping ping echoes
    check_with ping ping-of-routers echoes_of_routers
    check_with ping ping-record-route records_route
    check_with ping ping-timestamp-tsonly stamps_time
    check_with ping ping-timestamp-tsandaddr stamps_time_and_address
    check_with ping ping-dont-fragment refuses_to_fragment
    check_with ping ping-fragments fragments
    check_with traceroute traceroute-udp traces
    check_with traceroute traceroute-icmp traces -I
    check_with traceroute traceroute-tcp traces -T
    check_with tracepath tracepath traces_path_mtu
    check_with arping arping-duplicate sees_duplicate 10.1.0.1
    check_with arping arping-free sees_no_duplicate 10.1.0.77
    check_with dumpcap captures-are-in-order read_captures
    check_with iperf3 tcp-across-mtu-drop carries_tcp
    check_with iperf3 tcp-from-smaller-mtu carries_tcp -R
    check sigterm-removes-taps ended TERM 0
else
    echo "FAIL ready: $(tail -n 1 chain.out)"
fi

if start --hops=3 --second-gateway; then
    check_with ping redirect-is-obeyed obeys_redirect
    check_with traceroute redirect-is-the-way takes_second_gateway
    check_with arping arping-duplicate-of-second-gateway sees_duplicate 10.1.0.3
    check sigkill-removes-taps ended KILL 137
else
    echo "FAIL ready-second-gateway: $(tail -n 1 chain.out)"
fi

check one-hop-until-duration-ends sh -c "'$program' --left=$left --right=$right --hops=1 --duration=1 |
    grep '^ready\$'"
check duration-removes-taps no_trace
