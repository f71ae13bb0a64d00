// SPDX-License-Identifier: GPL-2.0-only

// Shows: a device that roams between four routers of a layer and keeps its name and its session.
//
// Four routers in a row enroll one after the other. A device enrolls at the first, opens a session
// with a server at the last, and is then plugged in at each router in turn: attachment mobility by
// flooding, the first design of Zave and Rexford's talk.

#include "ns3/core-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-layer-member.h"
#include "ns3/strata-point-to-point-channel.h"
#include "ns3/strata-point-to-point-device.h"
#include "ns3/strata-point-to-point-helper.h"

#include <fmt/format.h>
#include <iostream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr std::size_t ROUTERS = 4;
constexpr auto SCHEME = NameScheme::HIERARCHICAL;

std::size_t g_arrived = 0; // the server's count; read when the simulation has ended

void
Arrived(const DeliverEffect&)
{
    ++g_arrived;
}

void
Tell(Ptr<LayerMember> member, const Notice& notice)
{
    if (const auto* attached = std::get_if<AttachedNotice>(&notice))
    {
        fmt::print("{:7.3f} s  {} is attached at {}, sequence {}\n",
                   Simulator::Now().GetSeconds(),
                   FormatName(member->GetName(), SCHEME),
                   FormatName(attached->access, SCHEME),
                   attached->sequence);
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    std::string out = "layer-roaming";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);

    NodeContainer nodes(ROUTERS + 1);
    StrataPointToPointHelper links;
    links.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
    links.SetChannelAttribute("Delay", StringValue("5ms"));
    LayerPolicies policies;
    policies.attachment = std::make_shared<TellEveryone>();
    std::vector<Ptr<LayerMember>> routers;
    for (std::size_t i = 0; i < ROUTERS; ++i)
    {
        auto router = CreateObject<LayerMember>();
        router->Setup(nodes.Get(i), LayerParameters(), policies);
        routers.push_back(router);
        if (i > 0)
        {
            const NetDeviceContainer ends = links.Install(nodes.Get(i - 1), nodes.Get(i));
            routers[i - 1]->AddDevice(ends.Get(0));
            router->AddDevice(ends.Get(1));
        }
    }
    LayerParameters leaf;
    leaf.role = MemberRole::LEAF;
    auto device = CreateObject<LayerMember>();
    device->Setup(nodes.Get(ROUTERS), leaf, policies);
    Ptr<strata::PointToPointDevice> radio = links.InstallDevice(nodes.Get(ROUTERS));
    device->AddDevice(radio);
    device->TraceConnectWithoutContext("Notice", MakeBoundCallback(&Tell, device));
    routers.back()->TraceConnectWithoutContext("Deliver", MakeCallback(&Arrived));
    std::vector<Ptr<strata::PointToPointChannel>> access;
    for (std::size_t i = 0; i < ROUTERS; ++i)
    {
        auto cable = links.CreateChannel();
        Ptr<strata::PointToPointDevice> end = links.InstallDevice(nodes.Get(i));
        routers[i]->AddDevice(end);
        end->Attach(cable);
        access.push_back(cable);
    }
    links.EnablePcap(out, radio, true);

    routers[0]->Bootstrap(MakeName(1), 16);
    for (std::size_t i = 1; i < ROUTERS; ++i)
    {
        const auto name = MakeName(static_cast<uint16_t>(i + 1));
        Simulator::Schedule(Seconds(static_cast<double>(i)),
                            [&routers, i, name] { routers[i]->Join(name); });
    }
    Simulator::Schedule(Seconds(4), [&] {
        radio->Attach(access[0]);
        device->Join();
        device->Take(RegisterEvent{"device"});
        routers.back()->Take(RegisterEvent{"server"});
    });
    uint32_t session = 0;
    Simulator::Schedule(Seconds(5), [&] {
        OpenSessionEvent open;
        open.process = "device";
        open.peer = "server";
        device->Take(open);
        session = device->GetState().sessions.begin()->first;
    });
    constexpr std::size_t MESSAGES = 100;
    for (std::size_t i = 0; i < MESSAGES; ++i)
    {
        Simulator::Schedule(Seconds(6) + MilliSeconds(50 * i), [&] {
            SendEvent send;
            send.session = session;
            send.message.assign(200, 0x2a);
            device->Take(send);
        });
    }
    for (std::size_t i = 1; i < ROUTERS; ++i)
    {
        Simulator::Schedule(Seconds(6 + static_cast<double>(i)) + MilliSeconds(10), [&, i] {
            radio->Detach();
            radio->Attach(access[i]);
        });
    }
    Simulator::Stop(Seconds(15));
    Simulator::Run();
    fmt::print("{} of {} messages reached the server; the device is still {}\n",
               g_arrived,
               MESSAGES,
               FormatName(device->GetName(), SCHEME));
    device->Dispose();
    for (const auto& router : routers)
    {
        router->Dispose();
    }
    Simulator::Destroy();
    return g_arrived == 0 ? 1 : 0;
}
