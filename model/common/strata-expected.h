// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_EXPECTED_H
#define STRATA_EXPECTED_H

#include "strata-decode-error.h"

#include <utility>
#include <variant>

namespace ns3
{
namespace strata
{

/** Marks a value as the error of an Expected. */
template <class E>
struct Unexpected
{
    E error;
};

template <class E>
Unexpected(E) -> Unexpected<E>;

/**
 * A value, or the error that stands in its place; std::expected of C++23 in the part used here.
 *
 * Preconditions: operator* and operator-> need a value, error() needs an error.
 */
template <class T, class E = DecodeError>
class Expected
{
  public:
    using value_type = T;
    using error_type = E;

    Expected(T value)
        : m_content(std::in_place_index<0>, std::move(value))
    {
    }

    template <class F>
    Expected(Unexpected<F> unexpected)
        : m_content(std::in_place_index<1>, std::move(unexpected.error))
    {
    }

    bool has_value() const
    {
        return m_content.index() == 0;
    }

    explicit operator bool() const
    {
        return has_value();
    }

    const T& operator*() const
    {
        return *std::get_if<0>(&m_content);
    }

    T& operator*()
    {
        return *std::get_if<0>(&m_content);
    }

    const T* operator->() const
    {
        return std::get_if<0>(&m_content);
    }

    T* operator->()
    {
        return std::get_if<0>(&m_content);
    }

    const E& error() const
    {
        return *std::get_if<1>(&m_content);
    }

  private:
    std::variant<T, E> m_content;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_EXPECTED_H */
