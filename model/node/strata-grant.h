// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_GRANT_H
#define STRATA_GRANT_H

/**
 * Makes MemberOf(name()) the pointer to \p member, which is private to a class of ns-3 and has no
 * accessor. An explicit instantiation may name private members ([temp.spec.general]); the friend
 * that it defines hands out a pointer to one. For an anonymous namespace.
 */
#define STRATA_GRANT(name, member)                                                                 \
    struct name                                                                                    \
    {                                                                                              \
        friend constexpr auto MemberOf(name);                                                      \
    };                                                                                             \
    template <auto MEMBER>                                                                         \
    struct name##Grant                                                                             \
    {                                                                                              \
        friend constexpr auto MemberOf(name)                                                       \
        {                                                                                          \
            return MEMBER;                                                                         \
        }                                                                                          \
    };                                                                                             \
    template struct name##Grant<&member>;

#endif /* STRATA_GRANT_H */
