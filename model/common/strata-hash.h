// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_HASH_H
#define STRATA_HASH_H

#include "strata-byte-view.h"

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace ns3
{
namespace strata
{

/** FNV-1a over 64 bits; the same bytes give the same value on every machine. */
class StableHash
{
  public:
    void Add(uint64_t value)
    {
        for (int i = 0; i < 8; ++i)
        {
            AddByte(static_cast<uint8_t>(value >> (8 * i)));
        }
    }

    void AddByte(uint8_t byte)
    {
        m_value = (m_value ^ byte) * 0x100000001b3ULL;
    }

    /** The value, its bits mixed so that near inputs land far apart (MurmurHash3's finaliser). */
    uint64_t Get() const
    {
        uint64_t x = m_value;
        x ^= x >> 33;
        x *= 0xff51afd7ed558ccdULL;
        x ^= x >> 33;
        x *= 0xc4ceb9fe1a85ec53ULL;
        x ^= x >> 33;
        return x;
    }

  private:
    uint64_t m_value{0xcbf29ce484222325ULL};
};

/**
 * Adds a value to a hash: numbers, enums, texts, containers, tuples, and every struct that offers
 * Tie(), a tuple of references to its fields. Containers add their size first, so that neighbouring
 * containers can't be confused.
 */
template <class T>
void HashValue(StableHash& hash, const T& value);

namespace detail
{

template <class T, class = void>
struct HasTie : std::false_type
{
};

template <class T>
struct HasTie<T, std::void_t<decltype(std::declval<const T&>().Tie())>> : std::true_type
{
};

template <class T, class = void>
struct IsRange : std::false_type
{
};

template <class T>
struct IsRange<T, std::void_t<decltype(std::declval<const T&>().begin())>> : std::true_type
{
};

/** Containers whose order depends on a hash, so that equal ones may give different values. */
template <class T, class = void>
struct IsUnordered : std::false_type
{
};

template <class T>
struct IsUnordered<T, std::void_t<typename T::hasher>> : std::true_type
{
};

template <class T>
struct IsOptional : std::false_type
{
};

template <class T>
struct IsOptional<std::optional<T>> : std::true_type
{
};

template <class T>
struct IsTuple : std::false_type
{
};

template <class... A>
struct IsTuple<std::tuple<A...>> : std::true_type
{
};

template <class A, class B>
struct IsTuple<std::pair<A, B>> : std::true_type
{
};

template <class T>
struct IsVariant : std::false_type
{
};

template <class... A>
struct IsVariant<std::variant<A...>> : std::true_type
{
};

template <class T>
struct IsDuration : std::false_type
{
};

template <class R, class P>
struct IsDuration<std::chrono::duration<R, P>> : std::true_type
{
};

} // namespace detail

template <class T>
void
HashValue(StableHash& hash, const T& value)
{
    if constexpr (std::is_same_v<T, char>)
    {
        // whether char has a sign depends on the machine
        hash.Add(static_cast<unsigned char>(value));
    }
    else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>)
    {
        hash.Add(static_cast<uint64_t>(value));
    }
    else if constexpr (detail::IsDuration<T>::value)
    {
        hash.Add(static_cast<uint64_t>(value.count()));
    }
    else if constexpr (detail::HasTie<T>::value)
    {
        HashValue(hash, value.Tie());
    }
    else if constexpr (detail::IsOptional<T>::value)
    {
        hash.Add(value.has_value());
        if (value)
        {
            HashValue(hash, *value);
        }
    }
    else if constexpr (detail::IsTuple<T>::value)
    {
        std::apply([&hash](const auto&... part) { (HashValue(hash, part), ...); }, value);
    }
    else if constexpr (detail::IsVariant<T>::value)
    {
        hash.Add(value.index());
        std::visit([&hash](const auto& part) { HashValue(hash, part); }, value);
    }
    else if constexpr (std::is_same_v<T, std::monostate>)
    {
        hash.Add(0);
    }
    else
    {
        static_assert(detail::IsRange<T>::value, "the type offers neither Tie() nor begin()");
        static_assert(!detail::IsUnordered<T>::value, "the container has no order of its own");
        hash.Add(value.size());
        for (const auto& element : value)
        {
            HashValue(hash, element);
        }
    }
}

/** The hash of one value. */
template <class T>
uint64_t
HashOf(const T& value)
{
    StableHash hash;
    HashValue(hash, value);
    return hash.Get();
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_HASH_H */
