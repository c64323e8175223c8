// What the build has made of the preludes is what would be made of their texts here.
#include "engine/kept_prelude.h"

#include <gtest/gtest.h>

#include "data/binary.h"
#include "journal/seal.h"
#include "prelude/prelude.h"
#include "prelude/prelude_code.h"
#include "vm/gdk/tables.h"
#include "vm/method_index.h"

namespace windlass::engine {
namespace {

std::vector<vm::PreludeSource> sources(std::string_view folder = {}) {
  std::vector<vm::PreludeSource> out;
  for (const auto& file : prelude::files()) {
    if (file.name.starts_with(folder)) out.push_back({std::string(file.name), file.text, {}, nullptr});
  }
  return out;
}

TEST(KeptPrelude, TheBuildsHashIsThatOfTheBytes) {
  const auto bytes = built_in_prelude()->encode();
  ASSERT_TRUE(bytes);
  EXPECT_EQ(built_in_prelude()->hash(), journal::content_hash(*bytes));
  EXPECT_EQ(Prelude(sources()).hash(), built_in_prelude()->hash());
  EXPECT_EQ(decode_prelude(*bytes).value(), built_in_prelude());
}

TEST(KeptPrelude, TheBuildsMethodIndexIsTheOneMadeHere) {
  const auto made = vm::make_method_index(vm::all_native_tables(), sources("gdk/"));
  ASSERT_GT(made.size(), 100'000U);
  EXPECT_TRUE(prelude::method_index() == made);
}

TEST(KeptPrelude, TheBuildsDefinitionsAreThoseOfTheTexts) {
  const Prelude made(sources());
  const auto& built = *built_in_prelude();
  ASSERT_GT(built.functions().size(), 50U);
  ASSERT_EQ(built.functions().size(), made.functions().size());
  for (std::size_t i = 0; i < built.functions().size(); ++i) {
    EXPECT_EQ(built.functions()[i].name, made.functions()[i].name);
    EXPECT_EQ(built.functions()[i].file->name, made.functions()[i].file->name);
  }
  ASSERT_NE(made.find_function_file("step_parallel"), nullptr);
  EXPECT_EQ(made.find_function_file("step_parallel")->name, "control.groovy");
  EXPECT_EQ(made.find_function_file("step_paralle"), nullptr);
  const auto* known = built.find_class_file("org.jenkinsci.plugins.pipeline.modeldefinition.Utils");
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->name, made.find_class_file("org.jenkinsci.plugins.pipeline.modeldefinition.Utils")->name);
}

TEST(KeptPrelude, ANameIsFoundWithAllThatHaveIt) {
  const auto made = vm::make_method_index(vm::all_native_tables(), {});
  const auto lists = vm::read_method_index(made);
  ASSERT_TRUE(lists);
  const auto first = lists->first("toString");
  ASSERT_TRUE(first);
  EXPECT_EQ(lists->name_of(lists->rows[*first]), "toString");
  EXPECT_TRUE(*first == 0 || lists->name_of(lists->rows[*first - 1]) != "toString");
  EXPECT_FALSE(lists->first("toStrin"));
  EXPECT_FALSE(lists->first(""));
  EXPECT_FALSE(vm::read_method_index(std::string_view(made).substr(0, made.size() / 2)));
}

}  // namespace
}  // namespace windlass::engine
