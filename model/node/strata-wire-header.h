// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_WIRE_HEADER_H
#define STRATA_WIRE_HEADER_H

#include "ns3/buffer.h"
#include "ns3/header.h"
#include "ns3/packet.h"
#include "ns3/strata-wire-contract.h"

#include <boost/core/demangle.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <typeinfo>

namespace ns3
{
namespace strata
{

namespace detail
{

template <class W, class = void>
struct CanPrint : std::false_type
{
};

template <class W>
struct CanPrint<
    W,
    std::void_t<decltype(std::declval<const W&>().Print(std::declval<std::ostream&>()))>>
    : std::true_type
{
};

} // namespace detail

/**
 * A packet format of the core (strata-wire-contract.h) as a header of an ns-3 packet.
 *
 * Deserialize gives the format all the bytes that remain. It returns 0 for malformed bytes:
 * nothing is removed from the packet, and Error() tells why.
 */
template <class W>
class WireHeader final : public Header
{
  public:
    static_assert(IsWireFormat<W>, "W must keep the contract of strata-wire-contract.h");

    using Context = typename W::Context;

    WireHeader() = default;

    explicit WireHeader(W value)
        : m_value(std::move(value))
    {
    }

    /** A header to read into, with what the bytes alone do not say. */
    static WireHeader ForContext(Context context)
    {
        WireHeader header;
        header.m_context = std::move(context);
        return header;
    }

    /** `ns3::strata::WireHeader<...>` with the type's name. */
    static TypeId GetTypeId()
    {
        static TypeId tid =
            TypeId("ns3::strata::WireHeader<" + boost::core::demangle(typeid(W).name()) + ">")
                .template SetParent<Header>()
                .SetGroupName("Strata")
                .template AddConstructor<WireHeader<W>>();
        return tid;
    }

    const W& Get() const
    {
        return m_value;
    }

    /** Why the last Deserialize returned 0. */
    const std::optional<DecodeError>& Error() const
    {
        return m_error;
    }

    TypeId GetInstanceTypeId() const override
    {
        return GetTypeId();
    }

    uint32_t GetSerializedSize() const override
    {
        return static_cast<uint32_t>(m_value.EncodedSize());
    }

    void Serialize(Buffer::Iterator start) const override
    {
        const Bytes bytes = EncodeToBytes(m_value);
        start.Write(bytes.data(), static_cast<uint32_t>(bytes.size()));
    }

    uint32_t Deserialize(Buffer::Iterator start) override
    {
        return Read(start, start.GetRemainingSize());
    }

    uint32_t Deserialize(Buffer::Iterator start, Buffer::Iterator end) override
    {
        return Read(start, start.GetDistanceFrom(end));
    }

    void Print(std::ostream& os) const override
    {
        if constexpr (detail::CanPrint<W>::value)
        {
            m_value.Print(os);
        }
        else
        {
            os << boost::core::demangle(typeid(W).name()) << " (" << m_value.EncodedSize()
               << " bytes)";
        }
    }

  private:
    uint32_t Read(Buffer::Iterator start, uint32_t size)
    {
        Bytes bytes(size);
        start.Read(bytes.data(), size);
        auto value = W::Decode(bytes, m_context);
        if (!value)
        {
            m_error = value.error();
            return 0;
        }
        m_error.reset();
        m_value = std::move(*value);
        return static_cast<uint32_t>(m_value.EncodedSize());
    }

    W m_value{};
    Context m_context{};
    std::optional<DecodeError> m_error;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_WIRE_HEADER_H */
