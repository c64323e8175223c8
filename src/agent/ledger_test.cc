#include "agent/ledger.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <stdlib.h>

#include "agent/interpreter.h"

namespace windlass::agent {
namespace {

using namespace agentproto;

TEST(Ledger, GivesBackAPrefixWhereverItIsCutAndStopsAtDamage) {
  char name[] = "/tmp/wl-ledger-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  Ledger ledger;
  LedgerContent first{.instance = "i", .boot_id = "b"};
  ASSERT_TRUE(ledger.rewrite(folder + "/ledger", first));
  ASSERT_TRUE(ledger.append(Owner{.owner = "run", .epoch = 3}));
  ASSERT_TRUE(ledger.append(Task{.token = "t1", .owner = "run", .pid = 7}));
  ASSERT_TRUE(ledger.append(Task{.token = "t2", .owner = "run", .pid = 8}));
  Task ended{.token = "t1", .owner = "run", .state = State::ended, .pid = 7};
  ended.exit.code = 4;
  ended.log_head = "text";
  ASSERT_TRUE(ledger.append(ended));
  ASSERT_TRUE(ledger.append(Forget{"t2"}));
  auto whole = Ledger::load(folder + "/ledger");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->instance, "i");
  EXPECT_EQ(whole->owners.at("run"), 3U);
  ASSERT_EQ(whole->tasks.size(), 1U);
  EXPECT_EQ(whole->tasks.at("t1").exit.code, 4U);
  EXPECT_EQ(whole->tasks.at("t1").log_head, "text");

  std::ifstream file(folder + "/ledger");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string bytes = text.str();
  EXPECT_EQ(bytes.size(), ledger.size());
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    const auto part = read_ledger(std::string_view(bytes).substr(0, cut));
    EXPECT_LE(part.tasks.size(), 2U);
    // Before its end is on record it is running: then it is lost, never ended with a wrong code.
    if (part.tasks.contains("t1") && part.tasks.at("t1").state == State::ended) {
      EXPECT_EQ(part.tasks.at("t1").exit.code, 4U);
    }
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    const auto part = read_ledger(damaged);
    if (part.tasks.contains("t1")) EXPECT_EQ(part.tasks.at("t1").pid, 7U);
  }
  ASSERT_TRUE(ledger.append_clean_end());
  EXPECT_TRUE(Ledger::load(folder + "/ledger")->instance.empty());
  (void)!::system(("rm -rf " + folder).c_str());
}

TEST(HashBang, IsTakenApartAsTheKernelDoes) {
  using Words = std::vector<std::string>;
  EXPECT_FALSE(parse_hash_bang("echo"));
  EXPECT_FALSE(parse_hash_bang(" #!/bin/sh"));
  EXPECT_FALSE(parse_hash_bang("\n#!/bin/sh"));
  EXPECT_EQ(parse_hash_bang("#!/bin/sh"), Words{"/bin/sh"});
  EXPECT_EQ(parse_hash_bang("#! /bin/sh \necho"), Words{"/bin/sh"});
  EXPECT_EQ(parse_hash_bang("#!/usr/bin/env  bash -x \n"), (Words{"/usr/bin/env", "bash -x"}));
  EXPECT_EQ(parse_hash_bang("#!/bin/sh\r\n"), Words{"/bin/sh\r"});
  EXPECT_EQ(parse_hash_bang("#!"), Words{});
  EXPECT_EQ(parse_hash_bang("#! \n/bin/sh"), Words{});
}

}  // namespace
}  // namespace windlass::agent
