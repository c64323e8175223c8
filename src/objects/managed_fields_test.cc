#include "objects/managed_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "objects/metadata.h"

namespace windlass::objects {
namespace {

using data::Value;
using ::testing::HasSubstr;
using ::testing::Not;

const ResourceType& maps() { return *find_resource("", "v1", "configmaps"); }
Value json(std::string_view text) { return data::parse_json(text).value(); }
FieldManager by(const char* name) { return {name, "2026-01-01T00:00:00Z"}; }
std::string owners(const Value& object) {
  std::string out;
  if (const Value* list = metadata_of(object).find("managedFields")) {
    for (const auto& one : list->items()) {
      out += one.get_string("manager") + "/" + one.get_string("operation") + " " +
             data::format_json(*one.find("fieldsV1")) + "\n";
    }
  }
  return out;
}

TEST(ManagedFields, AnApplyOwnsWhatItNames) {
  auto made =
      apply_config(maps(), Value(), json(R"({"metadata":{"name":"a","labels":{"l":"1"}},"data":{"x":"1","y":"2"}})"),
                   by("one"), false);
  ASSERT_TRUE(made);
  EXPECT_EQ(owners(*made),
            "one/Apply {\"f:data\":{\"f:x\":{},\"f:y\":{}},\"f:metadata\":{\"f:labels\":{\"f:l\":{}}}}\n");
  // What it names no more goes; what another one has too stays.
  auto both =
      apply_config(maps(), *made, json(R"({"metadata":{"name":"a"},"data":{"y":"2","z":"3"}})"), by("two"), false);
  ASSERT_TRUE(both);
  auto less = apply_config(maps(), *both, json(R"({"metadata":{"name":"a"},"data":{"x":"5"}})"), by("one"), false);
  ASSERT_TRUE(less);
  EXPECT_EQ(data::format_json(*less->find("data")), R"({"x":"5","y":"2","z":"3"})");
  EXPECT_EQ(metadata_of(*less).find("labels"), nullptr);
  EXPECT_EQ(owners(*less), "one/Apply {\"f:data\":{\"f:x\":{}}}\ntwo/Apply {\"f:data\":{\"f:y\":{},\"f:z\":{}}}\n");
}

TEST(ManagedFields, AnothersFieldIsAConflictUntilForced) {
  auto made = apply_config(maps(), Value(), json(R"({"data":{"x":"1"}})"), by("one"), false).value();
  auto refused = apply_config(maps(), made, json(R"({"data":{"x":"2"}})"), by("two"), false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, 409);
  EXPECT_EQ(refused.error().message, "Apply failed with 1 conflict: conflict with \"one\" using v1: .data.x");
  ASSERT_EQ(refused.error().causes.size(), 1U);
  EXPECT_EQ(refused.error().causes[0].field, ".data.x");
  auto forced = apply_config(maps(), made, json(R"({"data":{"x":"2"}})"), by("two"), true);
  ASSERT_TRUE(forced);
  EXPECT_EQ(owners(*forced), "two/Apply {\"f:data\":{\"f:x\":{}}}\n");
  // A map where the other one has a scalar is one too.
  EXPECT_FALSE(apply_config(maps(), made, json(R"({"data":{"x":{"deep":1}}})"), by("two"), false));
}

TEST(ManagedFields, WhatWasThereBeforeTheFirstApplyIsSomebodys) {
  const auto old = json(R"({"metadata":{"name":"a","uid":"u"},"data":{"x":"1","y":"1"},"status":{"s":1}})");
  EXPECT_THAT(apply_config(maps(), old, json(R"({"data":{"x":"2"}})"), by("one"), false).error().message,
              HasSubstr("before-first-apply"));
  auto same = apply_config(maps(), old, json(R"({"data":{"x":"1"}})"), by("one"), false).value();
  EXPECT_THAT(owners(same), HasSubstr("before-first-apply/Update {\"f:data\":{\"f:x\":{},\"f:y\":{}}}"));
  EXPECT_THAT(owners(same), Not(HasSubstr("f:uid")));
}

TEST(ManagedFields, OtherWritesTakeWhatTheyChange) {
  auto made =
      apply_config(maps(), Value(), json(R"({"metadata":{"name":"a"},"data":{"x":"1","y":"1"}})"), by("one"), false)
          .value();
  auto edited = made;
  edited.find("data")->set("x", "9");
  edited.find("data")->mutable_members().erase("y");
  set_meta(edited, "managedFields", json("[{\"manager\":\"forged\"}]"));
  edited = note_update(maps(), made, edited, by("kubectl-edit"));
  EXPECT_EQ(owners(edited), "kubectl-edit/Update {\"f:data\":{\"f:x\":{}}}\n");
  EXPECT_THAT(apply_config(maps(), edited, json(R"({"data":{"x":"1"}})"), by("one"), false).error().message,
              HasSubstr("kubectl-edit"));
  auto forgotten = edited;
  set_meta(forgotten, "managedFields", Value::list());
  EXPECT_EQ(owners(note_update(maps(), edited, forgotten, by("x"))), "");
  const auto never = json(R"({"data":{"x":"1"}})");
  EXPECT_EQ(owners(note_update(maps(), never, json(R"({"data":{"x":"2"}})"), by("x"))), "");
}

TEST(ManagedFields, ListsAreOwnedWhole) {
  auto made = apply_config(maps(), Value(), json(R"({"metadata":{"finalizers":["a"]}})"), by("one"), false).value();
  EXPECT_EQ(owners(made), "one/Apply {\"f:metadata\":{\"f:finalizers\":{}}}\n");
  EXPECT_FALSE(apply_config(maps(), made, json(R"({"metadata":{"finalizers":["b"]}})"), by("two"), false));
}

}  // namespace
}  // namespace windlass::objects
