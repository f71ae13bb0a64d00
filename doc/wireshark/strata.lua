-- SPDX-License-Identifier: GPL-2.0-only
--
-- Wireshark dissector for the PDUs of strata's layers (doc/pdu.rst describes the format).
--
--   tshark -X lua_script:doc/wireshark/strata.lua -r FILE.pcap -O strata
--   Wireshark: put this file into the folder "Personal Lua Plugins" of Help > About > Folders.
--
-- Every byte of a PDU belongs to a field. What does not fit the format is flagged with an expert
-- item of severity error: "_ws.malformed || _ws.expert.severity == error" finds it.

local ETHERTYPE = 0x88b5 -- IEEE 802 local experimental EtherType 1
local PPP_PROTOCOL = 0x00b5
local UDP_PORT = 34997 -- 0x88b5, of the shim that carries PDUs over UDP

local HEADER_SIZE = 28
local TAG_SIZE = 16
local VERSION = 1
local MAX_DEPTH = 16 -- PDUs inside PDUs
local MAX_RANGES = 16 -- of an ACK of a session

local strata = Proto("strata", "strata layer PDU")

-- ---- Names of values ----------------------------------------------------------------------------

local TYPES = {
    [1] = "hello",
    [2] = "enroll-request",
    [3] = "enroll-accept",
    [4] = "enroll-refuse",
    [5] = "leave",
    [6] = "ack",
    [7] = "link-state",
    [8] = "attachment",
    [9] = "location",
    [10] = "resolve",
    [11] = "resolved",
    [12] = "session-open",
    [13] = "session-accept",
    [14] = "session-refuse",
    [15] = "session-close",
    [16] = "session-data",
    [17] = "session-moved",
    [18] = "announce",
    [19] = "tunnel",
    [20] = "unreachable",
    [21] = "relay",
    [22] = "probe",
    [23] = "probe-reply",
}
local ROLES = {[0] = "router", [1] = "leaf"}
local REFUSALS = {
    [1] = "not a member",
    [2] = "wrong layer",
    [3] = "name taken",
    [4] = "names exhausted",
    [5] = "not authentic",
    [6] = "stale",
    [7] = "no mobility",
    [8] = "bad name",
}
local ENDS = {
    [0] = "finished",
    [1] = "no such process",
    [2] = "refused",
    [3] = "no such session",
    [4] = "bound passed",
    [5] = "unreachable",
    [6] = "layer left",
    [7] = "bad service",
}
local REASONS = {[1] = "no route", [2] = "not attached", [3] = "too big"}
local STATUSES = {[0] = "taken over", [1] = "something newer is known", [2] = "nothing to update"}
local KINDS = {[1] = "attachment", [2] = "location"}
local SERVICES = {[0] = "datagram", [1] = "reliable"}
local ATTACHMENT, LOCATION = 1, 2
local SEGMENTS = {
    [0] = "datagram",
    [1] = "asking-datagram",
    [2] = "data",
    [3] = "ack",
    [4] = "probe",
    [5] = "answer",
}
local ASKING_DATAGRAM, DATA, ACK = 1, 2, 3

-- ---- Fields -------------------------------------------------------------------------------------

local f = {}

local function u8(key, label, values)
    f[key] = ProtoField.uint8("strata." .. key, label, base.DEC, values)
end

local function u16(key, label)
    f[key] = ProtoField.uint16("strata." .. key, label, base.DEC)
end

local function u32(key, label)
    f[key] = ProtoField.uint32("strata." .. key, label, base.DEC)
end

local function text(key, label)
    f[key] = ProtoField.string("strata." .. key, label)
end

local function bytes(key, label)
    f[key] = ProtoField.bytes("strata." .. key, label)
end

