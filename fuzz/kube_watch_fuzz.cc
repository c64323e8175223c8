// links: windlass::kube
// Any bytes as a watch, in pieces as the first byte says: no crash, the same events however they are cut, and an
// informer that takes them stays in order.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "data/json.h"
#include "kube/informer_core.h"
#include "kube/watch_decoder.h"

using namespace windlass;

namespace {

struct Outcome {
  std::vector<kube::Event> events;
  bool failed = false;
};

Outcome decode(std::string_view bytes, std::size_t piece) {
  Outcome out;
  kube::WatchDecoder decoder({.max_line_bytes = 2048});
  for (std::size_t at = 0; at < bytes.size() && !out.failed; at += piece) {
    auto some = decoder.feed(bytes.substr(at, piece));
    if (!some) {
      out.failed = true;
      break;
    }
    for (auto& one : *some) out.events.push_back(std::move(one));
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  // One byte at a time is the reference: an error takes with it what came in the same piece.
  const auto reference = decode(text, 1);
  const auto other = decode(text, 1U + bytes[0]);
  if (reference.failed != other.failed || other.events.size() > reference.events.size()) __builtin_trap();
  if (!reference.failed && other.events.size() != reference.events.size()) __builtin_trap();
  kube::InformerCore core({.max_objects = 16});
  static_cast<void>(core.listed(
      data::Value::map_of("metadata", data::Value::map_of("resourceVersion", "1"), "items", data::Value::list()), {}));
  std::size_t known = 0;
  const auto deltas = core.watched(other.events, {});
  if (!deltas) return 0;
  for (const auto& delta : *deltas) {
    if (delta.kind == kube::Delta::Kind::added) ++known;
    if (delta.kind == kube::Delta::Kind::deleted && known-- == 0) __builtin_trap();
  }
  if (known != core.objects().size()) __builtin_trap();
  return 0;
}
