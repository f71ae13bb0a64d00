// SPDX-License-Identifier: GPL-2.0-only

#include "strata-write-audit-decision.h"

#include <fmt/format.h>

namespace ns3
{
namespace strata
{

const char*
MobilityKindName(MobilityKind kind)
{
    switch (kind)
    {
    case MobilityKind::ATTACHMENT:
        return "attachment";
    case MobilityKind::LOCATION:
        return "location";
    }
    return "unknown";
}

const char*
TableKindName(TableKind table)
{
    switch (table)
    {
    case TableKind::ATTACHMENTS:
        return "attachments";
    case TableKind::LINKS:
        return "links";
    case TableKind::ROUTES:
        return "routes";
    case TableKind::LOCATIONS:
        return "locations";
    case TableKind::SESSIONS:
        return "sessions";
    }
    return "unknown";
}

const char*
WriteCauseName(WriteCause cause)
{
    switch (cause)
    {
    case WriteCause::ENROLLMENT:
        return "enrollment";
    case WriteCause::LINK_CHANGE:
        return "link-change";
    case WriteCause::ROUTING:
        return "routing";
    case WriteCause::ATTACHMENT_MOBILITY:
        return "attachment-mobility";
    case WriteCause::REGISTRATION:
        return "registration";
    case WriteCause::SESSION_USE:
        return "session-use";
    case WriteCause::LOCATION_MOBILITY:
        return "location-mobility";
    case WriteCause::AGEING:
        return "ageing";
    }
    return "unknown";
}

std::optional<MobilityKind>
KindOf(WriteCause cause)
{
    switch (cause)
    {
    case WriteCause::ENROLLMENT:
    case WriteCause::LINK_CHANGE:
    case WriteCause::ROUTING:
    case WriteCause::ATTACHMENT_MOBILITY:
        return MobilityKind::ATTACHMENT;
    case WriteCause::REGISTRATION:
    case WriteCause::SESSION_USE:
    case WriteCause::LOCATION_MOBILITY:
        return MobilityKind::LOCATION;
    case WriteCause::AGEING:
        return std::nullopt;
    }
    return std::nullopt;
}

WriteVerdict
WriteGate::Check(MobilityKind kind, TableKind table)
{
    return table <= TableKind::SESSIONS && OwnerOf(table) == kind ? WriteVerdict::ALLOWED
                                                                  : WriteVerdict::REFUSED;
}

WriteVerdict
WriteGate::Check(const WriteRecord& record)
{
    if (record.cause > WriteCause::AGEING || record.table > TableKind::SESSIONS)
    {
        return WriteVerdict::REFUSED;
    }
    const std::optional<MobilityKind> kind = KindOf(record.cause);
    return kind ? Check(*kind, record.table) : WriteVerdict::ALLOWED;
}

bool
WriteAuditor::Audit(const WriteLedger& ledger)
{
    const std::size_t before = m_violations.size();
    for (const WriteRecord& record : ledger)
    {
        ++m_checked;
        if (WriteGate::Check(record) == WriteVerdict::REFUSED)
        {
            m_violations.push_back(record);
        }
    }
    return m_violations.size() == before;
}

std::string
FormatWrite(const WriteRecord& record, NameScheme scheme)
{
    return fmt::format("member {} wrote {} because of {}",
                       FormatName(record.member, scheme),
                       TableKindName(record.table),
                       WriteCauseName(record.cause));
}

} // namespace strata
} // namespace ns3
