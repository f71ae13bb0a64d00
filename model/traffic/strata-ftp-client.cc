// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ftp-client.h"

#include "strata-endpoint-text.h"
#include "strata-ftp-endpoint-format.h"

#include "ns3/abort.h"
#include "ns3/inet-socket-address.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(FtpClient);

TypeId
FtpClient::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::FtpClient")
            .SetParent<TrafficApplication>()
            .SetGroupName("Strata")
            .AddConstructor<FtpClient>()
            .AddAttribute("Remote",
                          "The server, as ADDRESS:PORT or [ADDRESS]:PORT",
                          StringValue(""),
                          MakeStringAccessor(&FtpClient::m_remote),
                          MakeStringChecker())
            .AddAttribute("Mode",
                          "Who opens the data connection: active, the server; passive, the client",
                          StringValue("passive"),
                          MakeStringAccessor(&FtpClient::m_mode),
                          MakeStringChecker())
            .AddAttribute("Size",
                          "Octets of the file",
                          UintegerValue(10000),
                          MakeUintegerAccessor(&FtpClient::m_size),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("Patience",
                          "How long to wait for the file",
                          TimeValue(Seconds(240)),
                          MakeTimeAccessor(&FtpClient::m_patience),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddTraceSource("Line",
                            "Each line of the control connection, commands and replies",
                            MakeTraceSourceAccessor(&FtpClient::m_line),
                            "ns3::strata::FtpClient::LineTracedCallback");
    return tid;
}

void
FtpClient::DoDispose()
{
    m_giveUp.Cancel();
    m_listener.Close();
    m_control.reset();
    m_data.reset();
    TrafficApplication::DoDispose();
}

void
FtpClient::StartApplication()
{
    NS_ABORT_MSG_UNLESS(m_mode == "active" || m_mode == "passive",
                        "FtpClient Mode: active or passive, not " << m_mode);
    StreamHandler handler;
    handler.line = [this](const std::string& line) { OnReply(line); };
    handler.end = [this](StreamEnd end) {
        Conclude(m_taken > 0                 ? TrafficVerdict::BROKEN
                 : end == StreamEnd::REFUSED ? TrafficVerdict::REFUSED
                                             : TrafficVerdict::NO_ANSWER,
                 "the control connection ended");
    };
    m_control = std::make_unique<StreamConnection>(GetNode(),
                                                   EndpointOf(m_remote, "FtpClient Remote"),
                                                   handler);
    m_giveUp = Simulator::Schedule(m_patience, &FtpClient::StopApplication, this);
}

void
FtpClient::StopApplication()
{
    Conclude(m_taken > 0 ? TrafficVerdict::BROKEN : TrafficVerdict::NO_ANSWER, "silence");
}

void
FtpClient::Say(const std::string& command)
{
    m_line(command);
    m_control->Write(command + "\r\n");
}

void
FtpClient::OnReply(const std::string& line)
{
    m_line(line);
    const std::string code = line.substr(0, 3);
    if (code == "220")
    {
        Say("USER anonymous");
    }
    else if (code == "331")
    {
        Say("PASS guest@");
    }
    else if (code == "230")
    {
        Say("TYPE I");
    }
    else if (code == "200" && !m_greeted)
    {
        m_greeted = true;
        OnReady();
    }
    else if (code == "200")
    {
        Say("RETR file.txt");
    }
    else if (code == "227" || code == "229")
    {
        Open(line, code == "229");
    }
    else if (code == "226")
    {
        m_complete = true;
        Check();
    }
    else if (code >= "400")
    {
        Conclude(TrafficVerdict::REFUSED, line);
    }
}

void
FtpClient::OnReady()
{
    const Address local = m_control->Local();
    const bool v4 = InetSocketAddress::IsMatchingType(local);
    if (m_mode == "passive")
    {
        Say(v4 ? "PASV" : "EPSV");
        return;
    }
    m_listener.Listen(GetNode(), 0, [this](Ptr<Socket> socket) {
        Take(std::make_unique<StreamConnection>(socket, DataHandler()));
    });
    const FtpEndpoint here{EndpointHost(local), m_listener.GetPort()};
    Say(v4 ? "PORT " + FormatFtpHostPort(here) : "EPRT " + FormatFtpExtended(here));
}

void
FtpClient::Open(const std::string& reply, bool extended)
{
    // Behind the code, lest its digits count.
    const std::string words = reply.substr(3);
    const std::optional<FtpEndpoint> there =
        extended ? ParseFtpExtended(words) : ParseFtpHostPort(words);
    std::optional<Address> target;
    if (there)
    {
        target = there->host.empty()
                     ? WithPort(EndpointOf(m_remote, "FtpClient Remote"), there->port)
                     : ParseEndpoint(there->host + ":" + std::to_string(there->port));
    }
    if (!target)
    {
        Conclude(TrafficVerdict::REFUSED, "no place for the data: " + reply);
        return;
    }
    Take(std::make_unique<StreamConnection>(GetNode(), *target, DataHandler()));
    Say("RETR file.txt");
}

StreamHandler
FtpClient::DataHandler()
{
    StreamHandler handler;
    handler.data = [this](const std::string& data) {
        m_taken += data.size();
        Check();
    };
    handler.end = [this](StreamEnd end) {
        if (end != StreamEnd::CLOSED)
        {
            Conclude(m_taken > 0 ? TrafficVerdict::BROKEN : TrafficVerdict::NO_ANSWER,
                     "no data connection");
        }
    };
    return handler;
}

void
FtpClient::Take(std::unique_ptr<StreamConnection> data)
{
    if (!m_data)
    {
        m_data = std::move(data);
        m_data->ReadData();
    }
}

void
FtpClient::Check()
{
    if (m_complete && m_taken >= m_size)
    {
        Conclude(TrafficVerdict::WORKS, "226");
    }
}

void
FtpClient::Conclude(TrafficVerdict verdict, const std::string& why)
{
    m_giveUp.Cancel();
    if (!IsPending())
    {
        return;
    }
    Judge(verdict, std::to_string(m_taken) + " of " + std::to_string(m_size) + " octets; " + why);
    if (verdict != TrafficVerdict::NO_ANSWER)
    {
        Say("QUIT");
    }
}

} // namespace strata
} // namespace ns3
