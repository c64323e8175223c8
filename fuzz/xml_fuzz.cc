// links: windlass::data
// Any bytes as XML, as a test report and as a pom: no crash; a tree that was written reads back the same. What stands
// behind a zero byte is a path into it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "data/junit.h"
#include "data/maven_pom.h"
#include "data/xml.h"
#include "data/xml_path.h"

using namespace windlass::data;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(bytes), size);
  const auto zero = all.find('\0');
  const auto text = all.substr(0, zero);
  if (auto root = parse_xml(text)) {
    const std::string written = format_xml(*root);
    const auto found = find_xml_path(*root, zero == all.npos ? "//*" : all.substr(zero + 1), 50);
    if (found && found->size() > 50) __builtin_trap();
    auto again = parse_xml(written);
    if (again && format_xml(*again) != written && root->content() == again->content()) {
      if (again->name != root->name) __builtin_trap();
    }
  }
  if (auto report = parse_junit(text)) {
    if (report->failed + report->skipped > report->total) __builtin_trap();
  }
  if (auto pom = parse_maven_pom(text)) static_cast<void>(format_maven_pom(*pom));
  static_cast<void>(parse_junit_seconds(text));
  return 0;
}
