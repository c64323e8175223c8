// links: windlass::kube
// Any bytes as WebSocket frames of a server and as messages of an exec: no crash, the same messages however they are
// cut; a frame that we write is read back as it was.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "kube/channel_protocol.h"
#include "websocket/frames.h"

using namespace windlass;

namespace {

struct Read {
  std::vector<websocket::Message> messages;
  bool failed = false;
};

Read read(std::string_view bytes, std::size_t piece, websocket::Reader::Role role) {
  Read out;
  websocket::Reader reader(role, 4096);
  for (std::size_t at = 0; at < bytes.size() && !out.failed; at += piece) {
    reader.feed(bytes.substr(at, piece));
    for (;;) {
      auto next = reader.next();
      if (!next) out.failed = true;
      if (!next || !*next) break;
      if ((*next)->payload.size() > 4096) __builtin_trap();
      out.messages.push_back(std::move(**next));
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const auto role = (bytes[0] & 1U) != 0 ? websocket::Reader::Role::server : websocket::Reader::Role::client;
  const auto whole = read(text, text.size(), role), cut = read(text, 1U + (bytes[0] >> 1U), role);
  if (whole.failed != cut.failed || whole.messages.size() != cut.messages.size()) __builtin_trap();
  for (std::size_t i = 0; i < whole.messages.size(); ++i) {
    if (whole.messages[i].payload != cut.messages[i].payload) __builtin_trap();
    static_cast<void>(kube::read_channel(whole.messages[i].payload, kube::ChannelVersion::v4));
    static_cast<void>(kube::read_channel(whole.messages[i].payload, kube::ChannelVersion::v5));
  }
  static_cast<void>(kube::read_channel(text, kube::ChannelVersion::v5));
  const auto payload = text.substr(0, 4096);
  const auto back = read(websocket::format_frame(websocket::Opcode::binary, payload, 0x01020304U * bytes[0]), 7,
                         websocket::Reader::Role::server);
  if (back.failed || back.messages.size() != 1 || back.messages[0].payload != payload) __builtin_trap();
  return 0;
}
