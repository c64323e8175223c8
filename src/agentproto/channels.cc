#include "agentproto/channels.h"

#include <algorithm>
#include <cstring>

namespace windlass::agentproto {

std::string format_channel_message(std::uint32_t channel, ChannelKind kind, std::string_view bytes) {
  std::string out(kChannelHead, '\0');
  std::memcpy(out.data(), &channel, sizeof channel);  // little endian only: checked in codec.cc
  out[4] = static_cast<char>(kind);
  return out.append(bytes);
}

std::optional<ChannelMessage> parse_channel_message(std::string_view message) {
  if (message.size() < kChannelHead || static_cast<unsigned char>(message[4]) > 2) return std::nullopt;
  ChannelMessage out;
  std::memcpy(&out.channel, message.data(), sizeof out.channel);
  out.kind = static_cast<ChannelKind>(message[4]);
  out.bytes = message.substr(kChannelHead);
  return out;
}

bool is_container_name(std::string_view name) {
  constexpr std::size_t kLongest = 63;
  if (name.empty() || name.size() > kLongest || name.front() == '-' || name.back() == '-') return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace windlass::agentproto
