// links: windlass::net
// Any bytes as a form, fed whole and in pieces: both ways give the same parts, and no bytes that did not come.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/multipart.h"

namespace {

std::string read(std::string_view bytes, std::size_t piece) {
  auto reader = windlass::net::MultipartReader::make("multipart/form-data; boundary=B");
  std::string out;
  std::size_t told = 0;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    if (!reader->feed(bytes.substr(at, piece))) return out + "refused";
    for (;;) {
      auto event = reader->next();
      if (!event) return out + "refused";
      if (!*event) break;
      if ((*event)->part != nullptr)
        out += "\n" + (*event)->part->name + "\n" + (*event)->part->file_name.value_or("-");
      told += (*event)->bytes.size();
      if (told > bytes.size()) std::abort();
      out += (*event)->bytes;
    }
  }
  return out + (reader->is_over() ? "over" : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = read(bytes, bytes.size());
  const auto pieces = read(bytes, 1 + data[0] % 7);
  const bool is_refused = whole.ends_with("refused") || pieces.ends_with("refused");
  if (!is_refused && whole != pieces) std::abort();
  return 0;
}
