// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FTP_CLIENT_H
#define STRATA_FTP_CLIENT_H

#include "strata-stream-connection.h"
#include "strata-traffic-application.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** Fetches a file by FTP (RFC 959), and WORKS if all of it came and the server said so. */
class FtpClient : public TrafficApplication
{
  public:
    /**
     * Signature of the trace source Line.
     *
     * \param [in] line of the control connection, commands and replies
     */
    typedef void (*LineTracedCallback)(const std::string& line);

    static TypeId GetTypeId();

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;
    void Say(const std::string& command);
    void OnReply(const std::string& line);
    void OnReady();
    void Open(const std::string& reply, bool extended);
    void Take(std::unique_ptr<StreamConnection> data);
    StreamHandler DataHandler();
    void Check();
    void Conclude(TrafficVerdict verdict, const std::string& why);

    std::string m_remote;
    std::string m_mode;
    uint32_t m_size;
    Time m_patience;

    std::unique_ptr<StreamConnection> m_control;
    std::unique_ptr<StreamConnection> m_data;
    StreamListener m_listener;
    EventId m_giveUp;
    std::size_t m_taken{0}; //!< octets of the file
    bool m_greeted{false};
    bool m_complete{false}; //!< the server said that all was sent
    TracedCallback<const std::string&> m_line;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FTP_CLIENT_H */
