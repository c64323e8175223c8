#include "kube/channel_protocol.h"

#include <charconv>

#include "data/json.h"
#include "kube/api_answer.h"

namespace windlass::kube {

using data::Value;

namespace {

constexpr unsigned char kStdin = 0, kStdout = 1, kStderr = 2, kResult = 3, kResize = 4, kClose = 255;

ExecResult read_result(std::string_view payload) {
  ExecResult out;
  data::JsonParseOptions options;
  options.max_bytes = 1U << 20U;
  options.max_depth = 32;
  const auto parsed = data::parse_json(payload, options);
  // Servers leave out kind and apiVersion here.
  const auto status = parsed ? parsed->get_string("status") : std::string();
  if (status == "Success") return out;
  if (status != "Failure") {
    out.failure = objects::internal("how the process ended is not readable").error();
    return out;
  }
  out.failure = status_of(*parsed, 500);
  if (out.failure->reason != "NonZeroExitCode") return out;
  for (const auto& cause : out.failure->causes) {
    if (cause.reason != "ExitCode") continue;
    int code = 0;
    const auto* end = cause.message.data() + cause.message.size();
    const auto [stop, error] = std::from_chars(cause.message.data(), end, code);
    if (error == std::errc() && stop == end && code > 0) {
      out.exit_code = code;
      out.failure.reset();
      return out;
    }
  }
  return out;
}

}  // namespace

std::optional<ChannelVersion> channel_version(std::string_view protocol) {
  if (protocol == "v5.channel.k8s.io") return ChannelVersion::v5;
  if (protocol == "v4.channel.k8s.io") return ChannelVersion::v4;
  return std::nullopt;
}

Result<ChannelMessage> read_channel(std::string_view message, ChannelVersion version) {
  ChannelMessage out;
  if (message.empty()) return fail(ErrorKind::invalid, "a message of the exec has no channel");
  const auto channel = static_cast<unsigned char>(message.front());
  const auto payload = message.substr(1);
  if (channel == kClose && version == ChannelVersion::v5) return out;
  if (channel == kStdout || channel == kStderr) {
    if (payload.empty()) return out;
    out.kind = channel == kStdout ? ChannelMessage::Kind::out : ChannelMessage::Kind::err;
    out.bytes = payload;
    return out;
  }
  if (channel == kResult) {
    if (payload.empty()) return out;
    out.kind = ChannelMessage::Kind::result;
    out.result = read_result(payload);
    return out;
  }
  if ((channel == kStdin || channel == kResize) && payload.empty()) return out;
  return fail(ErrorKind::invalid,
              "the exec has a message on channel " + std::to_string(channel) + ", which is not for us");
}

std::string stdin_message(std::string_view bytes) { return std::string(1, static_cast<char>(kStdin)).append(bytes); }

std::string resize_message(std::uint16_t columns, std::uint16_t rows) {
  return std::string(1, static_cast<char>(kResize)) + "{\"Width\":" + std::to_string(columns) +
         ",\"Height\":" + std::to_string(rows) + "}";
}

std::string close_stdin_message(ChannelVersion version) {
  if (version == ChannelVersion::v4) return {};
  return {static_cast<char>(kClose), static_cast<char>(kStdin)};
}

}  // namespace windlass::kube
