// SPDX-License-Identifier: GPL-2.0-only

// The part of NatMachine that is the gateway of FTP (RFC 3022 section 4.4, RFC 2428).

#include "strata-ftp-command-format.h"
#include "strata-nat-machine.h"
#include "strata-nat-rewrite-decision.h"

#include "ns3/strata-checksum.h"
#include "ns3/strata-tcp-header.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint16_t FTP_PORT = 21;
constexpr std::size_t MAX_CONNECTIONS = 1024;

constexpr std::size_t SEQUENCE = 4;
constexpr std::size_t ACKNOWLEDGMENT = 8;
constexpr std::size_t OFFSET = 12;
constexpr std::size_t CHECKSUM = 16;

void
Append(Bytes& to, ByteView what)
{
    to.insert(to.end(), what.begin(), what.end());
}

/** Where the data of a segment begin; none if the header does not fit. */
std::optional<std::size_t>
DataOffset(const NatPayload& payload)
{
    const std::size_t offset = (payload.data[OFFSET] >> 4) * std::size_t{4};
    return offset < TcpWireHeader::MIN_SIZE || offset > payload.size
               ? std::nullopt
               : std::optional<std::size_t>(offset);
}

/** Puts \p after in the place of the segment, with the checksum that follows from it. */
void
Replace(NatPayload& payload, Bytes after)
{
    Bytes& before = *payload.whole;
    uint16_t checksum = Get16(before.data() + CHECKSUM);
    Put16(before.data() + CHECKSUM, 0);
    Put16(after.data() + CHECKSUM, 0);
    checksum = UpdateChecksumOver(checksum, before, after);
    // The pseudo-header has the length.
    checksum = UpdateChecksum(checksum,
                              static_cast<uint16_t>(before.size()),
                              static_cast<uint16_t>(after.size()));
    Put16(after.data() + CHECKSUM, checksum);
    before = std::move(after);
    payload.data = before.data();
    payload.size = before.size();
    payload.total = before.size();
}

} // namespace

bool
NatMachine::IsFtp(const NatFlow& flow) const
{
    return flow.protocol == static_cast<uint8_t>(Ipv4Protocol::TCP) && GetConfig().ftpAlg &&
           (flow.remote.port == FTP_PORT || flow.inside.port == FTP_PORT);
}

NatDrop
NatMachine::FtpOutbound(const Ipv4WireHeader& header,
                        NatPayload& payload,
                        const NatFlow& flow,
                        Nanos now,
                        const NatPortGuard* guard,
                        bool& changed)
{
    const auto offset = DataOffset(payload);
    if (!offset)
    {
        return NatDrop::SHORT_TRANSPORT;
    }
    const FtpKey key{flow.inside, flow.remote};
    if (payload.data[NAT_TCP_FLAGS] & TcpWireHeader::SYN)
    {
        m_ftp.erase(key);
        return NatDrop::NONE;
    }
    const uint32_t sequence = Get32(payload.data + SEQUENCE);
    const auto present = m_ftp.find(key);
    FtpStreamState stream = present == m_ftp.end() ? FtpStreamState() : present->second;
    const ByteView data = ByteView(*payload.whole).Sub(*offset);
    const bool fromClient = flow.remote.port == FTP_PORT;
    Bytes after = ByteView(*payload.whole).Sub(0, *offset).ToBytes();
    std::size_t at = 0;
    while (at < data.size())
    {
        const ByteView rest = data.Sub(at);
        const auto here = sequence + static_cast<uint32_t>(at);
        if (const FtpStreamState::Edit* edit = stream.Find(here))
        {
            const uint32_t from = here - edit->sequence;
            const auto size =
                static_cast<uint32_t>(std::min<std::size_t>(edit->size - from, rest.size()));
            Append(after, edit->Part(from, size));
            at += size;
            continue;
        }
        std::size_t size = 0;
        while (size < rest.size() && rest[size] != '\n')
        {
            ++size;
        }
        size += size < rest.size() ? 1 : 0;
        const ByteView text = rest.Sub(0, size);
        at += size;
        auto line = FtpCommandLine::Decode(text, {});
        // Who names an end that is not his own shall not get a hole in the box for it.
        if (!line || line->IsOfClient() != fromClient || line->port == 0 ||
            (line->command != FtpCommand::EXTENDED_PASSIVE && line->address != header.source))
        {
            Append(after, text);
            continue;
        }
        NatEndpoint end{OneToOne(header.source), line->port};
        if (end.address == 0)
        {
            const NatTranslation found =
                m_table.Expect({flow.protocol, {header.source, line->port}, flow.remote},
                               now,
                               guard);
            if (!found)
            {
                return Refused(found.refusal).drop;
            }
            end = found.endpoint;
        }
        line->port = end.port;
        if (line->command != FtpCommand::EXTENDED_PASSIVE)
        {
            line->address = end.address;
        }
        const Bytes replaced = EncodeToBytes(*line);
        if (!(ByteView(replaced) == text))
        {
            if (!stream.Add({here, static_cast<uint32_t>(text.size()), replaced}))
            {
                return NatDrop::FTP;
            }
        }
        Append(after, replaced);
    }
    Put32(after.data() + SEQUENCE, stream.Forward(sequence));
    if (!stream.IsEmpty())
    {
        if (present == m_ftp.end() && m_ftp.size() >= MAX_CONNECTIONS)
        {
            // Those go whose connection the table has forgotten.
            for (auto each = m_ftp.begin(); each != m_ftp.end();)
            {
                const bool alive =
                    OneToOne(each->first.inside.address) != 0 ||
                    m_table.PeekOutbound({flow.protocol, each->first.inside, each->first.remote});
                each = alive ? std::next(each) : m_ftp.erase(each);
            }
            if (m_ftp.size() >= MAX_CONNECTIONS)
            {
                return NatDrop::TABLE_FULL;
            }
        }
        m_ftp[key] = std::move(stream);
    }
    if (after != *payload.whole)
    {
        Replace(payload, std::move(after));
        changed = true;
    }
    return NatDrop::NONE;
}

bool
NatMachine::FtpInbound(NatPayload& payload, const NatFlow& flow)
{
    const auto found = m_ftp.find({flow.inside, flow.remote});
    if (found == m_ftp.end() || !DataOffset(payload))
    {
        return false;
    }
    const uint32_t acknowledgment = Get32(payload.data + ACKNOWLEDGMENT);
    Bytes after = *payload.whole;
    if (!TurnBackAcknowledgments(after.data(), after.size(), found->second))
    {
        return false;
    }
    if (payload.data[NAT_TCP_FLAGS] & TcpWireHeader::ACK)
    {
        found->second.Acknowledge(acknowledgment);
    }
    Replace(payload, std::move(after));
    return true;
}

} // namespace strata
} // namespace ns3
