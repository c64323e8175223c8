// The channels of an exec over WebSocket: v4.channel.k8s.io and v5.channel.k8s.io. Pure; frames are net's matter.
//
//   each message: channel (1 byte) | payload      0 stdin, 1 stdout, 2 stderr, 3 the result, 4 the terminal's size
//   v5 only:      255 | channel                   that channel is closed
// The result is a `Status`: Success, or Failure with reason NonZeroExitCode and a cause ExitCode. Source: Kubernetes'
// remotecommand protocol by behaviour.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "objects/api_status.h"

namespace windlass::kube {

enum class ChannelVersion : std::uint8_t { v4, v5 };
inline constexpr std::string_view kChannelProtocols = "v5.channel.k8s.io, v4.channel.k8s.io";
/// Nothing: neither of the two.
std::optional<ChannelVersion> channel_version(std::string_view protocol);

/// How a process ended.
struct ExecResult {
  int exit_code = 0;
  std::optional<objects::ApiStatus> failure;  ///< it was not started, or how it ended is not known
};

struct ChannelMessage {
  enum class Kind : std::uint8_t { out, err, result, nothing };
  Kind kind = Kind::nothing;
  std::string bytes;
  ExecResult result;
};

/// Errors: invalid (no such channel). What has no bytes is Kind::nothing: servers begin with that.
Result<ChannelMessage> read_channel(std::string_view message, ChannelVersion version);
std::string stdin_message(std::string_view bytes);
std::string resize_message(std::uint16_t columns, std::uint16_t rows);
/// Empty with v4: it cannot be said there, and nothing may depend on it.
std::string close_stdin_message(ChannelVersion version);

}  // namespace windlass::kube
