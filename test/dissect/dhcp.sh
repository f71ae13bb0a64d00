#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does tshark see DHCP messages and their options as what they are? The examples dhcp-relay,
# dhcp-rogue, dhcp-starvation and dhcp-bootp-pool write captures, and dhcp-samples one of every
# message and option.

set -u
export HOME="$PWD" # no settings of the user
export LC_ALL=C.UTF-8

if ! command -v tshark >/dev/null 2>&1; then
    echo "SKIP dhcp: tshark is not installed"
    exit 0
fi
for example in dhcp-relay dhcp-rogue dhcp-starvation dhcp-bootp-pool; do
    if ! "$STRATA_BIN_DIR/$example" --out="$example" >"$example.out"; then
        echo "FAIL dhcp: $example does not run"
        exit 1
    fi
done
if ! "$STRATA_BIN_DIR/dhcp-samples" dhcp-samples.pcap; then
    echo "FAIL dhcp: dhcp-samples does not run"
    exit 1
fi

# fields CAPTURE FILTER FIELD...: the values in the frames that the filter selects, one line each.
fields()
{
    capture=$1
    filter=$2
    shift 2
    arguments=""
    for field in "$@"; do
        arguments="$arguments -e $field"
    done
    # shellcheck disable=SC2086 # a list of arguments
    tshark -r "$capture" -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE \
        -Y "$filter" -T fields -E separator=/s $arguments 2>>tshark.err
}

# same NAME WANTED FOUND
same()
{
    if [ "$2" = "$3" ]; then
        echo "PASS $1"
    else
        echo "FAIL $1: wanted '$(echo "$2" | tr '\n' ';')', found '$(echo "$3" | tr '\n' ';')'"
    fi
}

for capture in *.pcap; do
    name=${capture%.pcap}
    same "no-complaint-about-$name" "" \
        "$(fields "$capture" '_ws.malformed || _ws.expert.severity == error' frame.number)"
    same "every-checksum-is-right-in-$name" "" \
        "$(fields "$capture" 'ip.checksum.status == 0 || udp.checksum.status == 0' frame.number)"
done

# ---- The exchange, at the client and at the server ----------------------------------------------

client=dhcp-relay-client-0-0.pcap
server=dhcp-relay-server-3-0.pcap
bob='dhcp.hw.mac_addr == 00:00:00:00:00:02'
same "the-exchange-of-a-client" "1 0.0.0.0 255.255.255.255 68 67
2 10.1.0.1 10.1.0.100 67 68
3 0.0.0.0 255.255.255.255 68 67
5 10.1.0.1 10.1.0.100 67 68" \
    "$(fields $client "$bob && dhcp.ip.client == 0.0.0.0" \
        dhcp.option.dhcp ip.src ip.dst udp.srcport udp.dstport)"
same "an-offer-without-broadcast-flag-goes-to-the-hardware-address" "00:00:00:00:00:02" \
    "$(fields $client "$bob && dhcp.option.dhcp == 2" eth.dst)"
same "the-relay-puts-giaddr-hops-and-circuit" "1 10.1.0.1 1 floor-3
3 10.1.0.1 1 floor-3" \
    "$(fields $server "$bob && dhcp.type == 1 && dhcp.ip.relay != 0.0.0.0" \
        dhcp.option.dhcp dhcp.ip.relay dhcp.hops dhcp.option.agent_information_option.agent_circuit_id |
        sed 's/666c6f6f722d33/floor-3/')"
same "the-client-sees-no-option-82" "" "$(fields $client 'dhcp.option.type == 82' frame.number)"
same "the-exchange-has-one-transaction" "1" \
    "$(fields $client "$bob && dhcp.ip.client == 0.0.0.0" dhcp.id | sort -u | wc -l)"
same "a-renewal-goes-from-the-client-to-the-server" "10.1.0.100 10.9.0.2 3 10.1.0.100 0.0.0.0" \
    "$(fields $server "$bob && dhcp.type == 1 && dhcp.ip.client != 0.0.0.0" \
        ip.src ip.dst dhcp.option.dhcp dhcp.ip.client dhcp.ip.relay | sort -u)"
same "an-acknowledgement-has-its-parameters" \
    "10.1.0.100 10.9.0.2 80 40 70 255.255.255.0 10.1.0.1 10.9.0.53" \
    "$(fields $client "$bob && dhcp.option.dhcp == 5 && dhcp.ip.client == 0.0.0.0" dhcp.ip.your \
        dhcp.option.dhcp_server_id dhcp.option.ip_address_lease_time \
        dhcp.option.renewal_time_value dhcp.option.rebinding_time_value dhcp.option.subnet_mask \
        dhcp.option.router dhcp.option.domain_name_server)"
