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

}  // namespace
}  // namespace windlass
