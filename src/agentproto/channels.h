// Many conversations over the one connection that a pod's agent makes: who calls whom, and the bytes of each.
//
// Pure. A message is u32 channel · u8 kind · bytes. The server opens channels, names the container that is meant, and
// then speaks to that container's link as if it had knocked at its socket. Nothing here knows the frames inside.
// Format: docs/formats/agent.md §6.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace windlass::agentproto {

inline constexpr std::size_t kMaxChannelMessage = 1U << 20U;  ///< bytes of one message, head included
inline constexpr std::size_t kChannelHead = 5;
/// What both ends say in the handshake: Sec-WebSocket-Protocol.
inline constexpr std::string_view kChannelProtocol = "windlass-agent.v1";
/// Of the call: the uid of the pod from which it comes.
inline constexpr std::string_view kPodHeader = "Windlass-Pod";
/// Of the answer to a first call: the secret of all later ones.
inline constexpr std::string_view kSecretHeader = "Windlass-Agent-Secret";
/// A text message of the agent: its container has that secret, the first one is worth nothing any more.
inline constexpr std::string_view kSecretKept = "kept";

enum class ChannelKind : std::uint8_t {
  open = 0,   ///< server: the container's name, empty for the one that dials
  data = 1,   ///< both
  close = 2,  ///< both; why, as a sentence, or nothing
};

struct ChannelMessage {
  std::uint32_t channel = 0;
  ChannelKind kind = ChannelKind::data;
  std::string_view bytes;  ///< a view into what was parsed
};

std::string format_channel_message(std::uint32_t channel, ChannelKind kind, std::string_view bytes);
/// Nothing where it is no such message.
std::optional<ChannelMessage> parse_channel_message(std::string_view message);

/// A container's name as Kubernetes allows it: it becomes part of a path.
bool is_container_name(std::string_view name);

}  // namespace windlass::agentproto
