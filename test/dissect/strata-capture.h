// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_CAPTURE_H
#define STRATA_CAPTURE_H

#include "ns3/strata-byte-writer.h"

#include <cstdio>
#include <string>

/**
 * \file
 * What the programs share that write captures for the dissection tests.
 */

namespace ns3
{
namespace strata
{

constexpr uint32_t LINK_TYPE_ETHERNET = 1;
constexpr uint32_t LINK_TYPE_PPP = 9;
constexpr uint32_t LINK_TYPE_RAW_IP = 101;
constexpr std::size_t SHORTEST_ETHERNET_FRAME = 60; // without the frame check sequence

/** A pcap file in network order; frame n has time n seconds. */
class Pcap
{
  public:
    explicit Pcap(uint32_t linkType)
    {
        m_writer.U32(0xa1b2c3d4);
        m_writer.U16(2);
        m_writer.U16(4);
        m_writer.U32(0);
        m_writer.U32(0);
        m_writer.U32(65535);
        m_writer.U32(linkType);
    }

    void Add(ByteView frame)
    {
        m_writer.U32(++m_frames);
        m_writer.U32(0);
        m_writer.U32(static_cast<uint32_t>(frame.size()));
        m_writer.U32(static_cast<uint32_t>(frame.size()));
        m_writer.Write(frame);
    }

    uint32_t GetFrames() const
    {
        return m_frames;
    }

    bool Save(const std::string& path) const
    {
        std::FILE* file = std::fopen(path.c_str(), "wb");
        if (!file)
        {
            return false;
        }
        const bool written = std::fwrite(m_bytes.data(), 1, m_bytes.size(), file) == m_bytes.size();
        return std::fclose(file) == 0 && written;
    }

  private:
    Bytes m_bytes;
    ByteWriter m_writer{m_bytes};
    uint32_t m_frames{0};
};

inline bool
SaveText(const std::string& path, const std::string& text)
{
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (!file)
    {
        return false;
    }
    const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    return std::fclose(file) == 0 && written;
}

inline Bytes
OnEthernet(ByteView payload, uint16_t etherType)
{
    Bytes frame;
    ByteWriter writer(frame);
    writer.Write(Bytes{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1});
    writer.U16(etherType);
    writer.Write(payload);
    if (frame.size() < SHORTEST_ETHERNET_FRAME)
    {
        writer.Zeros(SHORTEST_ETHERNET_FRAME - frame.size());
    }
    return frame;
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_CAPTURE_H */
