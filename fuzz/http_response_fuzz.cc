// links: windlass::net
// Any bytes as a server's answer, in pieces as the first byte says: no crash, the same head and body however it is cut.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/response_reader.h"

using namespace windlass::net;

namespace {

struct Read {
  int status = 0;
  std::string body;
  bool failed = false;
};

Read read(std::string_view bytes, std::size_t piece, bool to_head) {
  Read out;
  ResponseReader reader(512);
  reader.begin(to_head);
  std::string buffer;
  for (std::size_t at = 0; at < bytes.size() && !out.failed; at += piece) {
    buffer += bytes.substr(at, piece);
    const auto taken = reader.feed(buffer);
    if (!taken || *taken > buffer.size()) {
      if (taken) __builtin_trap();
      out.failed = true;
      break;
    }
    buffer.erase(0, *taken);
    if (reader.state() == ResponseReader::State::head) continue;
    out.status = reader.status();
    out.body += reader.take_body();
    if (reader.state() == ResponseReader::State::complete) return out;
  }
  if (!out.failed && !reader.end()) out.failed = true;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const bool to_head = (bytes[0] & 1U) != 0;
  const auto whole = read(text, text.size(), to_head), cut = read(text, 1U + (bytes[0] >> 1U), to_head);
  if (whole.failed != cut.failed) __builtin_trap();
  if (!whole.failed && (whole.status != cut.status || whole.body != cut.body)) __builtin_trap();
  if (whole.body.size() > text.size()) __builtin_trap();
  return 0;
}