f.version = ProtoField.uint8("strata.version", "Version", base.DEC, nil, 0xc0)
f.authenticated = ProtoField.bool("strata.authenticated", "Authenticated", 8, nil, 0x20)
f.hierarchical = ProtoField.bool("strata.hierarchical", "Hierarchical names", 8, nil, 0x10)
f.slice = ProtoField.uint8("strata.slice", "Slice", base.DEC, nil, 0x0f)
u8("type", "Type", TYPES)
u16("layer", "Layer id")
u16("length", "Total length")
u8("hop_limit", "Hop limit")
u8("hops", "Hops")
text("dst", "Destination")
text("src", "Source")
f.header_checksum = ProtoField.uint16("strata.header_checksum", "Header checksum", base.HEX)
f.body_checksum = ProtoField.uint16("strata.body_checksum", "Body checksum", base.HEX)
bytes("tag", "Authentication tag")
text("member", "Member") -- every name of a member, wherever it stands

u32("transaction", "Transaction")
u32("sequence", "Sequence")
text("name", "Name")
u8("block_length", "Block length")
u8("role", "Role", ROLES)
u8("hello.flags", "Flags (1 reply wanted, 2 tree changed)")
u16("hold_time", "Hold time (ms)")
text("tree.root", "Root of the tree")
u16("tree.distance", "Links to the root")
text("tree.parent", "Parent in the tree")
u8("reattach", "Member already")
text("layer_name", "Layer name")
text("machine", "Machine")
u8("refusal", "Reason", REFUSALS)
u8("final", "Leaves the layer")
u8("acked", "Acknowledged type", TYPES)
u8("status", "Status", STATUSES)

u16("record.count", "Records")
f.record = ProtoField.none("strata.record", "Record")
text("record.origin", "Origin")
text("record.leaf", "Leaf")
text("record.access", "Attached at")
text("record.location", "Registered at")
u8("record.withdrawn", "Withdrawn")
u16("neighbor.total", "Neighbours in all")
u16("neighbor.first", "First neighbour here")
u16("neighbor.count", "Neighbours")
f.neighbor = ProtoField.none("strata.neighbor", "Neighbour")
text("neighbor.name", "Name")
u32("neighbor.cost", "Cost")

text("process", "Process")
u8("resolve.kind", "Asked for", KINDS)
text("resolve.leaf", "Leaf")
u8("resolve.found", "Found")
bytes("resolve.other", "Answer of an unknown kind")

u32("session", "Session (receiver's number)")
u32("session.peer", "Session (sender's number)")
u8("session.service", "Service", SERVICES)
u8("session.slice", "Slice")
u32("session.bound", "Bound (ms)")
text("session.source", "Source process")
text("session.destination", "Destination process")
u8("session.end", "Reason", ENDS)
f["session.flags"] = ProtoField.uint8("strata.session.flags", "Flags", base.HEX)
f["session.overlay_pdu"] =
    ProtoField.bool("strata.session.overlay_pdu", "Message is a PDU of the overlay", 8, nil, 0x01)

u8("unreachable", "Reason", REASONS)
bytes("quoted", "Quoted bytes behind the header")
u32("probe.id", "Probe")
u8("probe.hops", "Hops of the probe")
f.segment = ProtoField.none("strata.segment", "Segment")
u8("segment.kind", "Kind", SEGMENTS)
u8("segment.attempt", "Attempt")
u32("segment.sequence", "Message")
u16("segment.window", "Messages taken from the next on")
u32("segment.next", "Next message expected")
u32("segment.echo", "Message answered")
f["segment.range"] = ProtoField.none("strata.segment.range", "Range")
u16("segment.missing", "Messages missing before it")
u16("segment.arrived", "Messages arrived")
bytes("message", "Message")
bytes("unknown", "Body of an unknown type")
bytes("inner", "PDU, nested too deep to dissect")
bytes("leftover", "Left over")
bytes("padding", "Padding and trailer of the frame")

