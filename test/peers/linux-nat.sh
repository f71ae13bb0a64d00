#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Do applications of Linux work through the simulated translator, and does a tool that asks what
# kind it is see the kind that was configured? Two network namespaces with linux-chain between them;
# the namespace of the host is not touched.

set -u
program="$STRATA_BIN_DIR/linux-chain"
chain=
servers=
left=strata-$$-left
right=strata-$$-right

processes() { echo "$chain $servers"; }
# shellcheck disable=SC1091 # a file of this folder
. "$STRATA_ROOT/test/peers/peer-functions"

skip()
{
    echo "SKIP linux-nat: $*"
    exit 0
}

# ---- The chain ----------------------------------------------------------------------------------

# start ARGUMENT...: runs the chain until it says "ready".
start()
{
    : >chain.out
    "$program" --left="$left" --right="$right" --duration=120 "$@" >chain.out 2>&1 &
    chain=$!
    for _ in $(seq 100); do
        if grep -q '^ready$' chain.out; then
            ip -n "$right" address add 10.2.0.4/24 dev strata0
            return
        fi
        kill -0 "$chain" 2>/dev/null || break
        sleep 0.1
    done
    echo "not ready: $(tail -n 1 chain.out)"
    return 1
}

stop()
{
    kill -INT "$chain" 2>/dev/null
    wait "$chain"
    status=$?
    chain=
    return $status
}

# serve COMMAND...: runs in the right namespace until the end of the test.
serve()
{
    ip netns exec "$right" "$@" >>serve.out 2>&1 &
    servers="$servers $!"
}

stop_servers()
{
    for process in $servers; do
        kill -KILL "$process" 2>/dev/null
        wait "$process" 2>/dev/null
    done
    servers=
}

# ---- Applications -------------------------------------------------------------------------------

echoes()
{
    in_left ping -n -c 3 -i 0.1 -W 2 10.2.0.2 | expects ' 0% packet loss'
}

# Whom the right namespace hears, in the log of its web server.
fetches_a_page()
{
    await 5 in_left curl -s -m 2 -o page http://10.2.0.2:8000/file || return 1
    cmp page www/file && expects "$1" <serve.out
}

# Nobody gets in that nobody inside asked for.
keeps_strangers_out()
{
    in_right ping -n -c 2 -i 0.2 -W 1 10.1.0.2 | expects '100% packet loss'
}

knows_itself()
{
    in_right ping -n -c 1 -W 2 10.2.0.1 | expects ' 0% packet loss' &&
        in_right ping -n -c 1 -W 2 10.0.1.1 | expects ' 0% packet loss'
}

traces_by()
{
    in_left traceroute -n -q 1 -w 2 "$@" 10.2.0.2 >trace.out
    cat trace.out
    awk 'NR > 1 { print $2 }' trace.out | tr '\n' ' ' |
        expects '^10.1.0.1 10.0.1.2 10.0.2.2 10.2.0.2 $'
}

finds_the_mtu()
{
    ip -n "$left" route flush cache
    in_left ping -n -M 'do' -s 1400 -c 1 -W 2 10.2.0.2 2>&1 | expects 'mtu = 900'
}

sends_fragments()
{
    in_left ping -n -s 4000 -c 3 -i 0.2 -W 2 10.2.0.2 | expects ' 0% packet loss'
}

ftp_passive()
{
    await 5 in_left curl -s -m 3 -o got ftp://10.2.0.2:21/file || return 1
    cmp got www/file
}

ftp_active()
{
    rm -f got
    in_left curl -s -S -m 10 --disable-eprt -P - -o got ftp://10.2.0.2:21/file || return 1
    cmp got www/file
}

ftp_active_extended()
{
    rm -f got
    in_left curl -s -S -m 10 --eprt -P - -o got ftp://10.2.0.2:21/file || return 1
    cmp got www/file
}

probes()
{
    in_left python3 "$STRATA_ROOT/test/peers/nat-probe.py" client 10.2.0.2 10.2.0.4 | expects "$1"
}

# sees PATTERN: what the client of STUN calls the box.
sees()
{
    in_left timeout 60 stun 10.2.0.2 2>&1 | expects "$1"
}

