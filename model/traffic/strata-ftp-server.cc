// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ftp-server.h"

#include "strata-endpoint-text.h"
#include "strata-ftp-endpoint-format.h"

#include "ns3/abort.h"
#include "ns3/inet-socket-address.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(FtpServer);

namespace
{

/** The file: numbered lines, so that one sees what is missing. */
std::string
FileOf(uint32_t size)
{
    std::string file;
    file.reserve(size + 64);
    for (uint32_t line = 1; file.size() < size; ++line)
    {
        file += "This is line " + std::to_string(line) + " of the file.\r\n";
    }
    file.resize(size);
    return file;
}

} // namespace

/** A control connection and the data connection that belongs to it. */
class FtpServer::Session
{
  public:
    Session(const FtpServer& server, Ptr<Socket> socket)
        : m_server(server)
    {
        StreamHandler handler;
        handler.line = [this](const std::string& line) { OnCommand(line); };
        handler.end = [this](StreamEnd) { Drop(); };
        m_control = std::make_unique<StreamConnection>(socket, handler);
        Reply("220 strata");
    }

    bool HasEnded() const
    {
        return m_control->HasEnded();
    }

    /** Ends what is there for data (RFC 959 section 3.2: so does the end of the control
     * connection).
     */
    void Drop()
    {
        m_listener.Close();
        m_target.reset();
        if (m_data)
        {
            m_data->Drop();
            m_data.reset();
        }
    }

  private:
    void OnCommand(const std::string& line);
    void Passive(bool extended);
    void Active(const std::optional<FtpEndpoint>& endpoint);
    void Retrieve();
    void SendFile();
    void OnDataEnd(StreamEnd end);

    void Reply(const std::string& text)
    {
        m_control->Write(text + "\r\n");
    }

    const FtpServer& m_server;
    std::unique_ptr<StreamConnection> m_control;
    StreamListener m_listener;       //!< passive
    std::optional<Address> m_target; //!< active: where the client says that it waits
    std::unique_ptr<StreamConnection> m_data;
    bool m_wanted{false}; //!< the file
};

void
FtpServer::Session::OnCommand(const std::string& line)
{
    const std::string command = line.substr(0, 4);
    const std::string argument = line.size() > 5 ? line.substr(5) : "";
    if (command == "USER")
    {
        Reply("331 User name okay, need password.");
    }
    else if (command == "PASS")
    {
        Reply("230 User logged in.");
    }
    else if (command == "TYPE" || command == "NOOP")
    {
        Reply("200 Command okay.");
    }
    else if (command == "PORT")
    {
        Active(ParseFtpHostPort(argument));
    }
    else if (command == "EPRT")
    {
        Active(ParseFtpExtended(argument));
    }
    else if (command == "PASV" || command == "EPSV")
    {
        Passive(command == "EPSV");
    }
    else if (command == "RETR")
    {
        Retrieve();
    }
    else if (command == "QUIT")
    {
        Reply("221 Goodbye.");
        m_control->Close();
    }
    else
    {
        Reply("502 Command not implemented.");
    }
}

void
FtpServer::Session::Passive(bool extended)
{
    Drop();
    const bool listens = m_listener.Listen(m_server.GetNode(), 0, [this](Ptr<Socket> socket) {
        if (!m_data)
        {
            StreamHandler handler;
            handler.end = [this](StreamEnd end) { OnDataEnd(end); };
            m_data = std::make_unique<StreamConnection>(socket, handler);
            if (m_wanted)
            {
                SendFile();
            }
        }
        else
        {
            socket->Close(); // one is enough
        }
    });
    const Address local = m_control->Local();
    const bool v4 = InetSocketAddress::IsMatchingType(local);
    if (!listens || (!extended && !v4))
    {
        Reply("425 Can't open data connection.");
        return;
    }
    const uint16_t port = m_listener.GetPort();
    Reply(extended ? "229 Entering Extended Passive Mode (" + FormatFtpExtended({"", port}) + ")"
                   : "227 Entering Passive Mode (" +
                         FormatFtpHostPort({EndpointHost(local), port}) + ")");
}

void
FtpServer::Session::Active(const std::optional<FtpEndpoint>& endpoint)
{
    Drop();
    if (endpoint)
    {
        const bool v6 = endpoint->host.find(':') != std::string::npos;
        m_target = ParseEndpoint((v6 ? "[" + endpoint->host + "]" : endpoint->host) + ":" +
                                 std::to_string(endpoint->port));
    }
    Reply(m_target ? "200 Command okay." : "501 Syntax error in parameters or arguments.");
}

void
FtpServer::Session::Retrieve()
{
    if (!m_target && !m_data && m_listener.GetPort() == 0)
    {
        Reply("503 Bad sequence of commands.");
        return;
    }
    m_wanted = true;
    Reply("150 File status okay; about to open data connection.");
    if (m_target)
    {
        StreamHandler handler;
        handler.open = [this] { SendFile(); };
        handler.end = [this](StreamEnd end) { OnDataEnd(end); };
        m_data = std::make_unique<StreamConnection>(m_server.GetNode(),
                                                    *m_target,
                                                    handler,
                                                    AnyLike(*m_target, m_server.m_dataPort));
        m_target.reset();
    }
    else if (m_data)
    {
        SendFile();
    }
}

void
FtpServer::Session::SendFile()
{
    m_wanted = false;
    m_data->Write(FileOf(m_server.m_size));
    m_data->Close([this] { Reply("226 Closing data connection."); });
    m_listener.Close();
}

void
FtpServer::Session::OnDataEnd(StreamEnd)
{
    if (m_wanted)
    {
        m_wanted = false;
        Reply("425 Can't open data connection.");
    }
}

FtpServer::FtpServer() = default;

FtpServer::~FtpServer() = default;

TypeId
FtpServer::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::FtpServer")
                            .SetParent<TrafficApplication>()
                            .SetGroupName("Strata")
                            .AddConstructor<FtpServer>()
                            .AddAttribute("Port",
                                          "Where it waits for control connections",
                                          UintegerValue(21),
                                          MakeUintegerAccessor(&FtpServer::m_port),
                                          MakeUintegerChecker<uint16_t>(1))
                            .AddAttribute("DataPort",
                                          "From where it opens data connections",
                                          UintegerValue(20),
                                          MakeUintegerAccessor(&FtpServer::m_dataPort),
                                          MakeUintegerChecker<uint16_t>(1))
                            .AddAttribute("Size",
                                          "Octets of the file",
                                          UintegerValue(10000),
                                          MakeUintegerAccessor(&FtpServer::m_size),
                                          MakeUintegerChecker<uint32_t>(1, 64 << 20));
    return tid;
}

void
FtpServer::DoDispose()
{
    m_listener.Close();
    m_sessions.clear();
    TrafficApplication::DoDispose();
}

void
FtpServer::StartApplication()
{
    const bool free =
        m_listener.Listen(GetNode(), m_port, [this](Ptr<Socket> socket) { Accept(socket); });
    NS_ABORT_MSG_UNLESS(free, "FtpServer: port " << m_port << " is in use");
}

void
FtpServer::StopApplication()
{
    m_listener.Close();
}

void
FtpServer::Accept(Ptr<Socket> socket)
{
    m_sessions.remove_if([](const auto& session) {
        if (session->HasEnded())
        {
            session->Drop();
        }
        return session->HasEnded();
    });
    m_sessions.push_back(std::make_unique<Session>(*this, socket));
}

} // namespace strata
} // namespace ns3