local fields = {}
for _, field in pairs(f) do
    fields[#fields + 1] = field
end
strata.fields = fields

local e = {
    version = ProtoExpert.new("strata.bad_version", "Unknown version", expert.group.MALFORMED,
                              expert.severity.ERROR),
    checksum = ProtoExpert.new("strata.bad_checksum", "Bad checksum", expert.group.CHECKSUM,
                               expert.severity.ERROR),
    length = ProtoExpert.new("strata.bad_length", "Bad length", expert.group.MALFORMED,
                             expert.severity.ERROR),
    value = ProtoExpert.new("strata.bad_value", "Bad value", expert.group.MALFORMED,
                            expert.severity.ERROR),
    truncated = ProtoExpert.new("strata.truncated", "Truncated", expert.group.MALFORMED,
                                expert.severity.ERROR),
    trailing = ProtoExpert.new("strata.trailing", "Bytes left over", expert.group.MALFORMED,
                               expert.severity.ERROR),
    deep = ProtoExpert.new("strata.too_deep", "Nested too deep", expert.group.UNDECODED,
                           expert.severity.WARN),
    unknown = ProtoExpert.new("strata.unknown_value", "Unknown value", expert.group.UNDECODED,
                              expert.severity.NOTE),
    cut = ProtoExpert.new("strata.cut", "The capture holds only the front of the packet",
                          expert.group.UNDECODED, expert.severity.NOTE),
}
strata.experts = {
    e.version, e.checksum, e.length, e.value, e.truncated, e.trailing, e.deep, e.unknown, e.cut,
}

-- ---- Values -------------------------------------------------------------------------------------

-- A name as the simulator prints it: "3.1" without zero parts at its end, or a plain number.
local function format_name(range, hierarchical)
    if not hierarchical then
        return tostring(range:uint64())
    end
    local parts = {}
    local last = 1
    for i = 1, 4 do
        parts[i] = range(2 * (i - 1), 2):uint()
        if parts[i] ~= 0 then
            last = i
        end
    end
    return table.concat(parts, ".", 1, last)
end

-- RFC 1071 over a Lua string.
local function checksum(data)
    local sum = 0
    for i = 1, #data, 2 do
        sum = sum + data:byte(i) * 256 + (data:byte(i + 1) or 0)
    end
    while sum > 0xffff do
        sum = sum % 0x10000 + math.floor(sum / 0x10000)
    end
    return 0xffff - sum
end

local function name_of(values, value)
    return values[value] or string.format("unknown (%d)", value)
end

local function quote(process)
    return '"' .. process .. '"'
end

-- ---- A cursor that adds a field for what it reads -----------------------------------------------

-- After the first read behind the limit all reads give neutral values and add nothing, so that
-- dissectors of bodies read straight on.
local Cursor = {}
Cursor.__index = Cursor

local function new_cursor(tvb, from, limit, tree, hierarchical, cut)
    return setmetatable({
        tvb = tvb,
        at = from,
        limit = limit,
        tree = tree,
        hierarchical = hierarchical,
        cut = cut,
    }, Cursor)
end

function Cursor:left()
    return self.limit - self.at
end

-- Flags that the format goes on behind the bytes; what is there is covered.
function Cursor:fail(what)
    local item = self.tree
    if self:left() > 0 then
        item = self.tree:add(f.leftover, self.tvb(self.at, self:left()))
        self.at = self.limit
    end
    if self.cut then
        item:add_proto_expert_info(e.cut)
    else
        item:add_proto_expert_info(e.truncated, "The bytes end inside: " .. what)
    end
    self.failed = true
end

function Cursor:take(count, what)
    if self.failed then
        return nil
    end
    if count > self:left() then
        self:fail(what)
        return nil
    end
    local range = self.tvb(self.at, count)
    self.at = self.at + count
    return range
end

function Cursor:number(key, size, values)
    local range = self:take(size, key)
    if not range then
        return 0
    end
    local item = self.tree:add(f[key], range)
    local value = range:uint()
    if values and not values[value] then
        item:add_proto_expert_info(e.unknown)
    end
    return value, item
end

function Cursor:u8(key, values)
    return self:number(key, 1, values)
end

function Cursor:u16(key)
    return self:number(key, 2)
end

function Cursor:u32(key)
    return self:number(key, 4)
end

function Cursor:name(key)
    local range = self:take(8, key)
    if not range then
        return "?"
    end
    local name = format_name(range, self.hierarchical)
    local item = self.tree:add(f[key], range, name)
    self.tree:add(f.member, range, name):set_hidden()
    return name, item
end

-- A text behind its length in one byte; the field covers both.
function Cursor:text(key)
    if self:left() < 1 then
        self:take(1, key)
        return "?"
    end
    local range = self:take(1 + self.tvb(self.at, 1):uint(), key)
    if not range then
        return "?"
    end
    local value = ""
    if range:len() > 1 then
        value = range(1):string(ENC_UTF_8)
    end
    self.tree:add(f[key], range, value)
    if key ~= "process" and (key == "session.source" or key == "session.destination") then
        self.tree:add(f.process, range, value):set_hidden()
    end
    return value
end

function Cursor:bytes(key)
    if self.failed or self:left() == 0 then
        return nil
    end
    return self.tree:add(f[key], self:take(self:left(), key))
end

-- Elements behind their count; read(cursor) reads one and gives its text.
function Cursor:list(key, read)
    local count = self:u16(key .. ".count")
    local texts = {}
    for i = 1, count do
        if self.failed then
            break
        end
        if self:left() == 0 then
            self:fail(string.format("%s %d of %d", key, i, count))
            break
        end
        texts[i] = self:group(key, read)
    end
    return table.concat(texts, ", "), count
end

-- Reads under an item of its own, which gets the text that read() gives.
function Cursor:group(key, read)
    local outer, from = self.tree, self.at
    if self.failed or self:left() == 0 then
        return read(self)
    end
    local item = outer:add(f[key], self.tvb(from, self:left()))
    self.tree = item
    local said = read(self)
    self.tree = outer
    item:set_len(self.at - from)
    item:append_text(": " .. said)
    return said
end

-- ---- Records ------------------------------------------------------------------------------------

local function withdrawn(flag)
    return flag ~= 0 and " withdrawn" or ""
end

local function read_neighbor(c)
    local name = c:name("neighbor.name")
    return string.format("%s cost %.0f", name, (c:u32("neighbor.cost")))
end

local function read_link_state(c)
    local origin = c:name("record.origin")
    local sequence = c:u32("sequence")
    local gone = c:u8("record.withdrawn")
    local length = c:u8("block_length")
    local total = c:u16("neighbor.total")
    local first = c:u16("neighbor.first")
    local neighbors, count = c:list("neighbor", read_neighbor)
    local part = ""
    if count ~= total then
        part = string.format(" from %d of %d", first, total)
    end
    return string.format("links of %s/%d seq %.0f%s%s [%s]", origin, length, sequence,
                         withdrawn(gone), part, neighbors)
end

local function read_attachment(c)
    local leaf = c:name("record.leaf")
    local sequence = c:u32("sequence")
    local access = c:name("record.access")
    return string.format("%s at %s seq %.0f%s", leaf, access, sequence,
                         withdrawn((c:u8("record.withdrawn"))))
end

local function read_location(c)
    local process = c:text("process")
    local sequence = c:u32("sequence")
    local member = c:name("record.location")
    return string.format("%s at %s seq %.0f%s", quote(process), member, sequence,
                         withdrawn((c:u8("record.withdrawn"))))
end

-- ---- Header -------------------------------------------------------------------------------------

-- Reads the header; gives what the rest needs, nil where there is no header of our version.
local function dissect_header(c)
    local from = c.at
    if c:left() < HEADER_SIZE then
        c:fail("header")
        return nil
    end
    local h = {}
    local first = c:take(1)
    local item = c.tree:add(f.version, first)
    if first:bitfield(0, 2) ~= VERSION then
        item:add_proto_expert_info(e.version)
        c:bytes("leftover")
        return nil
    end
    c.tree:add(f.authenticated, first)
    c.tree:add(f.hierarchical, first)
    c.tree:add(f.slice, first)
    h.authenticated = first:bitfield(2) == 1
    h.hierarchical = first:bitfield(3) == 1
    c.hierarchical = h.hierarchical
    h.type = c:u8("type", TYPES)
    c:u16("layer")
    h.length, h.length_item = c:u16("length")
    c:u8("hop_limit")
    c:u8("hops")
    h.destination, item = c:name("dst")
    if h.destination == "0" then
        item:append_text(" (the neighbour)")
    end
    h.source = c:name("src")
    h.text = string.format("%s %s -> %s", name_of(TYPES, h.type),
                           h.source ~= "0" and h.source or "nobody",
                           h.destination ~= "0" and h.destination or "neighbour")

    local found = c:take(2):uint()
    item = c.tree:add(f.header_checksum, c.tvb(c.at - 2, 2))
    local right = checksum(c.tvb:raw(from, HEADER_SIZE - 4) .. "\0\0" ..
                           c.tvb:raw(from + HEADER_SIZE - 2, 2))
    if found ~= right then
        item:add_proto_expert_info(e.checksum, string.format("Bad checksum, 0x%04x is right", right))
    end
    h.checksum = c:take(2):uint()
    h.checksum_item = c.tree:add(f.body_checksum, c.tvb(c.at - 2, 2))
    if h.length < HEADER_SIZE then
        h.length_item:add_proto_expert_info(e.length, "Shorter than the header")
    end
    return h
end

-- ---- Bodies, by type: each reads its fields and gives what the Info column says -----------------

local dissect_pdu -- for PDUs inside PDUs

-- A PDU that fills the bytes up to the limit.
local function nested(c, context)
    if c.failed then
        return
    end
    if context.depth >= MAX_DEPTH then
        local item = c:bytes("inner")
        if item then
            item:add_proto_expert_info(e.deep)
        end
        return
    end
    if c:left() == 0 then
        c:fail("nested PDU")
        return
    end
    dissect_pdu(c, context)
end

-- The header of a PDU that was not delivered; what else is quoted is covered.
local function quoted_header(c, context)
    local inside = new_cursor(c.tvb, c.at, c.limit, c.tree, c.hierarchical, c.cut)
    if inside:left() > 0 then
        inside.tree = c.tree:add(strata, c.tvb(c.at, math.min(HEADER_SIZE, c:left())))
    end
    local header = dissect_header(inside)
    if header then
        inside.tree:set_text("Quoted header: " .. header.text)
        context.info[#context.info + 1] = "was " .. header.text
    end
    c.at = inside.at
    c:bytes("quoted")
end

local function read_range(c)
    local missing, missing_item = c:u16("segment.missing")
    local arrived, arrived_item = c:u16("segment.arrived")
    if missing_item and missing == 0 then
        missing_item:add_proto_expert_info(e.value, "A range follows something that is missing")
    end
    if arrived_item and arrived == 0 then
        arrived_item:add_proto_expert_info(e.value, "A range of nothing")
    end
    return string.format("%d missing, %d arrived", missing, arrived)
end

local function read_ack(c)
    local window = c:u16("segment.window")
    local next = c:u32("segment.next")
    c:u32("segment.echo")
    for _ = 1, MAX_RANGES do
        if c.failed or c:left() == 0 then
            break
        end
        c:group("segment.range", read_range)
    end
    return string.format("ack next %.0f window %d", next, window)
end

-- The header of a segment of the session protocol.
local function read_segment(c)
    local kind, item = c:u8("segment.kind", SEGMENTS)
    if not item then
        return "?"
    end
    if not SEGMENTS[kind] then
        item:add_proto_expert_info(e.value, "Unknown kind of segment")
        return name_of(SEGMENTS, kind)
    end
    local attempt = 0
    if kind > ASKING_DATAGRAM then
        attempt = c:u8("segment.attempt")
    end
    local text
    if kind == ACK then
        text = read_ack(c)
    else
        text = string.format("%s %.0f", SEGMENTS[kind], (c:u32("segment.sequence")))
    end
    return attempt == 0 and text or string.format("%s attempt %d", text, attempt)
end

-- A segment of the session protocol: its header and the message, which may be a PDU of the overlay.
local function dissect_segment(c, context, overlay)
    local kind = c:left() > 0 and c.tvb(c.at, 1):uint() or nil
    local said = c:group("segment", read_segment)
    if kind == nil or c.failed then
        return said
    end
    if kind > DATA then
        -- no message, but what an unknown kind carries is none of the bytes left over
        if not SEGMENTS[kind] then
            c:bytes("message")
        end
    elseif overlay then
        nested(c, context)
    else
        c:bytes("message")
    end
    return said
end

local function session_end(c)
    local session = c:u32("session")
    return string.format("session %.0f: %s", session, name_of(ENDS, (c:u8("session.end", ENDS))))
end

local BODIES = {
    [1] = function(c)
        local role = c:u8("role", ROLES)
        c:u8("hello.flags")
        c:u16("hold_time")
        local root = c:name("tree.root")
        local distance = c:u16("tree.distance")
        c:name("tree.parent")
        if root == "0" then
            return name_of(ROLES, role)
        end
        return string.format("%s, root %s distance %d", name_of(ROLES, role), root, distance)
    end,

    [2] = function(c)
        c:u32("transaction")
        local role = c:u8("role", ROLES)
        local again = c:u8("reattach")
        local name = c:name("name")
        c:u32("sequence")
        local layer = c:text("layer_name")
        c:text("machine")
        return string.format("%s to %s as %s%s", again ~= 0 and "reattaches" or "joins",
                             quote(layer), name_of(ROLES, role),
                             name ~= "0" and " " .. name or "")
    end,

    [3] = function(c)
        c:u32("transaction")
        local name = c:name("name")
        return string.format("name %s/%d", name, (c:u8("block_length")))
    end,

    [4] = function(c)
        c:u32("transaction")
        return name_of(REFUSALS, (c:u8("refusal", REFUSALS)))
    end,

    [5] = function(c)
        c:u32("transaction")
        local name = c:name("name")
        local sequence = c:u32("sequence")
        return string.format("%s seq %.0f%s", name, sequence,
                             c:u8("final") ~= 0 and ", for good" or "")
    end,

    [6] = function(c)
        local acked = c:u8("acked", TYPES)
        local transaction = c:u32("transaction")
        return string.format("of %s %.0f: %s", name_of(TYPES, acked), transaction,
                             name_of(STATUSES, (c:u8("status", STATUSES))))
    end,

    [7] = function(c)
        c:u32("transaction")
        return c:list("record", read_link_state)
    end,

    [8] = function(c)
        c:u32("transaction")
        return c:list("record", read_attachment)
    end,

    [9] = function(c)
        c:u32("transaction")
        return c:list("record", read_location)
    end,

    [10] = function(c)
        c:u32("transaction")
        local kind = c:u8("resolve.kind", KINDS)
        local leaf = c:name("resolve.leaf")
        local process = c:text("process")
        return string.format("%s of %s", name_of(KINDS, kind),
                             kind == ATTACHMENT and leaf or quote(process))
    end,

    [11] = function(c)
        c:u32("transaction")
        local kind = c:u8("resolve.kind", KINDS)
        local found = c:u8("resolve.found") ~= 0
        local said = ""
        if kind == ATTACHMENT then
            said = c:group("record", read_attachment)
        elseif kind == LOCATION then
            said = c:group("record", read_location)
        else
            c:bytes("resolve.other")
        end
        return string.format("%s %s%s", name_of(KINDS, kind), found and "" or "not found: ", said)
    end,

    [12] = function(c)
        local session = c:u32("session.peer")
        local service = c:u8("session.service", SERVICES)
        c:u8("session.slice")
        c:u32("session.bound")
        c:u32("sequence")
        local source = c:text("session.source")
        local destination = c:text("session.destination")
        return string.format("%s to %s session %.0f %s", quote(source), quote(destination),
                             session, name_of(SERVICES, service))
    end,

    [13] = function(c)
        local session = c:u32("session")
        local peer = c:u32("session.peer")
        c:u32("sequence")
        return string.format("session %.0f, sender's %.0f", session, peer)
    end,

    [14] = session_end,

    [15] = session_end,

    [16] = function(c, context)
        local session = c:u32("session")
        local flags, item = c:u8("session.flags")
        if item then
            item:add(f["session.overlay_pdu"], c.tvb(c.at - 1, 1))
        end
        return string.format("session %.0f %s", session,
                             dissect_segment(c, context, flags % 2 == 1))
    end,

    [17] = function(c)
        c:u32("transaction")
        local session = c:u32("session")
        local peer = c:u32("session.peer")
        local said = c:group("record", read_location)
        return string.format("session %.0f, sender's %.0f, %s", session, peer, said)
    end,

    [18] = function(c)
        c:u32("transaction")
        return c:group("record", read_attachment)
    end,

    [19] = function(c, context)
        nested(c, context)
        return ""
    end,

    [20] = function(c, context)
        local reason = c:u8("unreachable", REASONS)
        if not c.failed then
            quoted_header(c, context)
        end
        return name_of(REASONS, reason)
    end,

    [21] = function(c, context)
        local process = c:text("process")
        nested(c, context)
        return "for " .. quote(process)
    end,

    [22] = function(c)
        return string.format("%.0f", (c:u32("probe.id")))
    end,

    [23] = function(c)
        local id = c:u32("probe.id")
        return string.format("%.0f hops %d", id, (c:u8("probe.hops")))
    end,
}

-- ---- A whole PDU --------------------------------------------------------------------------------

-- Covers the bytes up to limit that the format has no place for.
local function leave_over(c, limit, why)
    if c.at < limit then
        local item = c.tree:add(f.leftover, c.tvb(c.at, limit - c.at))
        item:add_proto_expert_info(e.trailing, why)
        c.at = limit
    end
end

-- Dissects the PDU at the cursor, to its limit; context.padded: bytes behind the PDU are padding.
dissect_pdu = function(outer, context)
    local from, limit = outer.at, outer.limit
    outer.at = limit
    local tree = outer.tree:add(strata, outer.tvb(from, limit - from))
    local c = new_cursor(outer.tvb, from, limit, tree, false, outer.cut)
    local slot = #context.info + 1
    context.info[slot] = "malformed"
    local h = dissect_header(c)
    if not h then
        return
    end
    context.info[slot] = h.text
    tree:append_text(", " .. h.text)

    -- The body ends where the total length says, if it can.
    local stop = math.max(from + h.length, from + HEADER_SIZE)
    if stop > limit then
        if outer.cut then
            h.length_item:add_proto_expert_info(e.cut)
        else
            h.length_item:add_proto_expert_info(e.length,
                string.format("Only %d bytes are there", limit - from))
        end
        stop = limit
    elseif h.length >= HEADER_SIZE then
        local right = 0xffff
        if stop > c.at then
            right = checksum(c.tvb:raw(c.at, stop - c.at))
        end
        if h.checksum ~= right then
            h.checksum_item:add_proto_expert_info(e.checksum,
                string.format("Bad checksum, 0x%04x is right", right))
        end
    end

    local tagged = h.authenticated and stop - c.at >= TAG_SIZE
    c.limit = tagged and stop - TAG_SIZE or stop
    local inner = {info = context.info, depth = context.depth + 1}
    if h.authenticated and not tagged then
        c:fail("authentication tag")
    elseif BODIES[h.type] then
        local said = BODIES[h.type](c, inner)
        if said ~= "" then
            context.info[slot] = h.text .. " " .. said
        end
    else
        c:bytes("unknown")
    end
    leave_over(c, c.limit, "The body has ended before the total length")
    if tagged then
        c.limit = stop
        c:bytes("tag")
    end
    if context.depth == 0 and context.padded then
        c.limit = limit
        c:bytes("padding")
        tree:set_len(stop - from)
    else
        leave_over(c, limit, "The total length ends before the bytes do")
    end
end

function strata.dissector(tvb, pinfo, root)
    local context = {
        info = {},
        depth = 0,
        padded = pinfo.match_uint == ETHERTYPE,
    }
    local cut = tvb:reported_len() > tvb:len()
    if tvb:len() == 0 then
        return 0
    end
    dissect_pdu(new_cursor(tvb, 0, tvb:len(), root, false, cut), context)
    pinfo.cols.protocol = "strata"
    pinfo.cols.info = table.concat(context.info, " | ")
    return tvb:len()
end

DissectorTable.get("ethertype"):add(ETHERTYPE, strata)
DissectorTable.get("ppp.protocol"):add(PPP_PROTOCOL, strata)
DissectorTable.get("udp.port"):add(UDP_PORT, strata)
