// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_WIFI_AUTHENTICATION_H
#define STRATA_WIFI_AUTHENTICATION_H

#include "ns3/ap-wifi-mac.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/sta-wifi-mac.h"
#include "ns3/strata-ieee80211-authentication.h"
#include "ns3/traced-callback.h"
#include "ns3/wifi-assoc-manager.h"

#include <functional>
#include <optional>
#include <set>

namespace ns3
{
namespace strata
{

/**
 * An access point that answers Open System authentication (IEEE 802.11-2020 section 12.3.3.2) and
 * lets only stations associate that have authenticated. The stock ApWifiMac stops the simulation
 * at an Authentication frame.
 */
class AuthenticatingApMac : public ApWifiMac
{
  public:
    static TypeId GetTypeId();

    AuthenticatingApMac();
    ~AuthenticatingApMac() override;

    /** Signature of the trace source Authentication. */
    using AuthenticationCallback = void (*)(Mac48Address station, uint16_t status);

  private:
    using WifiMac::Receive;
    void Hear(Ptr<const WifiMpdu> mpdu, uint8_t linkId);
    void Answer(Ptr<const WifiMpdu> mpdu);

    std::set<Mac48Address> m_authenticated;
    TracedCallback<Mac48Address, uint16_t> m_authenticationTrace;
};

/** A station that can send Authentication frames and tells of their answers. */
class AuthenticatingStaMac : public StaWifiMac
{
  public:
    static TypeId GetTypeId();

    AuthenticatingStaMac();
    ~AuthenticatingStaMac() override;

    /** Asks the access point for Open System authentication. */
    void SendAuthentication(Mac48Address bssid);

    /** An access point has answered. */
    using AnswerCallback = std::function<void(Mac48Address bssid, uint16_t status)>;
    void SetAnswerCallback(AnswerCallback answer);

  private:
    using WifiMac::Receive;
    void Hear(Ptr<const WifiMpdu> mpdu, uint8_t linkId);

    AnswerCallback m_answer;
};

/**
 * Scans afresh, by listening for beacons, whenever the station has no access point, takes the
 * strongest one heard, and authenticates with it before the station asks to be associated. An
 * access point that does not answer is asked Tries times, then the next strongest one, then the
 * scan begins again.
 *
 * The station's MAC is an AuthenticatingStaMac with one link.
 */
class AuthenticatingAssocManager : public WifiAssocManager
{
  public:
    static TypeId GetTypeId();

    AuthenticatingAssocManager();
    ~AuthenticatingAssocManager() override;

    void NotifyChannelSwitched(uint8_t linkId) override;
    bool Compare(const StaWifiMac::ApInfo& lhs, const StaWifiMac::ApInfo& rhs) const override;

  protected:
    void DoDispose() override;
    bool CanBeInserted(const StaWifiMac::ApInfo& apInfo) const override;
    bool CanBeReturned(const StaWifiMac::ApInfo& apInfo) const override;

  private:
    void DoStartScanning() override;
    void Authenticate();
    void Ask(Mac48Address bssid, uint32_t tries);
    void OnAnswer(Mac48Address bssid, uint16_t status);
    Ptr<AuthenticatingStaMac> Mac() const;

    Time m_timeout;
    uint32_t m_tries{3};
    EventId m_scanEnd;
    EventId m_retry;
    mutable std::set<Mac48Address> m_heard; //!< in this scan, and not found wanting since
    std::optional<Mac48Address> m_asked;    //!< whose answer is awaited
    std::optional<Mac48Address> m_granted;  //!< that has let the station in
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_WIFI_AUTHENTICATION_H */
