// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_OPTION_H
#define STRATA_IPV4_OPTION_H

#include "strata-ipv4-header.h"

#include <optional>
#include <vector>

namespace ns3
{
namespace strata
{

/** Option types of the IANA registry; the class and copy bits belong to the number. */
enum class Ipv4OptionKind : uint8_t
{
    END = 0,                  //!< RFC 791
    NOP = 1,                  //!< RFC 791
    RECORD_ROUTE = 7,         //!< RFC 791
    TIMESTAMP = 68,           //!< RFC 791
    TRACEROUTE = 82,          //!< RFC 1393, deprecated by RFC 6814
    SECURITY = 130,           //!< RFC 1108
    LOOSE_SOURCE_ROUTE = 131, //!< RFC 791
    EXTENDED_SECURITY = 133,  //!< RFC 1108
    COMMERCIAL_SECURITY = 134,
    STREAM_ID = 136,           //!< RFC 791, deprecated by RFC 6814
    STRICT_SOURCE_ROUTE = 137, //!< RFC 791
    ROUTER_ALERT = 148,        //!< RFC 2113
};

/** One option; views the bytes of the header's options. */
struct Ipv4Option
{
    uint8_t kind{0};
    std::size_t offset{0}; //!< of the kind, from the start of the IP header
    ByteView bytes;        //!< kind, length and data; the kind alone for END and NOP

    bool Is(Ipv4OptionKind which) const
    {
        return kind == static_cast<uint8_t>(which);
    }

    bool IsSourceRoute() const
    {
        return Is(Ipv4OptionKind::LOOSE_SOURCE_ROUTE) || Is(Ipv4OptionKind::STRICT_SOURCE_ROUTE);
    }

    /** RFC 791 section 3.1: whether every fragment carries it, or the first alone. */
    bool IsCopied() const
    {
        return (kind & 0x80) != 0;
    }
};

/**
 * Walks the options of a header up to END or their end.
 *
 * A length that is below 2 or runs out of the options stops it with BAD_LENGTH at the length
 * octet, or at the kind where that is the last octet. The offset counts from the start of the IP
 * header, as the pointer of an ICMP Parameter Problem does (RFC 792).
 */
class Ipv4OptionReader
{
  public:
    explicit Ipv4OptionReader(ByteView options)
        : m_options(options)
    {
    }

    explicit Ipv4OptionReader(const Ipv4WireHeader& header)
        : m_options(header.options.data(), header.options.size())
    {
    }

    /** The next option but END; none at the end and at an error. */
    std::optional<Ipv4Option> Next();

    bool Ok() const
    {
        return !m_failed;
    }

    /** Precondition: !Ok(). */
    DecodeError Error() const
    {
        return m_error;
    }

  private:
    ByteView m_options;
    std::size_t m_position{0};
    DecodeError m_error;
    bool m_failed{false};
};

/**
 * Record route and both source routes (RFC 791 section 3.1): kind, length, pointer, and slots of
 * four octets. The pointer counts from 1 at the kind, so the first slot is 4; a pointer above the
 * length says that no slot is left.
 *
 * Errors: BAD_LENGTH at a length below 3; BAD_VALUE at a pointer that names no slot's start.
 */
struct Ipv4RouteOption
{
    static constexpr std::size_t FIRST_SLOT = 3; //!< offset in the option

    Ipv4Option option;
    uint8_t pointer{4};

    static Expected<Ipv4RouteOption, DecodeError> Parse(const Ipv4Option& option);

    std::size_t PointerOffset() const
    {
        return option.offset + 2;
    }

    bool IsExhausted() const
    {
        return pointer > option.bytes.size();
    }

    /** Whether a whole slot is left where the pointer stands. */
    bool HasRoom() const
    {
        return std::size_t{pointer} + 3 <= option.bytes.size();
    }

    /** Whole slots, used or not. */
    std::size_t SlotCount() const
    {
        return (option.bytes.size() - FIRST_SLOT) / 4;
    }

    /** Slots before the pointer: those that routers have filled. */
    std::size_t RecordedCount() const
    {
        return std::min<std::size_t>((pointer - 4) / 4, SlotCount());
    }

    /** Precondition: \p i < SlotCount(). */
    uint32_t Slot(std::size_t i) const;
};

/** The forms of a timestamp option (RFC 791 section 3.1). */
enum class Ipv4TimestampForm : uint8_t
{
    TIME_ONLY = 0,
    WITH_ADDRESS = 1, //!< each router puts its address before its time
    PRESPECIFIED = 3, //!< the sender has named those that shall put their time
};

/**
 * A timestamp option (RFC 791 section 3.1): kind, length, pointer, overflow and form, entries.
 *
 * Errors: BAD_LENGTH at a length below 4; BAD_VALUE at a pointer that names no entry's start.
 */
struct Ipv4TimestampOption
{
    static constexpr std::size_t FIRST_ENTRY = 4; //!< offset in the option
    static constexpr uint8_t MAX_OVERFLOW = 15;

