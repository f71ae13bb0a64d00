// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_OPTION_H
#define STRATA_DHCP_OPTION_H

#include "ns3/strata-byte-view.h"
#include "ns3/strata-decode-error.h"
#include "ns3/strata-expected.h"
#include "ns3/strata-prefix.h"

#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace ns3
{
namespace strata
{

/** Codes of the IANA registry that the core knows by name (RFC 2132 unless said). */
enum class DhcpOptionCode : uint8_t
{
    PAD = 0,
    SUBNET_MASK = 1,
    ROUTERS = 3,
    DNS_SERVERS = 6,
    HOST_NAME = 12,
    DOMAIN_NAME = 15,
    INTERFACE_MTU = 26,
    BROADCAST_ADDRESS = 28,
    NTP_SERVERS = 42,
    REQUESTED_ADDRESS = 50,
    LEASE_TIME = 51,
    OVERLOAD = 52,
    MESSAGE_TYPE = 53,
    SERVER_IDENTIFIER = 54,
    PARAMETER_LIST = 55,
    MESSAGE = 56,
    MAX_MESSAGE_SIZE = 57,
    RENEWAL_TIME = 58,
    REBINDING_TIME = 59,
    CLIENT_IDENTIFIER = 61,
    RELAY_AGENT = 82,              //!< RFC 3046
    CLASSLESS_STATIC_ROUTES = 121, //!< RFC 3442
    END = 255,
};

/** Parts of the relay agent information option (RFC 3046 section 2.0, RFC 3527). */
enum class DhcpRelaySubOption : uint8_t
{
    CIRCUIT_ID = 1,
    REMOTE_ID = 2,
    LINK_SELECTION = 5,
};

/** A route of option 121. */
struct DhcpRoute
{
    Ipv4Prefix destination;
    uint32_t router{0}; //!< 0: the destination is on the link itself (RFC 3442)

    auto Tie() const
    {
        return std::tie(destination, router);
    }

    friend bool operator==(const DhcpRoute& a, const DhcpRoute& b)
    {
        return a.Tie() == b.Tie();
    }
};

/** A part of option 82: a code and what it holds. */
struct DhcpSubOption
{
    uint8_t code{0};
    Bytes data;

    auto Tie() const
    {
        return std::tie(code, data);
    }

    friend bool operator==(const DhcpSubOption& a, const DhcpSubOption& b)
    {
        return a.Tie() == b.Tie();
    }
};

/**
 * Options as a message means them: each code once, in the order of its first appearance, the parts
 * of a long option joined (RFC 3396). Pads, END and overload (52), which are how and not what, are
 * not among them. Unknown codes are kept.
 */
class DhcpOptions
{
  public:
    struct Option
    {
        uint8_t code{0};
        Bytes data;

        auto Tie() const
        {
            return std::tie(code, data);
        }

        friend bool operator==(const Option& a, const Option& b)
        {
            return a.Tie() == b.Tie();
        }
    };

    /**
     * Reads the options field, then file and sname if option 52 says so (RFC 2131 section 4.1).
     *
     * Errors: BAD_LENGTH at the length octet of an option that runs out of its field, or at its
     * code where that is the last octet; BAD_VALUE at the value of option 52 that is not 1, 2 or 3;
     * BAD_LENGTH at the length of option 52 that is not 1, or of a message type that is not 1.
     * A field may end without END.
     *
     * \param options what follows the magic cookie
     * \param base where that lies in the message; file and sname lie where RFC 2131 has them
     */
    static Expected<DhcpOptions, DecodeError> Parse(ByteView options,
                                                    std::size_t base,
                                                    ByteView file,
                                                    ByteView serverName);

    /** What \p code holds; none if it is not there. */
    std::optional<ByteView> Find(DhcpOptionCode code) const;

    bool Has(DhcpOptionCode code) const
    {
        return Find(code).has_value();
    }

    /** Here and below: none also where the length is not the type's. */
    std::optional<uint8_t> U8(DhcpOptionCode code) const;
    std::optional<uint16_t> U16(DhcpOptionCode code) const;
    std::optional<uint32_t> U32(DhcpOptionCode code) const;
    /** Whole addresses, one or more; empty otherwise. */
    std::vector<uint32_t> Addresses(DhcpOptionCode code) const;
    /** Without zeros at the end (RFC 2132 section 2: senders should not write them). */
    std::string Text(DhcpOptionCode code) const;
    /** Option 121; none if it is not there or malformed. */
    std::optional<std::vector<DhcpRoute>> Routes() const;
    /** Option 82; none if it is not there or malformed. */
    std::optional<std::vector<DhcpSubOption>> RelayAgent() const;

    /** Puts an option in the place of the one of that code, or behind all. */
    void Set(DhcpOptionCode code, Bytes data);
    void SetU8(DhcpOptionCode code, uint8_t value);
    void SetU16(DhcpOptionCode code, uint16_t value);
    void SetU32(DhcpOptionCode code, uint32_t value);
    void SetAddresses(DhcpOptionCode code, const std::vector<uint32_t>& addresses);
    void SetText(DhcpOptionCode code, const std::string& text);
    void SetRoutes(const std::vector<DhcpRoute>& routes);
    /** Precondition: at most 255 bytes in each part. */
    void SetRelayAgent(const std::vector<DhcpSubOption>& parts);
    void Remove(DhcpOptionCode code);

    const std::vector<Option>& All() const
    {
        return m_options;
    }

    auto Tie() const
    {
        return std::tie(m_options);
    }

    friend bool operator==(const DhcpOptions& a, const DhcpOptions& b)
    {
        return a.Tie() == b.Tie();
    }

  private:
    friend struct DhcpMessage;

    std::optional<DecodeError> ParseField(ByteView field, std::size_t base, uint8_t* overload);
    Option* FindOption(uint8_t code);

    std::vector<Option> m_options;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_OPTION_H */
