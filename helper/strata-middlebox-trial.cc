// SPDX-License-Identifier: GPL-2.0-only

#include "strata-middlebox-trial.h"

#include "strata-study-error.h"
#include "strata-traffic-helper.h"

#include "ns3/boolean.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <fmt/format.h>

namespace ns3
{
namespace strata
{

namespace
{

/** Where the message server waits, on the host or on the server. */
constexpr uint16_t MESSAGES = 5555;
constexpr uint16_t RENDEZVOUS = 40000;

/** When clients start: addresses of IPv6 are ready. */
const Time START = Seconds(5);

/** Crash and renumbering, while every application is under way. */
const Time EVENT = START + Seconds(10);
const Time DOWN = Seconds(1);

/** All applications but the idle ones are done, and have given up. */
const Time END = START + Seconds(300);

/** Longer than boxes remember a TCP connection: RFC 5382 REQ-5 asks for 2 hours and 4 minutes. */
const Time IDLE = Hours(3);
const Time KEEP_ALIVE = Minutes(30);

/** Takes some 16 s on a line of 250 kbit/s. */
constexpr uint32_t FILE_SIZE = 500'000;

/** What a box of the table is. */
struct Column
{
    MiddleboxName name;
    std::vector<MiddleboxSpec> chain;
    bool ipv6;
    bool crash;
    bool renumber;
};

MiddleboxSpec
Nat(const std::string& kind)
{
    MiddleboxSpec spec;
    spec.nat = kind;
    spec.attributes = {{"FtpAlg", "false"}};
    return spec;
}

MiddleboxSpec
Firewall(const std::string& nat)
{
    MiddleboxSpec spec = nat.empty() ? MiddleboxSpec() : Nat(nat);
    spec.firewall = true;
    return spec;
}

const std::vector<Column>&
Columns()
{
    const std::string usual = "port-restricted-cone";
    static const std::vector<Column> columns{
        {{"none", "plain routers"}, {MiddleboxSpec()}, false, false, false},
        {{"full-cone", "a NAT: maps by host and port, lets everybody in"},
         {Nat("full-cone")},
         false,
         false,
         false},
        {{"restricted-cone", "a NAT: the same, lets in whoever was sent to, from any port"},
         {Nat("restricted-cone")},
         false,
         false,
         false},
        {{"port-restricted-cone", "a NAT: the same, lets in whoever was sent to, from that port"},
         {Nat(usual)},
         false,
         false,
         false},
        {{"symmetric", "a NAT: another mapping for each remote end, which alone is let in"},
         {Nat("symmetric")},
         false,
         false,
         false},
        {{"firewall", "routers where nothing may be initiated from outside"},
         {Firewall("")},
         false,
         false,
         false},
        {{"nat-firewall", "a full-cone NAT that is such a firewall, too"},
         {Firewall("full-cone")},
         false,
         false,
         false},
        {{"carrier-nat", "a port-restricted-cone NAT at home and another one of the ISP"},
         {Nat(usual), Nat(usual)},
         false,
         false,
         false},
        {{"nat-reboot", "a port-restricted-cone NAT that loses its table in the middle"},
         {Nat(usual)},
         false,
         true,
         false},
        {{"renumber", "a port-restricted-cone NAT that gets another address in the middle"},
         {Nat(usual)},
         false,
         false,
         true},
        {{"ipv6-firewall", "IPv6 routers where nothing may be initiated from outside"},
         {Firewall("")},
         true,
         false,
         false},
    };
    return columns;
}

/** A trial under way: the world, and those who judge. */
class Trial
{
  public:
    Trial(const MiddleboxCase& which, const Column& column);

    MiddleboxReport Run();

  private:
    /** Installs the client, or the other application that says how it went. */
    void Judge(StrataTrafficHelper& helper, Ptr<Node> node);

    void HttpPoll();
    void TcpServer();
    void Game(bool punched);
    void Ftp(const std::string& mode);
    void Probe(const std::string& name);
    void Idle(Time keepAlive);

