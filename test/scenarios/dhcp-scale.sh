#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does every host of dhcp-scale get an address of its own, with two messages to the server? Times of
# the processor are no test.

set -u

if "$STRATA_BIN_DIR/dhcp-scale" >dhcp-scale.out 2>&1; then
    echo "PASS every-host-behind-relays-is-bound"
else
    echo "FAIL every-host-behind-relays-is-bound: $(tail -n 1 dhcp-scale.out)"
fi
wanted="100 100 100 2.00;1000 1000 1000 2.00;10000 10000 10000 2.00;"
found=$(awk '/^ *[0-9]/ { printf "%s %s %s %s;", $1, $2, $3, $5 }' dhcp-scale.out)
if [ "$found" = "$wanted" ]; then
    echo "PASS a-client-costs-two-messages-however-many-there-are"
else
    echo "FAIL a-client-costs-two-messages-however-many-there-are: wanted $wanted, found $found"
fi
if "$STRATA_BIN_DIR/dhcp-scale" --clients=0 >refused.out 2>&1 || [ "$(wc -l <refused.out)" != 1 ]; then
    echo "FAIL no-clients-are-refused-in-one-line: $(head -n 1 refused.out)"
else
    echo "PASS no-clients-are-refused-in-one-line"
fi
