#include "store/migrate.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "store/fault_disk.h"

namespace windlass::store {
namespace {

using ::testing::HasSubstr;
using Kind = ImageObject::Kind;

struct Folder {
  Folder() {
    char name[] = "/tmp/windlass-migrate-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

const ImageObject kFirst[] = {{Kind::table, "t", "t", "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT) STRICT"}};
const ImageObject kThird[] = {
    {Kind::table, "t", "t", "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b INTEGER NOT NULL DEFAULT 7) STRICT"},
    {Kind::index, "by_b", "t", "CREATE INDEX by_b ON t(b)"},
};
constexpr SchemaStep kSteps[] = {
    {2, "ALTER TABLE t ADD COLUMN b INTEGER NOT NULL DEFAULT 7"},
    {3, "CREATE INDEX by_b ON t(b); UPDATE t SET b = 8 WHERE a = 'old'"},
};
const Schema kNow{.application = 5, .version = 3, .objects = kThird, .steps = kSteps};
const Schema kThen{.application = 5, .version = 1, .objects = kFirst, .steps = {}};

std::string old_file(const std::string& folder, const Database::Options& options = {}) {
  const auto path = folder + "/a.db";
  auto db = open_or_make(path, kThen, options).value();
  EXPECT_TRUE(db.exec("INSERT INTO t VALUES(1, 'old')").has_value());
  return path;
}

TEST(Migrate, AnOldFileGetsEveryStepAndANewOneNone) {
  Folder folder;
  const auto path = old_file(folder.path);
  {
    auto db = open_or_make(path, kNow, {}).value();
    EXPECT_EQ(schema_version(db, kNow).value(), 3U);
    auto row = db.prepare("SELECT b FROM t").value();
    ASSERT_TRUE(row.next().value());
    EXPECT_EQ(row.integer(0), 8);
  }
  auto again = Database::open(path, {}).value();
  EXPECT_FALSE(bring_up_to_date(again, kNow).value());
  auto fresh = open_or_make(folder.path + "/b.db", kNow, {}).value();
  EXPECT_TRUE(check_tables(fresh, kNow).has_value());
  EXPECT_FALSE(bring_up_to_date(fresh, kNow).value());
}

TEST(Migrate, ANewerFileAndAnotherKindAreRefusedAndLeft) {
  Folder folder;
  const auto path = old_file(folder.path);
  (void)open_or_make(path, kNow, {}).value();
  auto newer = open_or_make(path, kThen, {});
  ASSERT_FALSE(newer.has_value());
  EXPECT_EQ(newer.error().kind, ErrorKind::unsupported);
  EXPECT_THAT(newer.error().message, HasSubstr("format version 3 and this windlass reads up to 1"));
  auto other = kNow;
  other.application = 6;
  EXPECT_EQ(open_or_make(path, other, {}).error().kind, ErrorKind::corrupt);
  auto db = Database::open(path, {}).value();
  EXPECT_EQ(schema_version(db, kNow).value(), 3U);
}

TEST(Migrate, AStepThatFailsLeavesTheOldFormat) {
  Folder folder;
  const auto path = old_file(folder.path);
  constexpr SchemaStep kBroken[] = {kSteps[0], {3, "UPDATE t SET nothing = 1"}};
  auto schema = kNow;
  schema.steps = kBroken;
  auto failed = open_or_make(path, schema, {});
  ASSERT_FALSE(failed.has_value());
  EXPECT_THAT(failed.error().text(), HasSubstr("format version 3"));
  auto db = Database::open(path, {}).value();
  EXPECT_EQ(schema_version(db, kNow).value(), 1U);
  EXPECT_TRUE(check_tables(db, kThen).has_value());
}

TEST(Migrate, StepsThatDoNotEndInTheTablesOfANewFileAreRefused) {
  Folder folder;
  const auto path = old_file(folder.path);
  auto schema = kNow;
  schema.steps = std::span(kSteps).first(1);
  auto failed = open_or_make(path, schema, {});
  ASSERT_FALSE(failed.has_value());
  EXPECT_THAT(failed.error().message, HasSubstr("tables are missing"));
}

TEST(Migrate, WhateverWriteFailsTheFileIsOldOrNew) {
  for (std::uint64_t n = 1;; ++n) {
    Folder folder;
    FaultDisk disk;
    const auto path = old_file(folder.path, {.vfs = disk.vfs()});
    disk.fail_write(n, FaultDisk::Fault::disk_full, true);
    bool done = false;
    {
      auto opened = open_or_make(path, kNow, {.vfs = disk.vfs()});
      done = opened.has_value();
      if (!done) EXPECT_THAT(opened.error().text(), HasSubstr("disk is full"));
    }
    const bool reached = disk.writes() >= n;
    disk.fail_write(0, FaultDisk::Fault::none, false);
    {
      auto db = Database::open(path, {.vfs = disk.vfs()}).value();
      const auto version = schema_version(db, kNow).value();
      EXPECT_TRUE(version == 1 || version == 3) << version;
      EXPECT_TRUE(check_tables(db, version == 1 ? kThen : kNow).has_value());
      if (done) EXPECT_EQ(version, 3U);
    }
    if (!reached) break;
  }
}

}  // namespace
}  // namespace windlass::store
