#include "data/value.h"

#include <cmath>
#include <gtest/gtest.h>

namespace windlass::data {
namespace {

TEST(Value, ConstructorsPickTheJavaTypeOfTheCppType) {
  EXPECT_EQ(Value().kind(), Kind::null);
  EXPECT_EQ(Value(true).kind(), Kind::boolean);
  EXPECT_EQ(Value(1).kind(), Kind::integer);
  EXPECT_EQ(Value(1L).kind(), Kind::long_integer);
  EXPECT_EQ(Value(1LL).kind(), Kind::long_integer);
  EXPECT_EQ(Value(std::size_t{7}).as_int(), 7);
  EXPECT_EQ(Value(~std::uint64_t{0}), Value::big_integer("18446744073709551615"));
  EXPECT_EQ(Value(1.5).kind(), Kind::real);
  EXPECT_EQ(Value("x").kind(), Kind::string);
  EXPECT_EQ(Value(std::string_view("x")), Value(std::string("x")));
  EXPECT_EQ(Value::number(2147483647).kind(), Kind::integer);
  EXPECT_EQ(Value::number(2147483648).kind(), Kind::long_integer);
  EXPECT_EQ(sizeof(Value), 16u);
}

TEST(Value, ReadersAreTotal) {
  const Value text("abc");
  EXPECT_FALSE(text.as_bool());
  EXPECT_EQ(text.as_int(9), 9);
  EXPECT_EQ(text.find("x"), nullptr);
  EXPECT_TRUE(text.items().empty());
  EXPECT_TRUE(Value(1).text().empty());
  EXPECT_EQ(Value::decimal("1.50").as_double(), 1.5);
  EXPECT_TRUE(std::isinf(Value::decimal("1E+999").as_double()));
  EXPECT_EQ(Value::decimal("1E-999").as_double(), 0);
}

TEST(Value, MembersKeepOrderAndTheLastOfEqualKeysWins) {
  Value map = Value::map_of("b", 1, "a", true, "b", "last");
  ASSERT_EQ(map.size(), 2u);
  EXPECT_EQ(map.members().at(0).key, "b");
  EXPECT_EQ(map.get_string("b"), "last");
  EXPECT_TRUE(map.get_bool("a"));
  EXPECT_EQ(map.get_int("missing", 5), 5);
  EXPECT_EQ(map.get_string("a", "other kind"), "other kind");
}

TEST(Value, LargeMapsFindEraseAndKeepOrder) {
  Map map;
  for (int i = 0; i < 600; ++i) map.set("key" + std::to_string(i), i);
  for (int i = 0; i < 600; ++i) ASSERT_EQ(map.find("key" + std::to_string(i))->as_int(), i);
  EXPECT_EQ(map.find("key600"), nullptr);
  for (int i = 0; i < 595; ++i) ASSERT_TRUE(map.erase("key" + std::to_string(599 - i)));
  EXPECT_FALSE(map.erase("key599"));
  ASSERT_EQ(map.size(), 5u);
  EXPECT_EQ(map.find("key3")->as_int(), 3);
  map["new"] = 1;
  EXPECT_EQ(map.at(5).key, "new");
}

TEST(Value, EqualityIsExact) {
  EXPECT_FALSE(Value(1) == Value(1L));
  EXPECT_FALSE(Value(0.0) == Value(-0.0));
  EXPECT_TRUE(Value(NAN) == Value(NAN));
  EXPECT_FALSE(Value::decimal("1.50") == Value::decimal("1.5"));
  EXPECT_FALSE(Value::map_of("a", 1, "b", 2) == Value::map_of("b", 2, "a", 1));
  EXPECT_FALSE(Value::object("x", {}) == Value::object("y", {}));
  EXPECT_TRUE(Value::list_of(1, "a", Value::map_of("k", nullptr)) ==
              Value::list_of(1, "a", Value::map_of("k", nullptr)));
}

TEST(Value, MovesLeaveNullAndMayComeFromInside) {
  Value list = Value::list_of(Value::list_of("inner"), 2);
  list = std::move(list.mutable_items()[0]);
  EXPECT_EQ(list, Value::list_of("inner"));
  Value other = std::move(list);
  EXPECT_TRUE(list.is_null());
  Value nested = Value::map_of("a", Value::map_of("b", 1));
  nested = *nested.find("a");
  EXPECT_EQ(nested, Value::map_of("b", 1));
  auto& self = other;
  other = self;
  EXPECT_EQ(other, Value::list_of("inner"));
}

TEST(Value, DeepTreesAreBuiltCopiedComparedAndDestroyed) {
  Value deep;
  for (int i = 0; i < 300'000; ++i) {
    if (i % 3 == 0) {
      deep = Value::list_of(std::move(deep));
    } else if (i % 3 == 1) {
      deep = Value::map_of("k", std::move(deep));
    } else {
      Map members;
      members.set("m", std::move(deep));
      deep = Value::object("C", std::move(members));
    }
  }
  Value copy = deep;
  EXPECT_TRUE(copy == deep);
  copy.mutable_members()["x"] = 1;
  EXPECT_FALSE(copy == deep);
}

TEST(Value, ContainersOfValuesCopyDeeply) {
  Map a;
  a.set("list", Value::list_of(1, 2));
  Map b = a;
  b["list"].push(3);
  EXPECT_EQ(a.find("list")->size(), 2u);
  EXPECT_EQ(b.find("list")->size(), 3u);
}

}  // namespace
}  // namespace windlass::data
