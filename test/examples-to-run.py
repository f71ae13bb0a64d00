#! /usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only

# Read by test.py of an ns-3 tree: programs it runs to see that they keep building and running.
# Each tuple is (program and arguments, run it, run it under valgrind).
cpp_examples = [
    ("addresses-figure", "True", "False"),
    ("aggregation-figure", "True", "False"),
    ("arp-conflict", "True", "False"),
    ("arp-figure", "True", "False"),
    ("arp-poisoning", "True", "False"),
    ("classes-figure", "True", "False"),
    ("dhcp-bootp-pool", "True", "False"),
    ("dhcp-relay", "True", "False"),
    ("dhcp-rogue", "True", "False"),
    ("dhcp-starvation", "True", "False"),
    ("firewall-default", "True", "False"),
    ("exact-aggregation", "True", "False"),
    ("fragmentation-figure", "True", "False"),
    ("icmp-figure", "True", "False"),
    ("layer-roaming", "True", "False"),
    ("layer-stack", "True", "False"),
    ("loose-source-route", "True", "False"),
    ("nat-figure", "True", "False"),
    ("nat-kinds", "True", "False"),
    ("nat-port-forward", "True", "False"),
    ("p2p-mpls", "True", "False"),
    ("path-mtu-figure", "True", "False"),
    ("record-route", "True", "False"),
    ("strict-source-route", "True", "False"),
    ("subnet-figure", "True", "False"),
    ("traceroute", "True", "False"),
    ("transparent-fragmentation", "True", "False"),
]

# Python programs: (name, run it).
python_examples = []