same "a-release-names-the-address-and-the-server" "7 10.1.0.101 10.9.0.2 10.9.0.2" \
    "$(fields $client 'dhcp.option.dhcp == 7' dhcp.option.dhcp dhcp.ip.client ip.dst \
        dhcp.option.dhcp_server_id)"
same "three-probes-and-two-announcements-before-use" "3 2" \
    "$(fields $client 'arp.isprobe && arp.dst.proto_ipv4 == 10.1.0.100' frame.number | wc -l) $(fields \
        $client 'arp.isannouncement && arp.src.proto_ipv4 == 10.1.0.100' frame.number | wc -l)"

# ---- Attacks and BOOTP --------------------------------------------------------------------------

same "without-snooping-the-rogue-offers-first" "10.1.0.66" \
    "$(fields dhcp-rogue-open-1-0.pcap 'dhcp.option.dhcp == 2' dhcp.option.dhcp_server_id | head -n 1)"
same "with-snooping-there-is-one-server" "10.1.0.1" \
    "$(fields dhcp-rogue-snooped-1-0.pcap 'dhcp.type == 2' dhcp.option.dhcp_server_id | sort -u)"
same "without-snooping-the-pool-is-starved" "20" \
    "$(fields dhcp-starvation-open-3-0.pcap 'dhcp.option.dhcp == 5' dhcp.ip.your | sort -u | wc -l)"
same "with-snooping-one-client-is-served" "10.1.0.100" \
    "$(fields dhcp-starvation-snooped-3-0.pcap 'dhcp.option.dhcp == 5' dhcp.ip.your | sort -u)"
# Two visitors a minute, 20 addresses of each kind: minute, taken and served with leases, then taken,
# served and refused without. What ends within 5 minutes after the visitor left is taken again; BOOTP
# knows no end, so from minute 21 on every visitor is refused.
same "a-pool-without-leases-is-used-up" "$(for minute in 5 10 15 20 25 30 35 40; do
    echo $minute $minute $((minute < 20 ? minute : 20)) $((minute < 20 ? minute : 20)) \
        $((minute < 20 ? 0 : minute - 20))
done)" "$(awk 'NR > 1 { print $1, $3, $4, $5, $6 }' dhcp-bootp-pool.out)"
# A visitor stays for 10 minutes and the lease lasts for 5, so it is held for 10 to 15 of them.
same "a-pool-with-leases-is-not" "" \
    "$(awk 'NR > 1 && ($2 > 15 || ($1 > 10 && $2 < 10)) { print }' dhcp-bootp-pool.out)"
same "bootp-has-no-message-type-and-300-octets" "308" \
    "$(fields dhcp-bootp-pool-0-0.pcap 'dhcp && !dhcp.option.dhcp' udp.length | sort -u)"

# ---- Every message and option -------------------------------------------------------------------

same "every-message-type" "1
2
3
4
5
6
7
8" "$(fields dhcp-samples.pcap 'dhcp.option.dhcp' dhcp.option.dhcp | sort -un)"
same "names-and-identifiers" "alice printer example.net" \
    "$(fields dhcp-samples.pcap 'frame.number == 9' dhcp.option.hostname dhcp.client_id.undef \
        dhcp.option.domain_name)"
same "times-and-numbers" "7200 1500 1472 192.0.2.9" \
    "$(fields dhcp-samples.pcap 'frame.number == 9' dhcp.option.ip_address_lease_time \
        dhcp.option.interface_mtu dhcp.option.dhcp_max_message_size \
        dhcp.option.ntp_server)"
same "relay-information-with-three-parts" "63 72 192.0.2.1" \
    "$(fields dhcp-samples.pcap 'frame.number == 10' \
        dhcp.option.agent_information_option.agent_circuit_id \
        dhcp.option.agent_information_option.agent_remote_id \
        dhcp.option.agent_information_option.link_selection)"
same "classless-routes" "24-10.27.129.0-10.27.129.1 default-10.1.1.1 " \
    "$(tshark -r dhcp-samples.pcap -Y 'frame.number == 11' -O dhcp 2>>tshark.err |
        sed -n 's,^ *\([0-9.]*\)/\([0-9]*\)-\([0-9.]*\)$,\2-\1-\3,p; s,^ *default-\(.*\)$,default-\1,p' |
        tr '\n' ' ')"
same "overloaded-fields-are-read" "3" \
    "$(fields dhcp-samples.pcap 'frame.number == 12' dhcp.option.option_overload)"
