// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FTP_SERVER_H
#define STRATA_FTP_SERVER_H

#include "strata-stream-connection.h"
#include "strata-traffic-application.h"

#include <list>
#include <memory>
#include <string>

namespace ns3
{
namespace strata
{

/**
 * A file server of RFC 959 with one file: USER, PASS, TYPE, PORT, PASV, RETR, NOOP, QUIT, and for
 * IPv6 EPRT and EPSV (RFC 2428). It opens data connections from port 20 to where PORT says,
 * wherever that is, as the RFC has it.
 */
class FtpServer : public TrafficApplication
{
  public:
    static TypeId GetTypeId();

    FtpServer();
    ~FtpServer() override;

  protected:
    void DoDispose() override;

  private:
    class Session;

    void StartApplication() override;
    void StopApplication() override;
    void Accept(Ptr<Socket> socket);

    uint16_t m_port;
    uint16_t m_dataPort;
    uint32_t m_size;
    StreamListener m_listener;
    std::list<std::unique_ptr<Session>> m_sessions;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FTP_SERVER_H */
