// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FTP_COMMAND_FORMAT_H
#define STRATA_FTP_COMMAND_FORMAT_H

#include "ns3/strata-tied.h"
#include "ns3/strata-wire-contract.h"

#include <string>

namespace ns3
{
namespace strata
{

/** The lines of an FTP control connection that name an end of a data connection. */
enum class FtpCommand : uint8_t
{
    PORT,             //!< `PORT h1,h2,h3,h4,p1,p2` (RFC 959 section 4.1.2)
    EXTENDED_PORT,    //!< `EPRT |1|132.235.1.2|6275|` (RFC 2428 section 2)
    PASSIVE,          //!< `227 Entering Passive Mode (h1,h2,h3,h4,p1,p2)`
    EXTENDED_PASSIVE, //!< `229 Entering Extended Passive Mode (|||6446|)`, without an address
};

/**
 * A line that names an end of a data connection: its address and port, and the text around them,
 * which is kept.
 *
 * Commands are known in upper and lower case. Where a 227 reply has its numbers is not standard:
 * they are those behind its first digit (RFC 1123 section 4.1.2.6). Numbers have no zeros in
 * front.
 *
 * Errors: INCOMPLETE without the end of the line; BAD_LENGTH for a line over MAX_SIZE; BAD_TYPE at
 * 0 for another line; BAD_VALUE at the number that is none, or that is too large.
 */
struct FtpCommandLine
{
    struct Context
    {
    };

    static constexpr std::size_t MAX_SIZE = 512; //!< of a line with its end

    FtpCommand command{FtpCommand::PORT};
    Bytes before;         //!< in front of the address, or of its first delimiter
    uint8_t delimiter{0}; //!< of the extended ones
    uint32_t address{0};  //!< 0 in EXTENDED_PASSIVE
    uint16_t port{0};
    Bytes after; //!< the end of the line included

    bool IsExtended() const
    {
        return command == FtpCommand::EXTENDED_PORT || command == FtpCommand::EXTENDED_PASSIVE;
    }

    /** Whether a client sends it, to its server. */
    bool IsOfClient() const
    {
        return command == FtpCommand::PORT || command == FtpCommand::EXTENDED_PORT;
    }

    static Expected<FtpCommandLine, DecodeError> Decode(ByteView bytes, const Context&);

    std::size_t EncodedSize() const;
    void Encode(ByteWriter& writer) const;

    auto Tie() const
    {
        return std::tie(command, before, delimiter, address, port, after);
    }

    friend bool operator==(const FtpCommandLine& a, const FtpCommandLine& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const FtpCommandLine& a, const FtpCommandLine& b)
    {
        return !(a == b);
    }

  private:
    std::string EndText() const;
};

static_assert(IsWireFormat<FtpCommandLine>);

} // namespace strata
} // namespace ns3

#endif /* STRATA_FTP_COMMAND_FORMAT_H */
