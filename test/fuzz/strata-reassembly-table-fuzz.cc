// SPDX-License-Identifier: GPL-2.0-only

#include "../unit/ip/strata-naive-reassembly.h"
#include "strata-fuzz.h"

#include "ns3/strata-byte-reader.h"

#include <cstdio>

/**
 * The input is a policy, a memory limit and fragments: key and flags, time since the one before in
 * tenths of the timeout, offset, payload length, the value that fills it. What the table does is
 * what a model that works byte by byte does, within the limit.
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    ByteReader reader(ByteView(data, size));
    ReassemblyTable::Config config;
    config.overlap = static_cast<OverlapPolicy>(reader.U8() % 3);
    config.highMemory = 512 + std::size_t{reader.U8()} * 512;
    config.lowMemory = config.highMemory / 2;
    config.maxDatagrams = 6;
    config.maxFragments = UINT32_MAX;
    config.timeout = Nanos(10);
    CheckedReassembly checked(config);
    Nanos now{0};
    const Bytes header(60, 0x45);
    while (reader.Ok() && reader.Remaining() >= 6)
    {
        const uint8_t flags = reader.U8();
        now += Nanos(reader.U8() % 12);
        const uint16_t offset = reader.U16();
        const uint8_t length = reader.U8();
        Bytes payload(flags & 0x80 ? std::size_t{length} * 8 * 8 : length, reader.U8());
        for (std::size_t i = 0; i < payload.size(); i += 3)
        {
            payload[i] = static_cast<uint8_t>(i); // so that neighbours may agree in part
        }
        ReassemblyFragment fragment;
        fragment.key.identification = flags & 0x7;
        fragment.moreFragments = flags & 0x8;
        fragment.ecn = (flags >> 4) & 0x3;
        // mostly near the front, where fragments meet
        fragment.offset = 8U * (flags & 0x40 ? offset & 0x1fff : offset & 0x1f);
        fragment.payload = payload;
        fragment.header = ByteView(header).Sub(0, 20 + 4 * (length % 11));
        if (const auto wrong = checked.Step(fragment, now))
        {
            Require(false, wrong->c_str());
        }
    }
    if (const auto wrong = checked.Finish())
    {
        Require(false, wrong->c_str());
    }
    return 0;
}
