// SPDX-License-Identifier: GPL-2.0-only

#include "strata-wifi-authentication.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/mac-rx-middle.h"
#include "ns3/packet.h"
#include "ns3/qos-txop.h"
#include "ns3/simulator.h"
#include "ns3/strata-wire-header.h"
#include "ns3/uinteger.h"
#include "ns3/wifi-mpdu.h"

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataWifiAuthentication");
NS_OBJECT_ENSURE_REGISTERED(AuthenticatingApMac);
NS_OBJECT_ENSURE_REGISTERED(AuthenticatingStaMac);
NS_OBJECT_ENSURE_REGISTERED(AuthenticatingAssocManager);

namespace
{

using AuthenticationHeader = WireHeader<Ieee80211Authentication>;

/** Puts an Authentication frame into the queue in which \p mac has its Management frames. */
void
SendFrame(WifiMac& mac, Mac48Address to, Mac48Address bssid, const Ieee80211Authentication& frame)
{
    WifiMacHeader header;
    header.SetType(WIFI_MAC_MGT_AUTHENTICATION);
    header.SetAddr1(to);
    header.SetAddr2(mac.GetAddress());
    header.SetAddr3(bssid);
    header.SetDsNotFrom();
    header.SetDsNotTo();
    auto packet = Create<Packet>();
    packet->AddHeader(AuthenticationHeader(frame));
    if (mac.GetQosSupported())
    {
        // IEEE 802.11-2020 section 10.2.3.2
        mac.GetQosTxop(AC_VO)->Queue(Create<WifiMpdu>(packet, header));
    }
    else
    {
        mac.GetTxop()->Queue(Create<WifiMpdu>(packet, header));
    }
}

/** The Authentication frame in \p mpdu; none if it is malformed. */
std::optional<Ieee80211Authentication>
FrameIn(Ptr<const WifiMpdu> mpdu)
{
    AuthenticationHeader header;
    if (mpdu->GetPacket()->PeekHeader(header) == 0)
    {
        return std::nullopt;
    }
    return header.Get();
}

} // namespace

TypeId
AuthenticatingApMac::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::AuthenticatingApMac")
            .SetParent<ApWifiMac>()
            .SetGroupName("Strata")
            .AddConstructor<AuthenticatingApMac>()
            .AddTraceSource("Authentication",
                            "A station asked to be authenticated, and the status it was answered",
                            MakeTraceSourceAccessor(&AuthenticatingApMac::m_authenticationTrace),
                            "ns3::strata::AuthenticatingApMac::AuthenticationCallback");
    return tid;
}

AuthenticatingApMac::AuthenticatingApMac()
{
    m_rxMiddle->SetForwardCallback(MakeCallback(&AuthenticatingApMac::Hear, this));
}

AuthenticatingApMac::~AuthenticatingApMac() = default;

void
AuthenticatingApMac::Hear(Ptr<const WifiMpdu> mpdu, uint8_t linkId)
{
    const WifiMacHeader& header = mpdu->GetHeader();
    const bool mine = header.GetAddr1() == GetAddress();
    if (mine && header.IsAuthentication())
    {
        Answer(mpdu);
        return;
    }
    if (mine && (header.IsAssocReq() || header.IsReassocReq()) &&
        m_authenticated.count(header.GetAddr2()) == 0)
    {
        // section 11.3.5: in State 1 there is no association
        NS_LOG_DEBUG(header.GetAddr2() << " asks for an association without authentication");
        NotifyRxDrop(mpdu->GetPacket());
        return;
    }
    Receive(mpdu, linkId);
}

void
AuthenticatingApMac::Answer(Ptr<const WifiMpdu> mpdu)
{
    const Mac48Address station = mpdu->GetHeader().GetAddr2();
    const auto request = FrameIn(mpdu);
    if (!request)
    {
        NotifyRxDrop(mpdu->GetPacket());
        return;
    }
    Ieee80211Authentication answer;
    answer.algorithm = request->algorithm;
    answer.sequence = 2;
    if (request->algorithm != Ieee80211Authentication::OPEN_SYSTEM)
    {
        answer.status = Ieee80211Authentication::UNSUPPORTED_ALGORITHM;
    }
    else if (request->sequence != 1)
    {
        answer.status = Ieee80211Authentication::OUT_OF_SEQUENCE;
    }
    else
    {
        m_authenticated.insert(station);
    }
    m_authenticationTrace(station, answer.status);
    SendFrame(*this, station, GetAddress(), answer);
}

TypeId
AuthenticatingStaMac::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::AuthenticatingStaMac")
                            .SetParent<StaWifiMac>()
                            .SetGroupName("Strata")
                            .AddConstructor<AuthenticatingStaMac>();
    return tid;
}

AuthenticatingStaMac::AuthenticatingStaMac()
{
    m_rxMiddle->SetForwardCallback(MakeCallback(&AuthenticatingStaMac::Hear, this));
}

AuthenticatingStaMac::~AuthenticatingStaMac() = default;

