#include "journal/frequent_sealer.h"

#include <gtest/gtest.h>
#include <set>

namespace windlass::journal {
namespace {

TEST(FrequentSealer, IsOpenedByTheSameKeyAndNeverGivesTheSameTextTwice) {
  auto key = SealKey::make().value();
  const auto same = SealKey::from_bytes(key.bytes()).value();
  FrequentSealer sealer(std::move(key));
  std::set<std::string> seen, nonces;
  for (int i = 0; i < 1000; ++i) {
    const auto sealed = sealer.seal("context", "text");
    EXPECT_EQ(same.unseal("context", sealed).value(), "text");
    EXPECT_EQ(sealer.unseal("context", sealed).value(), "text");
    EXPECT_FALSE(sealer.unseal("another", sealed).has_value());
    nonces.insert(sealed.substr(0, 24));
    seen.insert(sealed);
  }
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_EQ(nonces.size(), 1000U);
  EXPECT_EQ(sealer.unseal("context", same.seal("context", "other")).value(), "other");
  EXPECT_EQ(sealer.seal("context", ""), "");
}

}  // namespace
}  // namespace windlass::journal
