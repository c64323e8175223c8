// What is known of objects without asking: never older than what was written, never of what is gone.
#include "cluster/known_objects.h"

#include <gtest/gtest.h>

#include "objects/metadata.h"

namespace windlass::cluster {
namespace {

using namespace std::chrono_literals;
using data::Value;
using Kind = objects::WatchEvent::Kind;

const objects::ResourceType& kType = *objects::find_resource("devops.kubesphere.io", "v1alpha3", "pipelines");
const objects::ResourceType& kSecrets = *objects::find_resource("", "v1", "secrets");

Value object(const std::string& name, int version) {
  return Value::map_of("metadata",
                       Value::map_of("name", name, "namespace", "p", "resourceVersion", std::to_string(version)));
}

struct Known {
  KnownObjects all{3, 10s};
  KnownObjects::Moment now{};
  void answered(const std::string& name, int version) { all.answered(kType, object(name, version), all.mark(), now); }
  void told(Kind kind, const std::string& name, int version) {
    all.told(kType, {kind, version, object(name, version)}, now);
  }
  std::string watched(const std::string& name) const { return version_in(all.watched(kType, "p", name, now)); }
  std::string recent(const std::string& name) const { return version_in(all.recent(kType, "p", name, now)); }
  static std::string version_in(const std::optional<Value>& one) {
    return one ? objects::meta_text(*one, "resourceVersion") : "none";
  }
};

TEST(KnownObjects, OfAKindThatNobodyWatchesAnAnswerCountsForAMomentAndForWritesAlone) {
  Known known;
  known.answered("a", 5);
  EXPECT_EQ(known.recent("a"), "5");
  EXPECT_EQ(known.watched("a"), "none");
  known.now += 11s;
  EXPECT_EQ(known.recent("a"), "none");
}

TEST(KnownObjects, AWatchKeepsThemCurrent) {
  Known known;
  known.all.watch_began(kType);
  known.answered("a", 5);
  known.told(Kind::modified, "a", 7);
  known.answered("b", 6);
  known.now += 1h;
  EXPECT_EQ(known.watched("a"), "7");
  EXPECT_EQ(known.watched("b"), "6");
  known.told(Kind::modified, "b", 4);  // from before our own write
  EXPECT_EQ(known.watched("b"), "6");
  known.told(Kind::deleted, "b", 9);
  EXPECT_EQ(known.watched("b"), "none");
  known.all.told(kType, {Kind::bookmark, 20, Value()}, known.now);
  EXPECT_EQ(known.watched("a"), "7");
}

TEST(KnownObjects, WhatAWatchMayHaveMissedIsAskedFor) {
  Known known;
  known.answered("a", 5);
  known.all.watch_began(kType);
  EXPECT_EQ(known.watched("a"), "none") << "it may have changed before the watch";
  known.answered("a", 6);
  known.all.watch_began(kType);  // a second one hears the same
  EXPECT_EQ(known.watched("a"), "6");
  known.all.watch_ended(kType);
  EXPECT_EQ(known.watched("a"), "none");
  known.answered("a", 6);
  EXPECT_EQ(known.watched("a"), "6") << "the other one goes on";
}

TEST(KnownObjects, AnAnswerOfBeforeADeletionBringsNothingBackAndNoOlderOneStays) {
  Known known;
  known.all.watch_began(kType);
  const auto mark = known.all.mark();
  known.told(Kind::deleted, "a", 9);
  known.all.answered(kType, object("a", 8), mark, known.now);
  EXPECT_EQ(known.watched("a"), "none");
  known.answered("b", 10);
  known.all.answered(kType, object("b", 12), mark, known.now);
  EXPECT_EQ(known.watched("b"), "none") << "we have written a newer one";
}

TEST(KnownObjects, AreFewAndOursAlone) {
  Known known;
  known.all.watch_began(kType);
  for (const auto* name : {"a", "b", "c", "d"}) {
    known.now += 1s;
    known.answered(name, 5);
  }
  EXPECT_EQ(known.watched("a"), "none");
  EXPECT_EQ(known.watched("d"), "5");
  known.all.watch_began(kSecrets);
  known.all.answered(kSecrets, object("s", 5), known.all.mark(), known.now);
  EXPECT_FALSE(known.all.recent(kSecrets, "p", "s", known.now));
}

}  // namespace
}  // namespace windlass::cluster
