// links: windlass::net
// Any bytes as requests, fed in pieces whose sizes come from the bytes themselves; both ways of cutting must agree.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "net/request_reader.h"

namespace {

std::vector<std::string> read(std::string_view bytes, std::size_t piece) {
  windlass::net::RequestReader reader(2048, 4096);
  std::vector<std::string> out;
  std::string buffer;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    buffer += bytes.substr(at, piece);
    for (;;) {
      auto taken = reader.feed(buffer);
      if (!taken) {
        out.push_back("refused");
        return out;
      }
      buffer.erase(0, *taken);
      if (reader.state() != windlass::net::RequestReader::State::complete) break;
      auto request = reader.take();
      windlass::net::Request parsed;
      (void)windlass::net::parse_target(request.target, parsed);
      out.push_back(request.method + " " + request.target + " " + request.body);
      if (buffer.empty()) break;
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = read(bytes, bytes.size());
  const auto pieces = read(bytes, 1 + data[0] % 7);
  // What was complete before a refusal is the same however the bytes came.
  for (std::size_t i = 0; i < whole.size() && i < pieces.size(); ++i) {
    if (whole[i] != "refused" && pieces[i] != "refused" && whole[i] != pieces[i]) std::abort();
  }
  return 0;
}
