#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Do DHCP clients and servers of Linux work with ours? A client of Linux gets its address through the
# simulated relay of linux-chain; clients of ours get theirs from dnsmasq and from ISC's dhcpd through
# our relay, by linux-dhcp-client. The network namespaces are the test's own.

set -u
processes=
left=strata-$$-left
right=strata-$$-right

processes() { echo "$processes"; }
# shellcheck disable=SC1091 # a file of this folder
. "$STRATA_ROOT/test/peers/peer-functions"

if ! ip netns add "$left" 2>netns.err || ! ip netns add "$right" 2>>netns.err; then
    echo "SKIP linux-dhcp: no network namespaces: $(head -n 1 netns.err)"
    exit 0
fi
if [ ! -c /dev/net/tun ]; then
    echo "SKIP linux-dhcp: there is no /dev/net/tun"
    exit 0
fi
ip -n "$left" link set lo up
ip -n "$right" link set lo up

# ---- Clients of Linux ---------------------------------------------------------------------------

# What udhcpc does with what it got: nothing outside of the namespace.
cat >configure <<'END'
#!/bin/sh
case $1 in
deconfig) ip -4 address flush dev "$interface" && ip link set "$interface" up ;;
bound | renew)
    echo "$1 $ip/$mask router $router lease $lease server $serverid"
    ip -4 address replace "$ip/$mask" dev "$interface"
    ip route replace default via "$router"
    ;;
esac
END
chmod +x configure

# chain ARGUMENT...: starts linux-chain and waits until it is ready.
chain()
{
    : >chain.out
    "$STRATA_BIN_DIR/linux-chain" --left="$left" --right="$right" --dhcp --duration=120 "$@" \
        >chain.out 2>&1 &
    chain=$!
    processes="$processes $chain"
    await 15 grep -q '^ready$' chain.out && return 0
    echo "not ready: $(tail -n 1 chain.out)"
    return 1
}

unchain()
{
    kill -TERM "$chain" 2>/dev/null
    wait "$chain" 2>/dev/null
}

no_address_at_first()
{
    [ -z "$(ip -n "$left" -o -4 address show strata0)" ]
}

# With -B udhcpc asks for answers by broadcast; with -R it gives the address back as it ends.
lease_of_udhcpc()
{
    in_left udhcpc -f -q -n -i strata0 -t 5 -s "$PWD/configure" "$@" >udhcpc.out 2>&1
    cat udhcpc.out
    expects "^bound 10.1.0.2/24 router 10.1.0.1 lease 3600 server $server\$" <udhcpc.out
}

reaches_the_right()
{
    in_left ping -n -c 2 -i 0.2 -W 2 10.2.0.2 | expects ' 0% packet loss'
}

# heard_as ADDRESS: whom the right hears when the left sends a datagram.
heard_as()
{
    : >heard.out
    in_right python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.2.0.2", 4000))
s.settimeout(20)
print(s.recvfrom(99)[1][0], flush=True)' >heard.out 2>&1 &
    processes="$processes $!"
    await 15 is_heard
    expects "^$1\$" <heard.out
}

is_heard()
{
    in_left python3 -c 'import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("10.2.0.2", 4000))' && [ -s heard.out ]
}

unheard_from_the_right()
{
    in_right ping -n -c 2 -i 0.2 -W 1 10.1.0.2 | expects '100% packet loss'
}

if command -v udhcpc >/dev/null 2>&1; then
    for hops in 1 2 4; do
        case $hops in 1) server=10.1.0.1 ;; *) server=10.0.$((hops - 1)).2 ;; esac
        check "a-chain-of-$hops-is-ready-without-an-address" chain --hops=$hops
        check "the-device-has-no-address-at-first-with-$hops-hops" no_address_at_first
        check "udhcpc-gets-its-lease-over-$hops-hops" lease_of_udhcpc
        check "packets-flow-over-$hops-hops-then" reaches_the_right
        check "udhcpc-gets-it-by-broadcast-over-$hops-hops" lease_of_udhcpc -B -R
        unchain
    done
    check "a-chain-with-a-second-gateway-is-ready" chain --hops=3 --second-gateway
    server=10.0.2.2
    check "udhcpc-gets-its-lease-beside-a-second-gateway" lease_of_udhcpc
    unchain
    # R1 relays for, and translates, the same network.
    check "a-chain-with-a-translator-is-ready" chain --hops=3 --nat=port-restricted-cone
    check "udhcpc-gets-its-lease-behind-a-translator" lease_of_udhcpc
    check "packets-flow-through-the-translator-then" reaches_the_right
    check "what-has-a-lease-is-heard-as-the-translator" heard_as 10.0.1.1
    check "nobody-gets-in-to-what-has-a-lease" unheard_from_the_right
    unchain
