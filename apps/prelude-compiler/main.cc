// Makes constants of the prelude files: src/prelude/prelude_code.h. usage: prog OUTPUT.cc
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "data/binary.h"
#include "data/value.h"
#include "groovy/parser.h"
#include "journal/seal.h"
#include "prelude/definitions.h"
#include "prelude/prelude.h"
#include "vm/code_image.h"
#include "vm/gdk/tables.h"
#include "vm/method_index.h"
#include "vm/vm.h"

using namespace windlass;

namespace {

vm::PreludeSource source_of(const prelude::PreludeFile& file) { return {std::string(file.name), file.text, {}, {}}; }

/// As numbers of eight bytes: a compiler takes long for a list of single ones.
void write_bytes(std::ostream& out, std::string_view name, std::string bytes) {
  bytes.resize((bytes.size() + 7) / 8 * 8);
  out << "constexpr std::uint64_t " << name << "[] = {\n";
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes.data() + at, 8);
    out << eight << (at % 64 == 56 ? "U,\n" : "U,");
  }
  out << "};\n";
}

void write_definitions(std::ostream& out, std::string_view name, const std::map<std::string, std::size_t>& rows) {
  out << "constexpr Definition " << name << "[] = {\n";
  for (const auto& [defined, file] : rows) out << "    {\"" << defined << "\", " << file << "},\n";
  out << "};\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  std::string images;
  std::string rows;
  std::vector<vm::PreludeSource> methods;
  std::map<std::string, std::size_t> functions, classes;
  auto texts = data::Value::map();
  const auto files = prelude::files();
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& file = files[i];
    auto code = vm::compile_prelude(source_of(file));
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
    texts.set(std::string(file.name), std::string(file.text));
    if (file.name.starts_with("gdk/")) {
      methods.push_back(source_of(file));
      continue;
    }
    const auto defined = prelude::find_definitions(file.text);
    for (const auto& name : defined.functions) functions.emplace(name, i);
    for (const auto& name : defined.classes) classes.emplace(name, i);
  }
  const auto part = data::encode_binary(texts);
  if (!part) return 1;
  const auto index = vm::make_method_index(vm::all_native_tables(), methods);

  std::ofstream out(argv[1]);
  out << "#include \"prelude/prelude_code.h\"\n\n#include <cstdint>\n\nnamespace windlass::prelude {\nnamespace {\n";
  write_bytes(out, "kImages", images);
  write_bytes(out, "kMethods", index);
  write_bytes(out, "kPartHash", journal::content_hash(*part));
  write_definitions(out, "kFunctions", functions);
  write_definitions(out, "kClasses", classes);
  out << "struct Row {\n  std::string_view name;\n  std::uint32_t begin, size;\n};\nconstexpr Row kRows[] = {\n"
      << rows
      << "};\n}  // namespace\n\nstd::string_view find_code(std::string_view file) {\n  for (const Row& row : kRows) "
         "{\n"
         "    if (row.name == file) return {reinterpret_cast<const char*>(kImages) + row.begin, row.size};\n  }\n"
         "  return {};\n}\n\nstd::string_view method_index() { return {reinterpret_cast<const char*>(kMethods), "
      << index.size() << "}; }\nstd::span<const Definition> defined_functions() { return kFunctions; }\n"
      << "std::span<const Definition> defined_classes() { return kClasses; }\nstd::string_view part_hash() { return "
         "{reinterpret_cast<const "
         "char*>(kPartHash), sizeof kPartHash}; }\n\n}  // namespace windlass::prelude\n";
  out.close();
  return out ? 0 : 1;
}
