#include "prelude/prelude.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <string>

namespace windlass::prelude {
namespace {

TEST(Prelude, FilesAreSortedHashedAndWhole) {
  EXPECT_TRUE(std::ranges::is_sorted(files(), {}, &PreludeFile::name));
  for (const auto& file : files()) {
    EXPECT_EQ(file.hash.size(), 64U) << file.name;
    EXPECT_TRUE(file.text.ends_with("\n")) << file.name;
    EXPECT_EQ(find_file(file.name), &file);
  }
  EXPECT_EQ(total_hash().size(), 64U);
  EXPECT_EQ(find_file("nothing.groovy"), nullptr);
}

TEST(Prelude, FindsFunctionsByTheirDefinition) {
  EXPECT_EQ(find_function("__block"), find_file("core.groovy"));
  EXPECT_EQ(find_function("step_parallel"), find_file("control.groovy"));
  EXPECT_EQ(find_function("step_paralle"), nullptr);
}

/// Functions are found by name over all files, so a name may stand for one function only, and helpers must not look
/// like names a script could call.
TEST(Prelude, FunctionNamesAreUniqueAndReserved) {
  std::map<std::string, std::string> seen;
  for (const auto& file : files()) {
    if (file.name.starts_with("gdk/")) continue;
    for (std::size_t at = file.text.find("\ndef "); at != std::string_view::npos;
         at = file.text.find("\ndef ", at + 1)) {
      auto name = std::string(file.text.substr(at + 5, file.text.find('(', at) - at - 5));
      auto [other, is_new] = seen.emplace(name, file.name);
      EXPECT_TRUE(is_new) << name << " in " << file.name << " and " << other->second;
      EXPECT_TRUE(name.starts_with("__") || name.starts_with("step_") || name.starts_with("make_global_")) << name;
    }
  }
  EXPECT_GT(seen.size(), 150U);
}

}  // namespace
}  // namespace windlass::prelude
