// Compiles the prelude files into constants: prelude::find_code of src/prelude/prelude_code.h. usage: prog OUTPUT.cc
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include "groovy/parser.h"
#include "prelude/prelude.h"
#include "vm/code_image.h"
#include "vm/vm.h"

using namespace windlass;

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  std::string images;
  std::string rows;
  for (const auto& file : prelude::files()) {
    auto code = vm::compile_prelude({std::string(file.name), std::string(file.text), {}});
    if (!code) {
      for (const auto& d : code.error().diagnostics) {
        std::fprintf(stderr, "%.*s:%u: error: %s\n", static_cast<int>(file.name.size()), file.name.data(),
                     d.position.line, d.message.c_str());
      }
      return 1;
    }
    const auto image = vm::write_code_image(**code);
    rows += "    {\"" + std::string(file.name) + "\", " + std::to_string(images.size()) + ", " +
            std::to_string(image.size()) + "},\n";
    images += image;
  }
  // As numbers of eight bytes: a compiler takes long for a list of single ones.
  images.resize((images.size() + 7) / 8 * 8);
  std::ofstream out(argv[1]);
  out << "#include \"prelude/prelude_code.h\"\n\n#include <cstdint>\n\nnamespace windlass::prelude {\nnamespace {\n"
      << "constexpr std::uint64_t kImages[] = {\n";
  for (std::size_t at = 0; at < images.size(); at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, images.data() + at, 8);
    out << eight << (at % 64 == 56 ? "U,\n" : "U,");
  }
  out << "};\nstruct Row {\n  std::string_view name;\n  std::uint32_t begin, size;\n};\nconstexpr Row kRows[] = {\n"
      << rows
      << "};\n}  // namespace\n\nstd::string_view find_code(std::string_view file) {\n  for (const Row& row : kRows) "
         "{\n"
         "    if (row.name == file) return {reinterpret_cast<const char*>(kImages) + row.begin, row.size};\n  }\n"
         "  return {};\n}\n\n}  // namespace windlass::prelude\n";
  out.close();
  return out ? 0 : 1;
}
