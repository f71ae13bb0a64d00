// SPDX-License-Identifier: GPL-2.0-only

// Runs the ns-3 TestSuites linked into this program; installed ns-3 packages ship no test-runner.

#include "ns3/test.h"

int
main(int argc, char* argv[])
{
    return ns3::TestRunner::Run(argc, argv);
}