    Ipv4Option option;
    uint8_t pointer{5};
    uint8_t overflow{0}; //!< 4 bits: how many found no room
    uint8_t form{0};     //!< 4 bits; an unknown one is kept

    static Expected<Ipv4TimestampOption, DecodeError> Parse(const Ipv4Option& option);

    bool Is(Ipv4TimestampForm which) const
    {
        return form == static_cast<uint8_t>(which);
    }

    bool IsKnownForm() const
    {
        return Is(Ipv4TimestampForm::TIME_ONLY) || HasAddresses();
    }

    bool HasAddresses() const
    {
        return Is(Ipv4TimestampForm::WITH_ADDRESS) || Is(Ipv4TimestampForm::PRESPECIFIED);
    }

    std::size_t EntrySize() const
    {
        return HasAddresses() ? 8 : 4;
    }

    std::size_t PointerOffset() const
    {
        return option.offset + 2;
    }

    std::size_t OverflowOffset() const
    {
        return option.offset + 3;
    }

    bool IsFull() const
    {
        return pointer > option.bytes.size();
    }

    /** Whether a whole entry is left where the pointer stands. */
    bool HasRoom() const
    {
        return pointer + EntrySize() - 1 <= option.bytes.size();
    }

    /** Whole entries, used or not. */
    std::size_t EntryCount() const
    {
        return (option.bytes.size() - FIRST_ENTRY) / EntrySize();
    }

    /** Entries before the pointer. */
    std::size_t RecordedCount() const
    {
        return std::min<std::size_t>((pointer - 5) / EntrySize(), EntryCount());
    }

    /** Preconditions: \p i < EntryCount(), and addresses for the first. */
    uint32_t Address(std::size_t i) const;
    uint32_t Time(std::size_t i) const;
};

/** Classification levels (RFC 1108 section 2.3): codes far apart in bits. */
enum class Ipv4SecurityLevel : uint8_t
{
    TOP_SECRET = 0x3d,
    SECRET = 0x5a,
    CONFIDENTIAL = 0x96,
    UNCLASSIFIED = 0xab,
};

/** How secret \p level is, 0 for unclassified to 3; none for the reserved codes. */
std::optional<unsigned> Ipv4SecurityRank(uint8_t level);

/**
 * Appends options to a header's. Each call answers whether there was room in the 40 octets, and
 * changes nothing when there was not. Pad() comes last, before the header is encoded.
 */
class Ipv4OptionWriter
{
  public:
    explicit Ipv4OptionWriter(Ipv4WireHeader::Options& out)
        : m_out(out)
    {
    }

    bool Nop();

    /** An option of any kind but END and NOP; precondition: at most 253 octets of \p data. */
    bool Append(uint8_t kind, ByteView data);

    /** A whole option as it stands. */
    bool Copy(ByteView option);

    /** Room for \p slots addresses: nine fit (Fig. 5-47 leaves 40 octets). */
    bool RecordRoute(std::size_t slots);

    /** \param hops what follows the header's first destination, the last one included */
    bool SourceRoute(Ipv4OptionKind kind, const std::vector<uint32_t>& hops);

    /** Room for \p entries: nine of time alone, four with address. */
    bool Timestamps(std::size_t entries);
    bool TimestampsWithAddress(std::size_t entries);

    /** Times to be put by those of \p addresses alone; four fit. */
    bool PrespecifiedTimestamps(const std::vector<uint32_t>& addresses);

    /** RFC 1108 section 2: basic security; \p authorities 0 leaves the flags out. */
    bool Security(Ipv4SecurityLevel level, uint8_t authorities = 0);

    /** RFC 2113: 0 means that every router shall examine the packet. */
    bool RouterAlert(uint16_t value = 0);

    /** Fills up to a multiple of four with END (RFC 791: the padding is zero). */
    void Pad();

  private:
    bool Route(Ipv4OptionKind kind, std::size_t slots, const uint32_t* hops);
    bool TimestampEntries(Ipv4TimestampForm form, std::size_t entries, const uint32_t* addresses);

    Ipv4WireHeader::Options& m_out;
};

/**
 * The options of every fragment but the first: those with the copy bit (RFC 791 section 3.1),
 * padded. What stands behind a malformed option is left out.
 */
Ipv4WireHeader::Options CopiedIpv4Options(const Ipv4WireHeader::Options& options);

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_OPTION_H */