void
AuthenticatingStaMac::SendAuthentication(Mac48Address bssid)
{
    SendFrame(*this, bssid, bssid, Ieee80211Authentication{});
}

void
AuthenticatingStaMac::SetAnswerCallback(AnswerCallback answer)
{
    m_answer = std::move(answer);
}

void
AuthenticatingStaMac::Hear(Ptr<const WifiMpdu> mpdu, uint8_t linkId)
{
    const WifiMacHeader& header = mpdu->GetHeader();
    if (!header.IsAuthentication())
    {
        Receive(mpdu, linkId);
        return;
    }
    const auto frame = FrameIn(mpdu);
    if (header.GetAddr1() == GetAddress() && frame && frame->sequence == 2 && m_answer)
    {
        m_answer(header.GetAddr2(), frame->status);
    }
    else
    {
        NotifyRxDrop(mpdu->GetPacket());
    }
}

TypeId
AuthenticatingAssocManager::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::AuthenticatingAssocManager")
            .SetParent<WifiAssocManager>()
            .SetGroupName("Strata")
            .AddConstructor<AuthenticatingAssocManager>()
            .AddAttribute("Timeout",
                          "Until an access point that has not answered is asked again",
                          TimeValue(MilliSeconds(200)),
                          MakeTimeAccessor(&AuthenticatingAssocManager::m_timeout),
                          MakeTimeChecker(MicroSeconds(1)))
            .AddAttribute("Tries",
                          "How often an access point is asked",
                          UintegerValue(3),
                          MakeUintegerAccessor(&AuthenticatingAssocManager::m_tries),
                          MakeUintegerChecker<uint32_t>(1));
    return tid;
}

AuthenticatingAssocManager::AuthenticatingAssocManager() = default;

AuthenticatingAssocManager::~AuthenticatingAssocManager() = default;

void
AuthenticatingAssocManager::DoDispose()
{
    m_scanEnd.Cancel();
    m_retry.Cancel();
    WifiAssocManager::DoDispose();
}

Ptr<AuthenticatingStaMac>
AuthenticatingAssocManager::Mac() const
{
    const auto mac = DynamicCast<AuthenticatingStaMac>(m_mac);
    NS_ABORT_MSG_UNLESS(mac, "the station of an AuthenticatingAssocManager can authenticate");
    return mac;
}

void
AuthenticatingAssocManager::NotifyChannelSwitched(uint8_t)
{
}

bool
AuthenticatingAssocManager::Compare(const StaWifiMac::ApInfo& lhs,
                                    const StaWifiMac::ApInfo& rhs) const
{
    return lhs.m_snr > rhs.m_snr || (lhs.m_snr == rhs.m_snr && lhs.m_bssid < rhs.m_bssid);
}

bool
AuthenticatingAssocManager::CanBeInserted(const StaWifiMac::ApInfo& apInfo) const
{
    if (m_scanEnd.IsExpired())
    {
        return false;
    }
    m_heard.insert(apInfo.m_bssid);
    return true;
}

bool
AuthenticatingAssocManager::CanBeReturned(const StaWifiMac::ApInfo& apInfo) const
{
    return m_granted == apInfo.m_bssid;
}

void
AuthenticatingAssocManager::DoStartScanning()
{
    m_scanEnd.Cancel();
    m_retry.Cancel();
    m_heard.clear();
    m_asked.reset();
    m_granted.reset();
    m_scanEnd = Simulator::Schedule(GetScanParams().maxChannelTime,
                                    &AuthenticatingAssocManager::Authenticate,
                                    this);
}

void
AuthenticatingAssocManager::Authenticate()
{
    for (const StaWifiMac::ApInfo& ap : GetSortedList())
    {
        // an earlier scan may have left others behind
        if (m_heard.count(ap.m_bssid) != 0)
        {
            Ask(ap.m_bssid, m_tries);
            return;
        }
    }
    ScanningTimeout();
}

void
AuthenticatingAssocManager::Ask(Mac48Address bssid, uint32_t tries)
{
    if (tries == 0)
    {
        m_asked.reset();
        m_heard.erase(bssid);
        Authenticate();
        return;
    }
    Mac()->SetAnswerCallback(
        [this](Mac48Address from, uint16_t status) { OnAnswer(from, status); });
    m_asked = bssid;
    Mac()->SendAuthentication(bssid);
    m_retry =
        Simulator::Schedule(m_timeout, &AuthenticatingAssocManager::Ask, this, bssid, tries - 1);
}

void
AuthenticatingAssocManager::OnAnswer(Mac48Address bssid, uint16_t status)
{
    if (m_asked != bssid)
    {
        return;
    }
    m_retry.Cancel();
    m_asked.reset();
    if (status != Ieee80211Authentication::SUCCESS)
    {
        m_heard.erase(bssid);
        Authenticate();
        return;
    }
    m_granted = bssid;
    ScanningTimeout();
}

} // namespace strata
} // namespace ns3
