#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Asks, from behind a NAT, how it maps and filters (RFC 5780 sections 4.3 and 4.4), in a protocol
of its own: a request is a number and from where the answer shall come.

    nat-probe.py server ADDRESS ADDRESS     answers at ports 4000 and 4001 of both
    nat-probe.py client ADDRESS ADDRESS     prints "mapping M, filtering F"
"""

import select
import socket
import sys

PORTS = (4000, 4001)


def bound(address, port):
    """A UDP socket at an address and port."""
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind((address, port))
    return end


def serve(addresses):
    """Answers with whom it sees, from the end that the request names by two digits."""
    ends = {(i, j): bound(a, p) for i, a in enumerate(addresses) for j, p in enumerate(PORTS)}
    while True:
        for end in select.select(list(ends.values()), [], [])[0]:
            request, seen = end.recvfrom(100)
            number, address, port = request.decode().split()
            ends[int(address), int(port)].sendto(f"{number} {seen[0]} {seen[1]}".encode(), seen)


class Client:
    """One local port, and requests from it."""

    def __init__(self):
        self.end = bound("0.0.0.0", 0)
        self.number = 0

    def ask(self, to, answer_from):
        """How the server sees this port; None without an answer."""
        for _ in range(3):
            self.number += 1
            self.end.sendto(f"{self.number} {answer_from[0]} {answer_from[1]}".encode(), to)
            while select.select([self.end], [], [], 0.7)[0]:
                number, address, port = self.end.recv(100).decode().split()
                if int(number) == self.number:
                    return address, int(port)
        return None


def probe(addresses):
    """The two behaviours, by their names."""
    client = Client()
    first = client.ask((addresses[0], PORTS[0]), (0, 0))
    if first is None:
        return "no answer"
    other_address = client.ask((addresses[1], PORTS[0]), (1, 0))
    other_port = client.ask((addresses[1], PORTS[1]), (1, 1))
    if first == other_address:
        mapping = "endpoint-independent"
    elif other_address == other_port:
        mapping = "address-dependent"
    else:
        mapping = "address-and-port-dependent"
    # A new port, that has sent to the first end alone.
    client = Client()
    client.ask((addresses[0], PORTS[0]), (0, 0))
    if client.ask((addresses[0], PORTS[0]), (1, 1)):
        filtering = "endpoint-independent"
    elif client.ask((addresses[0], PORTS[0]), (0, 1)):
        filtering = "address-dependent"
    else:
        filtering = "address-and-port-dependent"
    return f"mapping {mapping}, filtering {filtering}, seen as {first[0]}"


if __name__ == "__main__":
    if sys.argv[1] == "server":
        serve(sys.argv[2:4])
    print(probe(sys.argv[2:4]))
