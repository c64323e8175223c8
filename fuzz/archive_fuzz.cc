// links: windlass::files
// Any bytes as an archive, unpacked into a fresh folder: no crash, and nothing appears beside that folder.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdlib.h>
#include <string>
#include <string_view>

#include "files/archive.h"

using namespace windlass::files;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const std::string folder = [] {
    std::string pattern = std::filesystem::temp_directory_path().string() + "/windlass-archive-fuzz-XXXXXX";
    return std::string(::mkdtemp(pattern.data()));
  }();
  const Root root = Root::confined(folder).value();
  if (!root.write("archive", std::string_view(reinterpret_cast<const char*>(bytes), size))) __builtin_trap();
  UnpackOptions options;
  options.limits = {.max_entries = 100, .max_bytes = 1 << 20};
  static_cast<void>(unpack(root, "archive", root, "out", options));
  options.link_targets = LinkTargets::any;
  static_cast<void>(unpack(root, "archive", root, "out", options));
  static_cast<void>(list_archive(root, "archive", options.limits));
  static_cast<void>(read_archive(root, "archive", {}, options.limits));
  if (!root.remove("out")) __builtin_trap();
  if (root.list(".").value().size() != 1) __builtin_trap();
  return 0;
}
