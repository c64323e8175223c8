#include "server/idle_memory.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace windlass::server {
namespace {

TEST(IdleMemory, OnceAfterEachTimeOfWork) {
  IdleWatch watch;
  EXPECT_FALSE(watch.look(5)) << "it has just worked";
  EXPECT_TRUE(watch.look(5));
  EXPECT_FALSE(watch.look(5)) << "there is nothing more to give";
  EXPECT_FALSE(watch.look(6));
  EXPECT_FALSE(watch.look(9));
  EXPECT_TRUE(watch.look(9));
  EXPECT_FALSE(watch.look(9));
}

TEST(IdleMemory, WhatIsUsedStaysAndTheProgramGoesOn) {
  std::vector<std::string> kept;
  for (int i = 0; i < 2000; ++i) kept.push_back(std::string(1000, static_cast<char>('a' + i % 26)));
  for (int i = 0; i < 2000; i += 2) kept[static_cast<std::size_t>(i)] = {};
  for (int round = 0; round < 3; ++round) {
    give_back_memory();
    for (int i = 1; i < 2000; i += 2) {
      ASSERT_EQ(kept[static_cast<std::size_t>(i)], std::string(1000, static_cast<char>('a' + i % 26)));
    }
  }
}

}  // namespace
}  // namespace windlass::server
