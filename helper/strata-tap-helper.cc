// SPDX-License-Identifier: GPL-2.0-only

#include "strata-tap-helper.h"

#include "ns3/boolean.h"
#include "ns3/global-value.h"
#include "ns3/mac48-address.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/route.h>
#include <sched.h>
#include <sstream>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace ns3
{
namespace strata
{

namespace
{

const char REAL_TIME[] = "ns3::RealtimeSimulatorImpl";

/** Closes its descriptor, unless that was taken. */
class Descriptor
{
  public:
    explicit Descriptor(int fd)
        : m_fd(fd)
    {
    }

    ~Descriptor()
    {
        if (m_fd >= 0)
        {
            ::close(m_fd);
        }
    }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    explicit operator bool() const
    {
        return m_fd >= 0;
    }

    int Get() const
    {
        return m_fd;
    }

    int Take()
    {
        return std::exchange(m_fd, -1);
    }

  private:
    int m_fd;
};

/** What errno says, in words. */
std::string
Why(int error)
{
    return std::generic_category().message(error);
}

/** Lets the nodes know what time of day it is, for their timestamps. */
void
SetTimeOfDay()
{
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const Time day = Hours(24);
    const Time ofDay = Seconds(now.tv_sec % (24 * 60 * 60)) + NanoSeconds(now.tv_nsec);
    const Time begin =
        ofDay - NanoSeconds(Simulator::Now().GetNanoSeconds() % day.GetNanoSeconds());
    GlobalValue::Bind("StrataTimeOfDay", TimeValue(begin.IsNegative() ? begin + day : begin));
}

std::string
Text(Ipv4Address address)
{
    std::ostringstream text;
    text << address;
    return text.str();
}

/** Of an Ipv4Address or an Ipv4Mask. */
template <class A>
sockaddr
SocketAddress(const A& address)
{
    sockaddr_in internet{};
    internet.sin_family = AF_INET;
    internet.sin_addr.s_addr = htonl(address.Get());
    sockaddr any{};
    std::memcpy(&any, &internet, sizeof(internet));
    return any;
}

} // namespace

void
StrataTapHelper::EnableRealTime()
{
    GlobalValue::Bind("SimulatorImplementationType", StringValue(REAL_TIME));
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
}

void
StrataTapHelper::SetNamespace(const std::string& name)
{
    m_namespace = name;
}

void
StrataTapHelper::SetDeviceName(const std::string& name)
{
    m_pattern = name;
}

void
StrataTapHelper::SetAddress(Ipv4Address address, Ipv4Mask mask)
{
    m_address = address;
    m_mask = mask;
}

void
StrataTapHelper::SetMtu(uint16_t mtu)
{
    m_mtu = mtu;
}

void
StrataTapHelper::AddRoute(Ipv4Address network, Ipv4Mask mask, Ipv4Address gateway)
{
    m_routes.push_back({network, mask, gateway});
}

void
StrataTapHelper::SetGateway(Ipv4Address gateway)
{
    AddRoute(Ipv4Address::GetAny(), Ipv4Mask::GetZero(), gateway);
}

const std::string&
StrataTapHelper::GetDeviceName() const
{
    return m_name;
}

/** Configures the TAP through a socket of its namespace. \return an error, or nothing */
std::string
StrataTapHelper::Configure(int control) const
{
    const auto request = [this] {
        ifreq empty{};
        std::memcpy(empty.ifr_name, m_name.data(), m_name.size());
        return empty;
    };

    ifreq mtu = request();
    mtu.ifr_mtu = m_mtu;
    if (::ioctl(control, SIOCSIFMTU, &mtu) < 0)
    {
        return fmt::format("cannot set the MTU {} of {}: {}", m_mtu, m_name, Why(errno));
    }
    if (m_address != Ipv4Address::GetAny())
    {
        ifreq address = request();
        address.ifr_addr = SocketAddress(m_address);
        ifreq mask = request();
        mask.ifr_netmask = SocketAddress(m_mask);
        if (::ioctl(control, SIOCSIFADDR, &address) < 0 ||
            ::ioctl(control, SIOCSIFNETMASK, &mask) < 0)
        {
            const int error = errno;
            return fmt::format("cannot set the address {}/{} of {}: {}",
                               Text(m_address),
                               m_mask.GetPrefixLength(),
                               m_name,
                               Why(error));
        }
    }
    ifreq flags = request();
    if (::ioctl(control, SIOCGIFFLAGS, &flags) == 0)
    {
        flags.ifr_flags = static_cast<short>(flags.ifr_flags | IFF_UP);
    }
    if (::ioctl(control, SIOCSIFFLAGS, &flags) < 0)
    {
        return fmt::format("cannot bring up {}: {}", m_name, Why(errno));
    }
    for (const Route& route : m_routes)
    {
        std::string device = m_name;
        rtentry entry{};
        entry.rt_dst = SocketAddress(route.network);
        entry.rt_genmask = SocketAddress(route.mask);
        entry.rt_gateway = SocketAddress(route.gateway);
        entry.rt_flags = RTF_UP | RTF_GATEWAY;
        entry.rt_dev = device.data();
        if (::ioctl(control, SIOCADDRT, &entry) < 0)
        {
            const int error = errno;
            return fmt::format("cannot add a route through {} on {}: {}",
                               Text(route.gateway),
                               m_name,
                               Why(error));
        }
    }
    return {};
}

/** Makes and configures the TAP in the network namespace of this thread. */
Expected<int, std::string>
StrataTapHelper::Open()
{
    if (m_pattern.empty() || m_pattern.size() >= IFNAMSIZ)
    {
        return Unexpected{fmt::format("'{}' is no name for a device", m_pattern)};
    }
    Descriptor tap(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    if (!tap)
    {
        return Unexpected{fmt::format("cannot open /dev/net/tun: {}", Why(errno))};
    }
    ifreq create{};
    create.ifr_flags = IFF_TAP | IFF_NO_PI;
    std::memcpy(create.ifr_name, m_pattern.data(), m_pattern.size());
    if (::ioctl(tap.Get(), TUNSETIFF, &create) < 0)
    {
        return Unexpected{fmt::format("cannot make a TAP '{}': {}", m_pattern, Why(errno))};
    }
    m_name.assign(create.ifr_name, ::strnlen(create.ifr_name, IFNAMSIZ));

    Descriptor control(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!control)
    {
        return Unexpected{fmt::format("cannot open a socket: {}", Why(errno))};
    }
    if (const std::string error = Configure(control.Get()); !error.empty())
    {
        return Unexpected{error};
    }
    return tap.Take();
}

/** Runs Open() in the chosen namespace; this thread stays where it is. */
Expected<int, std::string>
StrataTapHelper::OpenInNamespace()
{
    if (m_namespace.empty())
    {
        return Open();
    }
    // A bind mount of the namespace, as ip-netns(8) describes.
    const bool path = m_namespace.find('/') != std::string::npos;
    const std::string file = path ? m_namespace : "/var/run/netns/" + m_namespace;
    Descriptor space(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!space)
    {
        const int error = errno;
        return Unexpected{
            error == ENOENT
                ? fmt::format("there is no network namespace '{}' ({})", m_namespace, file)
                : fmt::format("cannot open the network namespace '{}': {}",
                              m_namespace,
                              Why(error))};
    }
    Expected<int, std::string> result = Unexpected{std::string()};
    std::thread visitor([&] {
        if (::setns(space.Get(), CLONE_NEWNET) < 0)
        {
            const int error = errno;
            result = Unexpected{fmt::format("cannot enter the network namespace '{}': {}",
                                            m_namespace,
                                            error == EINVAL ? "it is none" : Why(error))};
            return;
        }
        result = Open();
        if (!result)
        {
            result = Unexpected{
                fmt::format("in the network namespace '{}': {}", m_namespace, result.error())};
        }
    });
    visitor.join();
    return result;
}

Expected<Ptr<FdNetDevice>, std::string>
StrataTapHelper::Install(Ptr<Node> node)
{
    StringValue simulator;
    GlobalValue::GetValueByName("SimulatorImplementationType", simulator);
    if (simulator.Get() != REAL_TIME)
    {
        return Unexpected{std::string("a TAP needs the simulator to run in real time")};
    }
    const auto tap = OpenInNamespace();
    if (!tap)
    {
        return Unexpected{tap.error()};
    }
    Ptr<FdNetDevice> device = CreateObject<FdNetDevice>();
    device->SetAddress(Mac48Address::Allocate());
    device->SetMtu(m_mtu);
    device->SetEncapsulationMode(FdNetDevice::DIX);
    device->SetFileDescriptor(*tap);
    node->AddDevice(device);
    Simulator::ScheduleNow(&SetTimeOfDay);
    return device;
}

} // namespace strata
} // namespace ns3