# ---- The run ------------------------------------------------------------------------------------

[ "$(id -u)" = 0 ] || skip "only root makes network namespaces"
[ -c /dev/net/tun ] || skip "no /dev/net/tun"
[ -x "$program" ] || skip "linux-chain is not built"
command -v ip >/dev/null 2>&1 || skip "ip is not installed"
for space in $left $right; do
    ip netns add "$space" 2>/dev/null || skip "no network namespaces here"
    ip -n "$space" link set lo up
done
mkdir www
head -c 200000 /dev/urandom >www/file

wrong_kind()
{
    "$program" --left="$left" --right="$right" --nat=cone >wrong.out 2>&1
    status=$?
    cat wrong.out
    [ $status = 1 ] && [ "$(wc -l <wrong.out)" = 1 ] && expects 'full-cone, restricted-cone' <wrong.out
}
check an-unknown-kind-is-refused wrong_kind

if start --nat=port-restricted-cone --hops=3 --mtu=1500,1500,900; then
    check ping-goes-through echoes
    check nobody-gets-in keeps_strangers_out
    check the-box-answers-by-its-public-address knows_itself
    serve python3 -u -m http.server -d www --bind 10.2.0.2 8000
    check_with curl a-page-comes-through fetches_a_page '^10\.0\.1\.1 '
    check_with traceroute traceroute-by-udp-shows-the-path traces_by
    check_with traceroute traceroute-by-icmp-shows-the-path traces_by -I
    check_with traceroute traceroute-by-tcp-shows-the-path traces_by -T -p 8000
    check the-path-mtu-comes-through finds_the_mtu
    check fragments-go-through sends_fragments
    if command -v curl >/dev/null 2>&1; then
        serve python3 -u "$STRATA_ROOT/test/peers/ftp-server.py" 10.2.0.2 www
        check ftp-passive-works ftp_passive
        check ftp-active-works ftp_active
        check ftp-active-works-by-eprt ftp_active_extended
        # Debian's python, which has Debian's package
        if /usr/bin/python3 -c 'import pyftpdlib' 2>/dev/null; then
            stop_servers
            serve /usr/bin/python3 -u -m pyftpdlib -i 10.2.0.2 -p 21 -d www
            check ftp-passive-works-with-pyftpdlib ftp_passive
            check ftp-active-works-with-pyftpdlib ftp_active
        else
            echo "SKIP ftp-works-with-pyftpdlib: pyftpdlib is not installed"
        fi
    else
        echo "SKIP ftp-works: curl is not installed"
    fi
    stop_servers
    check the-chain-ends stop
else
    echo "FAIL linux-nat: $(tail -n 1 chain.out)"
fi

# Each kind: mapping, filtering, and what the client of the classic STUN says of it. The server has
# two addresses.
while IFS='|' read -r kind mapping filtering words; do
    if start --nat="$kind" --hops=1; then
        serve python3 -u "$STRATA_ROOT/test/peers/nat-probe.py" server 10.2.0.2 10.2.0.4
        sleep 0.5
        check "a-probe-sees-$kind" probes "mapping $mapping, filtering $filtering, seen as 10.2.0.1"
        if command -v stun >/dev/null 2>&1 && command -v stund >/dev/null 2>&1; then
            serve stund -h 10.2.0.2 -a 10.2.0.4
            sleep 0.5
            check "stun-sees-$kind" sees "$words"
        else
            echo "SKIP stun-sees-$kind: stun-client or stun-server is not installed"
        fi
        check "the-$kind-ends" stop
        stop_servers
    else
        echo "FAIL a-probe-sees-$kind: $(tail -n 1 chain.out)"
    fi
done <<'END'
full-cone|endpoint-independent|endpoint-independent|Independent Mapping, Independent Filter
restricted-cone|endpoint-independent|address-dependent|Independent Mapping, Address Dependent Filter
port-restricted-cone|endpoint-independent|address-and-port-dependent|Independent Mapping, Port Dependent Filter
symmetric|address-and-port-dependent|address-and-port-dependent|Dependent Mapping
END
