#include "server/config.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "runs/throttle_names.h"

namespace windlass::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Config : ::testing::Test {
  Config() {
    char name[] = "/tmp/windlass-config-XXXXXX";
    folder = ::mkdtemp(name);
  }
  ~Config() override { std::filesystem::remove_all(folder); }
  Result<ServerConfig> read(const std::string& text) const {
    std::ofstream(folder + "/c.yaml") << text;
    return read_config(folder + "/c.yaml");
  }
  std::string folder;
};

TEST_F(Config, AllKeys) {
  const auto all = read(
      "authentication: {jwtSecret: 0123456789abcdef0123456789abcdef, maximumClockSkew: 1m}\n"
      "devops: {host: x}\n"
      "windlass:\n"
      "  listen: 0.0.0.0:9090\n"
      "  executors: 4\n"
      "  labels: [base, go]\n"
      "  plain: everywhere\n"
      "  log: json\n"
      "  throttle: {db: {total: 3, perNode: 2}, net: {maxConcurrentTotal: 1}, none: {total: 0}}\n"
      "  tls: {certificate: tls/c.pem, key: /etc/k.pem}\n");
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->clock_skew.count(), 60);
  EXPECT_EQ(all->listen, "0.0.0.0:9090");
  EXPECT_EQ(all->executors, 4);
  EXPECT_THAT(*all->labels, ElementsAre("base", "go"));
  EXPECT_TRUE(all->plain_everywhere);
  EXPECT_TRUE(all->json_log);
  EXPECT_EQ(all->throttle, (std::map<std::string, std::int64_t>{{"db", 3}, {runs::each_node("db"), 2}, {"net", 1}}));
  EXPECT_EQ(all->tls_certificate, folder + "/tls/c.pem");
  EXPECT_EQ(all->tls_key, "/etc/k.pem");
  EXPECT_TRUE(all->unknown.empty());
}

TEST_F(Config, WhatNobodyKnowsIsNamed) {
  const auto odd = read("windless: {}\nwindlass: {listne: x, tls: {certificate: a, key: b, ca: c}}\n");
  ASSERT_TRUE(odd);
  EXPECT_THAT(odd->unknown, ::testing::UnorderedElementsAre("windless", "windlass.listne", "windlass.tls.ca"));
}

TEST_F(Config, WhatIsWrongHasASentence) {
  for (const auto& [text, sentence] : std::vector<std::pair<std::string, std::string>>{
           {"windlass: 1", "windlass is a map"},
           {"windlass: {executors: many}", "windlass.executors is a number from 0 to 10000"},
           {"windlass: {executors: -1}", "windlass.executors is a number"},
           {"windlass: {throttle: {db: 2}}", "windlass.throttle.db is a map with total or perNode"},
           {"windlass: {throttle: {db: {total: many}}}", "windlass.throttle.db.total is a number from 0"},
           {"windlass: {labels: base}", "windlass.labels is a list of words"},
           {"windlass: {labels: ['a b']}", "windlass.labels is a list of words"},
           {"windlass: {maxProjectMiB: x}", "windlass.maxProjectMiB is a number from 0 (no limit)"},
           {"windlass: {maxFilesMiB: -1}", "windlass.maxFilesMiB is a number from 0 (no limit)"},
           {"windlass: {maxUploadMiB: 2G}", "windlass.maxUploadMiB is a number from 0 (no limit)"},
           {"windlass: {plain: yes}", "windlass.plain is loopback or everywhere"},
           {"windlass: {log: xml}", "windlass.log is text or json"},
           {"windlass: {tls: {key: k}}", "windlass.tls needs both"},
           {"authentication: {jwtSecret: short-secret}", "could be guessed"},
           {"windlass: {", ""}}) {
    const auto out = read(text);
    ASSERT_FALSE(out) << text;
    EXPECT_THAT(out.error().message, HasSubstr(sentence));
    EXPECT_THAT(out.error().message, ::testing::Not(HasSubstr("short-secret")));
  }
}

TEST_F(Config, EachDifferenceIsSaidOnceAndNoSecretWithIt) {
  ServerConfig before, after;
  EXPECT_TRUE(compare_config(before, after).empty());
  after.jwt_secret = "the-secret-itself";
  after.executors = 3;
  after.listen = "127.0.0.1:1";
  after.json_log = true;
  const auto changes = compare_config(before, after);
  ASSERT_EQ(changes.size(), 4U);
  for (const auto& change : changes) {
    EXPECT_THAT(change.sentence, ::testing::Not(HasSubstr("the-secret-itself")));
    EXPECT_EQ(change.taken, change.key != "windlass.listen");
  }
  EXPECT_THAT(changes.back().sentence, HasSubstr("takes a restart"));
}

}  // namespace
}  // namespace windlass::server
