// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_WRITE_AUDIT_DECISION_H
#define STRATA_WRITE_AUDIT_DECISION_H

#include "strata-write-right.h"

#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** The names in traces and results; "unknown" for a number that is none of the enum. */
const char* MobilityKindName(MobilityKind kind);
const char* TableKindName(TableKind table);
const char* WriteCauseName(WriteCause cause);

/** The kind of mobility on whose behalf \p cause writes; none for AGEING, which belongs to both. */
std::optional<MobilityKind> KindOf(WriteCause cause);

enum class WriteVerdict : uint8_t
{
    ALLOWED,
    REFUSED,
};

/** The rule of the write sets for writes that the compiler has not seen. */
class WriteGate
{
  public:
    /** Refused outside of the kind's set, and for a table that is none of the enum. */
    static WriteVerdict Check(MobilityKind kind, TableKind table);

    /** By the kind of the record's cause; refused for a cause that is none of the enum. */
    static WriteVerdict Check(const WriteRecord& record);
};

/** Checks every record of a run and keeps those that break the rule. */
class WriteAuditor
{
  public:
    /** True if no record of \p ledger breaks the rule. */
    bool Audit(const WriteLedger& ledger);

    /** The number of records seen. */
    uint64_t GetChecked() const
    {
        return m_checked;
    }

    const WriteLedger& GetViolations() const
    {
        return m_violations;
    }

    auto Tie() const
    {
        return std::tie(m_checked, m_violations);
    }

  private:
    uint64_t m_checked{0};
    WriteLedger m_violations;
};

/** A record for people: "member 3.1 wrote routes because of location-mobility". */
std::string FormatWrite(const WriteRecord& record, NameScheme scheme);

} // namespace strata
} // namespace ns3

#endif /* STRATA_WRITE_AUDIT_DECISION_H */
