#include "base/result.h"

#include <gtest/gtest.h>

namespace windlass {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return fail(ErrorKind::invalid, "odd number: " + std::to_string(n));
  return n / 2;
}
Result<int> quarter(int n) {
  auto h = WL_TRY(half(n));
  return half(h);
}

TEST(Result, TryPassesTheErrorUp) {
  EXPECT_EQ(quarter(8).value(), 2);
  auto r = quarter(6);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().kind, ErrorKind::invalid);
  EXPECT_EQ(std::move(r.error()).while_doing("halving twice").text(), "odd number: 3 (while halving twice)");
}

TEST(Result, ASentenceHasItsPartsInBothLanguages) {
  const auto inner = fail(ErrorKind::not_found, {"no run {}", "没有运行 {}"}, {"app#7"}).error();
  auto outer = fail(ErrorKind::invalid, {"{}: entry {}", "{}：第 {} 条"}, {inner, 3}).error();
  EXPECT_EQ(outer.message, "no run app#7: entry 3");
  EXPECT_EQ(std::move(outer).while_doing({"looking", "查看"}).chinese_text(), "没有运行 app#7：第 3 条（查看时）");
  EXPECT_EQ(Error(ErrorKind::invalid, "only English {}").chinese_text(), "only English {}");
}

}  // namespace
}  // namespace windlass
