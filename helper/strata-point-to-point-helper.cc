// SPDX-License-Identifier: GPL-2.0-only

#include "strata-point-to-point-helper.h"

#include "ns3/abort.h"
#include "ns3/mac48-address.h"
#include "ns3/names.h"
#include "ns3/net-device-queue-interface.h"
#include "ns3/pcap-file-wrapper.h"

namespace ns3
{
namespace strata
{

namespace
{

/** LINKTYPE_PPP of the pcap format; ns-3 changed the type of its own constant. */
constexpr uint32_t DATA_LINK_PPP = 9;

Ptr<Node>
FindNode(const std::string& name)
{
    Ptr<Node> node = Names::Find<Node>(name);
    NS_ABORT_MSG_UNLESS(node, "No node is named " << name);
    return node;
}

} // namespace

StrataPointToPointHelper::StrataPointToPointHelper()
{
    m_deviceFactory.SetTypeId(PointToPointDevice::GetTypeId());
    m_channelFactory.SetTypeId(PointToPointChannel::GetTypeId());
}

void
StrataPointToPointHelper::SetDeviceAttribute(std::string name, const AttributeValue& value)
{
    m_deviceFactory.Set(name, value);
}

void
StrataPointToPointHelper::SetChannelAttribute(std::string name, const AttributeValue& value)
{
    m_channelFactory.Set(name, value);
}

void
StrataPointToPointHelper::EnableFlowControl(bool enable)
{
    m_flowControl = enable;
}

NetDeviceContainer
StrataPointToPointHelper::Install(NodeContainer c)
{
    NS_ABORT_MSG_UNLESS(c.GetN() == 2, "A point-to-point link has two nodes, not " << c.GetN());
    return Install(c.Get(0), c.Get(1));
}

NetDeviceContainer
StrataPointToPointHelper::Install(Ptr<Node> a, Ptr<Node> b)
{
    Ptr<PointToPointDevice> deviceA = InstallDevice(a);
    Ptr<PointToPointDevice> deviceB = InstallDevice(b);
    Ptr<PointToPointChannel> channel = CreateChannel();
    deviceA->Attach(channel);
    deviceB->Attach(channel);
    NetDeviceContainer devices;
    devices.Add(deviceA);
    devices.Add(deviceB);
    return devices;
}

NetDeviceContainer
StrataPointToPointHelper::Install(Ptr<Node> a, std::string bName)
{
    return Install(a, FindNode(bName));
}

NetDeviceContainer
StrataPointToPointHelper::Install(std::string aName, Ptr<Node> b)
{
    return Install(FindNode(aName), b);
}

NetDeviceContainer
StrataPointToPointHelper::Install(std::string aName, std::string bName)
{
    return Install(FindNode(aName), FindNode(bName));
}

Ptr<PointToPointDevice>
StrataPointToPointHelper::InstallDevice(Ptr<Node> node)
{
    Ptr<PointToPointDevice> device = m_deviceFactory.Create<PointToPointDevice>();
    device->SetAddress(Mac48Address::Allocate());
    if (m_flowControl)
    {
        device->AggregateObject(CreateObject<NetDeviceQueueInterface>());
    }
    node->AddDevice(device);
    return device;
}

Ptr<PointToPointChannel>
StrataPointToPointHelper::CreateChannel()
{
    return m_channelFactory.Create<PointToPointChannel>();
}

void
StrataPointToPointHelper::EnablePcapInternal(std::string prefix,
                                             Ptr<NetDevice> nd,
                                             bool,
                                             bool explicitFilename)
{
    // Called for every device of the simulation; others have their own helpers.
    Ptr<PointToPointDevice> device = DynamicCast<PointToPointDevice>(nd);
    if (!device)
    {
        return;
    }
    PcapHelper pcap;
    const std::string filename =
        explicitFilename ? prefix : pcap.GetFilenameFromDevice(prefix, device);
    Ptr<PcapFileWrapper> file = CreateObject<PcapFileWrapper>();
    file->Open(filename, std::ios::out);
    NS_ABORT_MSG_IF(file->Fail(), "Cannot write " << filename);
    file->Init(DATA_LINK_PPP);
    pcap.HookDefaultSink<PointToPointDevice>(device, "PromiscSniffer", file);
}

void
StrataPointToPointHelper::EnableAsciiInternal(Ptr<OutputStreamWrapper> stream,
                                              std::string prefix,
                                              Ptr<NetDevice> nd,
                                              bool explicitFilename)
{
    Ptr<PointToPointDevice> device = DynamicCast<PointToPointDevice>(nd);
    if (!device)
    {
        return;
    }
    Packet::EnablePrinting();
    AsciiTraceHelper ascii;
    if (!stream)
    {
        stream = ascii.CreateFileStream(
            explicitFilename ? prefix : ascii.GetFilenameFromDevice(prefix, device));
    }
    // The queue stands for itself: "+" accepted, "-" sent, "d" dropped, "r" received.
    ascii.HookDefaultEnqueueSinkWithoutContext<PointToPointDevice>(device, "MacTx", stream);
    ascii.HookDefaultDequeueSinkWithoutContext<PointToPointDevice>(device, "PhyTxBegin", stream);
    for (const char* drop : {"MacTxDrop", "PhyTxDrop", "PhyRxDrop", "MacRxDrop"})
    {
        ascii.HookDefaultDropSinkWithoutContext<PointToPointDevice>(device, drop, stream);
    }
    ascii.HookDefaultReceiveSinkWithoutContext<PointToPointDevice>(device, "MacRx", stream);
}

} // namespace strata
} // namespace ns3
