// links: windlass::server
// Any bytes as a backup's tar: refused, or files whose names stay below the folder, of the sizes that it says.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "server/tar.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace windlass;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  std::size_t at = 0;
  server::TarReader tar([&](std::size_t most) -> Result<std::string> {
    auto out = bytes.substr(at, most);
    at += out.size();
    return out;
  });
  server::TarFile file;
  for (int i = 0; i < 1000; ++i) {
    const auto more = tar.next(file);
    if (!more || !*more) return 0;
    if (file.name.empty() || file.name.front() == '/' || file.name.find("..") == 0) std::abort();
    std::uint64_t count = 0;
    for (;;) {
      const auto part = tar.bytes(4096);
      if (!part) return 0;
      if (part->empty()) break;
      count += part->size();
    }
    if (count != file.size) std::abort();
  }
  return 0;
}
