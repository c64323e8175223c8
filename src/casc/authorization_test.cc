// Roles and matrices of documents as grants: who may what afterwards, and what is only listed.
#include "casc/authorization.h"

#include <gtest/gtest.h>

#include "casc/casc.h"

namespace windlass::casc {
namespace {

constexpr auto kDevops = "devops.kubesphere.io";

Configuration read_one(const std::string& strategy) {
  auto read_in = read({{"f", "jenkins: {authorizationStrategy: " + strategy + "}"}}, {});
  EXPECT_TRUE(read_in) << read_in.error().text();
  return read_in ? std::move(read_in->configuration) : Configuration();
}

struct World {
  explicit World(const std::string& strategy, RightsMode mode = RightsMode::roles)
      : outcome(rights_of(read_one(strategy).authorization, mode)) {}

  bool may(std::string name, const char* verb, std::string pipeline, std::vector<std::string> groups = {}) const {
    rights::User user;
    user.name = std::move(name);
    user.groups = std::move(groups);
    outcome.table.apply(user);
    return rights::decide(user, {verb, kDevops, "pipelines", "", "shop", std::move(pipeline)}).allowed;
  }
  bool is_admin(std::string name) const {
    rights::User user;
    user.name = std::move(name);
    outcome.table.apply(user);
    return user.is_admin();
  }
  std::string notes() const {
    std::string out;
    for (const auto& one : outcome.notes) out += one.path + ": " + one.sentence + "\n";
    return out;
  }

  RightsOutcome outcome;
};

TEST(Authorization, ItemRolesByPattern) {
  const World world(
      "{roleBased: {roles: {items: [{name: a, pattern: 'shop/web-.*', permissions: [Job/Read], entries: "
      "[{user: anna}, {group: web}]}]}}}");
  EXPECT_TRUE(world.may("anna", "get", "web-1"));
  EXPECT_FALSE(world.may("anna", "get", "web"));
  EXPECT_FALSE(world.may("anna", "list", ""));
  EXPECT_TRUE(world.may("zoe", "get", "web-1", {"web"}));
  EXPECT_FALSE(world.may("zoe", "get", "web-1"));
  EXPECT_EQ(world.notes(), "");
}

TEST(Authorization, WhichPatternsTakeAWholeProject) {
  const auto takes = [](const std::string& pattern) {
    return World("{roleBased: {roles: {items: [{name: a, pattern: '" + pattern +
                 "', permissions: [Job/Read], entries: [{user: anna}]}]}}}")
        .may("anna", "list", "");
  };
  for (const auto* all : {"shop.*", "^shop/.*$", "sh.*", "shop/.*", ".*"}) EXPECT_TRUE(takes(all)) << all;
  // Of each of these something in the project is left out, or could be.
  for (const auto* some :
       {"shop/web.*", "shop/(?!secret).*", "shop", "shop/[a-z].*", "s?hop.*", "shop/.+", "\\\\w.*"}) {
    EXPECT_FALSE(takes(some)) << some;
  }
}

TEST(Authorization, MatricesOldAndNew) {
  for (const auto* text :
       {"{globalMatrix: {permissions: ['Job/Read :anna', 'GROUP:Job/Read:web', 'USER:Overall/Administer:boss']}}",
        "{projectMatrix: {entries: [{user: {name: anna, permissions: [Job/Read]}}, {group: {name: web, permissions: "
        "[Job/Read]}}, {user: {name: boss, permissions: [Overall/Administer]}}]}}"}) {
    const World world(text);
    EXPECT_TRUE(world.may("anna", "list", "")) << text;
    EXPECT_TRUE(world.may("zoe", "get", "x", {"web"})) << text;
    EXPECT_FALSE(world.may("zoe", "get", "x", {"anna"})) << text;
    EXPECT_TRUE(world.is_admin("boss")) << text;
    EXPECT_FALSE(world.is_admin("anna")) << text;
  }
}

TEST(Authorization, NothingIsWidenedSilently) {
  for (const auto* text : {"unsecured", "{loggedInUsersCanDoAnything: {allowAnonymousRead: true}}",
                           "{globalMatrix: {permissions: ['GROUP:Overall/Administer:authenticated']}}"}) {
    const World refused(text);
    EXPECT_FALSE(refused.is_admin("anybody")) << text;
    EXPECT_NE(refused.notes().find("windlass.jenkinsRights: everything"), std::string::npos) << refused.notes();
    const World taken(text, RightsMode::everything);
    EXPECT_TRUE(taken.is_admin("anybody")) << text;
    EXPECT_FALSE(taken.is_admin("")) << text;
    EXPECT_FALSE(World(text, RightsMode::none).is_admin("anybody")) << text;
  }
  const World nobody("{globalMatrix: {permissions: ['Job/Read:anonymous', 'Job/Read:anna']}}", RightsMode::everything);
  EXPECT_NE(nobody.notes().find("nobody without a token"), std::string::npos);
  EXPECT_FALSE(nobody.may("anonymous", "get", "x"));
  EXPECT_TRUE(nobody.may("anna", "get", "x"));
}

TEST(Authorization, WhatHasNoCounterpartIsListed) {
  const World world(
      "{roleBased: {roles: {global: [{name: r, permissions: [Job/Move, Metrics/View, Job/Cancel], entries: "
      "[{user: a}]}], items: [{name: bad, pattern: '(', permissions: [Job/Read], entries: [{user: a}]}, "
      "{name: top, pattern: 'x', permissions: [Overall/Administer], entries: [{user: a}]}], agents: [{name: "
      "n, permissions: [Agent/Build], entries: [{user: a}]}]}}}");
  const auto notes = world.notes();
  for (const auto* sentence :
       {"global[0]: Job/Move gives nothing here", "the permission Metrics/View has no counterpart", "without Job/Build",
        "items[0]: the pattern is no regular expression", "items[1]: Overall/Administer is of the whole server",
        "agents[0]: agents are made for runs"}) {
    EXPECT_NE(notes.find(sentence), std::string::npos) << sentence << "\n" << notes;
  }
  EXPECT_FALSE(world.may("a", "get", "x"));
  EXPECT_FALSE(world.is_admin("a"));
}

}  // namespace
}  // namespace windlass::casc