else
    echo "SKIP udhcpc-gets-its-lease: udhcpc is not installed"
fi

lease_of_dhclient()
{
    in_left timeout 30 dhclient -1 -d -v -sf /bin/true -lf "$PWD/dhclient.leases" -pf "$PWD/dhclient.pid" \
        strata0 >dhclient.out 2>&1 &
    dhclient=$!
    processes="$processes $dhclient"
    await 25 grep -q 'bound to' dhclient.out
    kill "$dhclient" 2>/dev/null
    wait "$dhclient" 2>/dev/null
    expects 'bound to 10.1.0.2 ' <dhclient.out
}

if command -v dhclient >/dev/null 2>&1; then
    check "a-chain-for-dhclient-is-ready" chain --hops=3
    check "dhclient-gets-its-lease-through-the-relay" lease_of_dhclient
    unchain
else
    echo "SKIP dhclient-gets-its-lease-through-the-relay: dhclient is not installed"
fi

# ---- Servers of Linux ---------------------------------------------------------------------------

# Both give 10.1.0.100 to 10.1.0.150 and options 3, 6, 15 and 42 for the network behind the relay.

# No name service (port 0).
start_dnsmasq()
{
    ip netns exec "$right" dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --user=root \
        --no-resolv --no-hosts --no-ping --log-dhcp --log-facility=- --pid-file= --leasefile-ro \
        --dhcp-authoritative --dhcp-range=10.1.0.100,10.1.0.150,255.255.255.0,120 \
        --dhcp-option=3,10.1.0.1 --dhcp-option=6,10.9.0.53 --dhcp-option=42,10.9.0.123 \
        --domain=example.net >dnsmasq.out 2>&1 &
    server=$!
}

start_dhcpd()
{
    cat >dhcpd.conf <<'END'
authoritative;
ping-check false;
default-lease-time 120;
max-lease-time 120;
subnet 10.9.0.0 netmask 255.255.255.0 { }
subnet 10.1.0.0 netmask 255.255.255.0 {
    range 10.1.0.100 10.1.0.150;
    option routers 10.1.0.1;
    option domain-name-servers 10.9.0.53;
    option domain-name "example.net";
    option ntp-servers 10.9.0.123;
    on commit { log(info, concat("circuit ", option agent.circuit-id)); }
}
END
    : >dhcpd.leases
    ip netns exec "$right" dhcpd -4 -f -d -cf "$PWD/dhcpd.conf" -lf "$PWD/dhcpd.leases" --no-pid strata0 \
        >dhcpd.out 2>&1 &
    server=$!
}

# served_by SERVER: three clients of ours get their leases.
served_by()
{
    "$STRATA_BIN_DIR/linux-dhcp-client" --server="$right" --clients=3 --duration=60 \
        >"client-of-$1.out" 2>&1 &
    client=$!
    processes="$processes $client"
    await 10 ip -n "$right" -o -4 address show strata0 up
    "start_$1"
    processes="$processes $server"
    await 40 grep -q '^done' "client-of-$1.out"
    kill "$server" 2>/dev/null
    wait "$server" "$client" 2>/dev/null
    cat "client-of-$1.out"
    expects '^done: 3 of 3 clients' <"client-of-$1.out"
}

what_they_got()
{
    expects '^client 1: 10\.1\.0\.1[0-5][0-9]/24 from 10.9.0.2, router 10.1.0.1, DNS 10.9.0.53, NTP 10.9.0.123, domain example.net, the same after a reboot' \
        <"client-of-$1.out"
}

dnsmasq_saw()
{
    expects 'DHCPACK(strata0) 10\.1\.0\.1' <dnsmasq.out && expects 'DHCPRELEASE' <dnsmasq.out &&
        expects 'agent-id' <dnsmasq.out
}

dhcpd_saw()
{
    expects 'DHCPACK on 10\.1\.0\.1.* via 10\.1\.0\.1' <dhcpd.out &&
        expects 'DHCPRELEASE of 10\.1\.0\.1.*(found)' <dhcpd.out &&
        expects '^circuit port-' <dhcpd.out
}

for peer in dnsmasq dhcpd; do
    check_with "$peer" "our-clients-get-leases-from-$peer-through-our-relay" served_by "$peer"
    check_with "$peer" "their-parameters-are-what-$peer-was-told" what_they_got "$peer"
    check_with "$peer" "$peer-sees-option-82-acknowledges-and-is-told-of-the-release" "${peer}_saw"
done
