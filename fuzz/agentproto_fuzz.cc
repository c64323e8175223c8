// links: windlass::agentproto
// Any bytes as a stream of frames, each read as every message: no crash, no allocation beyond the input's own size
// class. The same bytes as one message of a pod's connection.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "agentproto/channels.h"
#include "agentproto/codec.h"

using namespace windlass::agentproto;

namespace {

template <class... Messages>
std::size_t read_as_all(const Frame& frame) {
  std::size_t good = 0;
  auto one = [&]<class Message>(Message*) {
    Frame retyped{Message::kType, frame.payload};
    auto message = windlass::agentproto::parse<Message>(retyped);
    if (!message) return;
    ++good;
    // What was understood must survive a round trip.
    std::string out, again;
    append_frame(out, *message);
    std::string_view rest = out;
    auto cut = cut_frame(rest);
    if (!cut || !*cut) {
      if (out.size() <= kMaxFrame) __builtin_trap();
      return;
    }
    auto second = windlass::agentproto::parse<Message>(**cut);
    if (!second) __builtin_trap();
    append_frame(again, *second);
    if (again != out) __builtin_trap();
  };
  (one(static_cast<Messages*>(nullptr)), ...);
  return good;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto message = parse_channel_message(text)) {
    if (format_channel_message(message->channel, message->kind, message->bytes) != text) __builtin_trap();
  }
  FrameBuffer buffer;
  std::size_t at = 0;
  while (at < size) {
    auto [space, room] = buffer.space();
    const std::size_t count = room < size - at ? room : size - at;
    std::memcpy(space, data + at, count);
    buffer.commit(count);
    at += count;
    for (;;) {
      auto frame = buffer.next();
      if (!frame) return 0;
      if (!*frame) break;
      read_as_all<Hello, Welcome, Refused, Start, Started, StartFailed, Output, Ack, Exit, Query, Known, Stop, Forget,
                  KillCookie, CookieKilled, Ping, Pong, Goodbye, Surroundings, Memory, Spawn, Task, Table, Grown,
                  Owner>(**frame);
    }
  }
  return 0;
}