    const MiddleboxCase& m_case;
    const Column& m_column;
    std::unique_ptr<MiddleboxWorld> m_world;
    std::vector<Ptr<TrafficApplication>> m_judges;
    Time m_end{END};
};

Trial::Trial(const MiddleboxCase& which, const Column& column)
    : m_case(which),
      m_column(column)
{
    const std::string& name = which.application;
    MiddleboxPlan plan;
    plan.left = column.chain;
    plan.right = column.chain;
    plan.ipv6 = column.ipv6;
    plan.pcap = which.pcap;
    const bool doubled = name.compare(0, 9, "two-boxes") == 0;
    if (doubled && plan.left.size() == 1)
    {
        plan.left.push_back(plan.left.front());
    }
    if (name == "ftp-active-alg")
    {
        for (MiddleboxSpec& spec : plan.left)
        {
            spec.attributes = {{"FtpAlg", "true"}};
        }
    }
    m_world = std::make_unique<MiddleboxWorld>(plan);
    if (name == "tcp-server-forwarded" || doubled)
    {
        m_world->Forward(0, "tcp", MESSAGES);
    }
    if (name == "two-boxes-both")
    {
        m_world->Forward(1, "tcp", MESSAGES);
    }
    if (column.crash)
    {
        m_world->Crash(EVENT, DOWN);
    }
    if (column.renumber)
    {
        m_world->Renumber(EVENT);
    }
    if (name == "http-poll")
    {
        HttpPoll();
    }
    else if (name == "game" || name == "game-punched")
    {
        Game(name == "game-punched");
    }
    else if (name == "ftp-passive" || name == "ftp-active" || name == "ftp-active-alg")
    {
        Ftp(name == "ftp-passive" ? "passive" : "active");
    }
    else if (name == "tcp-2" || name == "ip-in-ip")
    {
        Probe(name == "tcp-2" ? "Tcp2" : "Tunnel");
    }
    else if (name == "idle" || name == "idle-keep-alive")
    {
        Idle(name == "idle" ? Time(0) : KEEP_ALIVE);
    }
    else
    {
        TcpServer();
    }
}

void
Trial::Judge(StrataTrafficHelper& helper, Ptr<Node> node)
{
    ApplicationContainer applications = helper.Install(node);
    applications.Start(START);
    m_judges.push_back(DynamicCast<TrafficApplication>(applications.Get(0)));
}

void
Trial::HttpPoll()
{
    StrataTrafficHelper("HttpServer").Install(m_world->GetServer());
    StrataTrafficHelper client("HttpClient");
    client.SetAttribute("Remote", StringValue(m_world->AtServer(80)));
    client.SetAttribute("Count", UintegerValue(10));
    Judge(client, m_world->GetHost(MiddleboxWorld::LEFT));
}

void
Trial::TcpServer()
{
    StrataTrafficHelper server("MessageServer");
    server.SetAttribute("Count", UintegerValue(20));
    server.Install(m_world->GetHost(MiddleboxWorld::LEFT));
    StrataTrafficHelper client("MessageClient");
    client.SetAttribute("Remote", StringValue(m_world->AtHost(MiddleboxWorld::LEFT, MESSAGES)));
    client.SetAttribute("Count", UintegerValue(20));
    client.SetAttribute("Patience", TimeValue(Seconds(240)));
    Judge(client, m_world->GetServer());
}

void
Trial::Game(bool punched)
{
    StrataTrafficHelper("RendezvousServer").Install(m_world->GetServer());
    for (const auto side : {MiddleboxWorld::LEFT, MiddleboxWorld::RIGHT})
    {
        const bool left = side == MiddleboxWorld::LEFT;
        StrataTrafficHelper peer("RendezvousPeer");
        peer.SetAttribute("Server", StringValue(m_world->AtServer(RENDEZVOUS)));
        peer.SetAttribute("Name", StringValue(left ? "alice" : "bob"));
        peer.SetAttribute("Peer", StringValue(left ? "bob" : "alice"));
        peer.SetAttribute("Calls", BooleanValue(punched || !left));
        Judge(peer, m_world->GetHost(side));
    }
}

void
Trial::Ftp(const std::string& mode)
{
    StrataTrafficHelper server("FtpServer");
    server.SetAttribute("Size", UintegerValue(FILE_SIZE));
    server.Install(m_world->GetServer());
    StrataTrafficHelper client("FtpClient");
    client.SetAttribute("Remote", StringValue(m_world->AtServer(21)));
    client.SetAttribute("Size", UintegerValue(FILE_SIZE));
    client.SetAttribute("Mode", StringValue(mode));
    Judge(client, m_world->GetHost(MiddleboxWorld::LEFT));
}

void
Trial::Probe(const std::string& name)
{
    StrataTrafficHelper(name + "Server").Install(m_world->GetServer());
    StrataTrafficHelper client(name + "Client");
    client.SetAttribute("Remote", StringValue(m_world->AtServer(0)));
    client.SetAttribute("Count", UintegerValue(20));
    Judge(client, m_world->GetHost(MiddleboxWorld::LEFT));
}

void
Trial::Idle(Time keepAlive)
{
    StrataTrafficHelper server("MessageServer");
    server.SetAttribute("Count", UintegerValue(2));
    server.SetAttribute("Interval", TimeValue(IDLE));
    server.Install(m_world->GetServer());
    StrataTrafficHelper client("MessageClient");
    client.SetAttribute("Remote", StringValue(m_world->AtServer(MESSAGES)));
    client.SetAttribute("Count", UintegerValue(2));
    client.SetAttribute("KeepAlive", TimeValue(keepAlive));
    client.SetAttribute("Patience", TimeValue(IDLE + Minutes(10)));
    m_end = IDLE + END + Minutes(10);
    Judge(client, m_world->GetHost(MiddleboxWorld::LEFT));
}

MiddleboxReport
Trial::Run()
{
    Simulator::Stop(m_end);
    Simulator::Run();
    MiddleboxReport report;
    report.verdict = TrafficVerdict::WORKS;
    for (const Ptr<TrafficApplication>& judge : m_judges)
    {
        // It works if it works for all; else what the last one that is unhappy saw.
        if (judge->GetVerdict() != TrafficVerdict::WORKS)
        {
            report.verdict = judge->GetVerdict();
        }
        report.detail += (report.detail.empty() ? "" : "; ") + judge->GetDetail();
    }
    const auto drops = m_world->GetDrops();
    for (const auto& [reason, count] : drops)
    {
        report.drops += fmt::format("{}{} {}", report.drops.empty() ? "" : ", ", reason, count);
    }
    report.reason = MiddleboxReasonFor(report.verdict, drops);
    return report;
}

} // namespace

const std::vector<MiddleboxName>&
MiddleboxApplications()
{
    static const std::vector<MiddleboxName> names{
        {"http-poll", "HTTP: a host inside polls a web server"},
        {"tcp-server", "TCP: a server inside, called from outside"},
        {"tcp-server-forwarded", "the same, and the owner's box forwards the port"},
        {"two-boxes-one", "the same behind two boxes, of which the owner's forwards the port"},
        {"two-boxes-both", "the same, and both forward it"},
        {"game", "UDP between hosts behind a box each, one calls the other where it was seen"},
        {"game-punched", "the same, and both call"},
        {"ftp-passive", "FTP: the client inside opens the data connection"},
        {"ftp-active", "FTP: the server opens it to the address in PORT"},
        {"ftp-active-alg", "the same, and the box rewrites PORT"},
        {"tcp-2", "a new transport protocol with 32-bit ports, number 253"},
        {"ip-in-ip", "a tunnel, protocol 4"},
        {"idle", "TCP: the server speaks again after three idle hours"},
        {"idle-keep-alive", "the same, and the client sends something every half hour"},
    };
    return names;
}

const std::vector<MiddleboxName>&
MiddleboxBoxes()
{
    static const std::vector<MiddleboxName> names = [] {
        std::vector<MiddleboxName> all;
        for (const Column& column : Columns())
        {
            all.push_back(column.name);
        }
        return all;
    }();
    return names;
}

MiddleboxReport
RunMiddlebox(const MiddleboxCase& which)
{
    const auto known = [](const std::vector<MiddleboxName>& names, const std::string& name) {
        return std::any_of(names.begin(), names.end(), [&](const MiddleboxName& item) {
            return item.name == name;
        });
    };
    if (!known(MiddleboxApplications(), which.application))
    {
        throw StudyError(fmt::format("'{}' is no application", which.application));
    }
    const auto column = std::find_if(Columns().begin(), Columns().end(), [&](const Column& item) {
        return item.name.name == which.box;
    });
    if (column == Columns().end())
    {
        throw StudyError(fmt::format("'{}' is no box", which.box));
    }
    MiddleboxReport report;
    {
        Trial trial(which, *column);
        report = trial.Run();
    }
    Simulator::Destroy();
    return report;
}

} // namespace strata
} // namespace ns3
