#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "store/database.h"
#include "store/disk.h"
#include "store/fault_disk.h"
#include "store/image.h"

namespace windlass::store {
namespace {

using ::testing::HasSubstr;

struct Folder {
  Folder() {
    char name[] = "/tmp/windlass-store-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

const ImageObject kObjects[] = {
    {ImageObject::Kind::table,
     "t",
     "t",
     "CREATE TABLE t(id INTEGER PRIMARY KEY, body BLOB) STRICT",
     {{1, {"one"}}, {2, {std::string(80, 'x')}}}},
    {ImageObject::Kind::table_without_rowid, "w", "w",
     "CREATE TABLE w(k TEXT PRIMARY KEY, v INTEGER) STRICT, WITHOUT ROWID"},
    {ImageObject::Kind::index, "i", "t", "CREATE UNIQUE INDEX i ON t(body) WHERE id>2"},
};

std::string make_database(Disk& disk, const std::string& folder) {
  const std::string path = folder + "/a.db";
  EXPECT_TRUE(disk.write_file(path, make_image(kObjects, 7, 3).value()).has_value());
  return path;
}

TEST(Image, IsADatabaseThatSqliteFindsInOrder) {
  Folder folder;
  auto disk = make_disk();
  const auto path = make_database(*disk, folder.path);
  auto db = Database::open(path, {}).value();
  EXPECT_TRUE(db.check_structure().has_value());
  auto rows = db.prepare("SELECT id, body FROM t ORDER BY id").value();
  ASSERT_TRUE(rows.next().value());
  EXPECT_EQ(rows.integer(0), 1);
  EXPECT_EQ(rows.bytes(1), "one");
  ASSERT_TRUE(rows.next().value());
  EXPECT_EQ(rows.bytes(1).size(), 80U);
  EXPECT_FALSE(rows.next().value());
  rows.reset();
  ASSERT_TRUE(db.prepare("INSERT INTO w VALUES(?,?)").value().run("key", 5).has_value());
  ASSERT_TRUE(db.prepare("INSERT INTO t VALUES(?,?)").value().run(3, Blob{"three"}).has_value());
  auto again = db.prepare("INSERT INTO t VALUES(?,?)").value().run(4, Blob{"three"});
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().kind, ErrorKind::conflict);
  EXPECT_TRUE(db.check_structure().has_value());
  auto mode = db.prepare("PRAGMA journal_mode").value();
  ASSERT_TRUE(mode.next().value());
  EXPECT_EQ(mode.bytes(0), "wal");
  auto ids = db.prepare("SELECT application_id, user_version FROM pragma_application_id, pragma_user_version").value();
  ASSERT_TRUE(ids.next().value());
  EXPECT_EQ(ids.integer(0), 7);
  EXPECT_EQ(ids.integer(1), 3);
}

TEST(Database, TextAndBlobsAreBytes) {
  Folder folder;
  auto disk = make_disk();
  auto db = Database::open(make_database(*disk, folder.path), {}).value();
  const std::string odd("a\0\xff\xfe b", 7);
  ASSERT_TRUE(db.prepare("INSERT INTO w VALUES(?,1)").value().run(odd).has_value());
  auto row = db.prepare("SELECT k FROM w").value();
  ASSERT_TRUE(row.next().value());
  EXPECT_EQ(row.bytes(0), odd);
}

TEST(Database, TransactionWithoutCommitIsRolledBack) {
  Folder folder;
  auto disk = make_disk();
  auto db = Database::open(make_database(*disk, folder.path), {}).value();
  {
    auto transaction = Transaction::begin(db, Transaction::Kind::write).value();
    ASSERT_TRUE(db.exec("DELETE FROM t").has_value());
  }
  auto count = db.prepare("SELECT count(*) FROM t").value();
  ASSERT_TRUE(count.next().value());
  EXPECT_EQ(count.integer(0), 2);
}

TEST(Database, TheHeadOfTheLogTellsOfEachCommitAndOfNothingElse) {
  Folder folder;
  auto disk = make_disk();
  const auto path = make_database(*disk, folder.path);
  auto reader = Database::open(path, {}).value();
  auto writer = Database::open(path, {}).value();
  auto count = reader.prepare("SELECT count(*) FROM t").value();
  ASSERT_TRUE(count.next().value());
  count.reset();
  auto before = reader.log_head();
  ASSERT_TRUE(before);
  for (int i = 0; i < 50; ++i) {
    {
      auto taken_back = Transaction::begin(writer, Transaction::Kind::write).value();
      ASSERT_TRUE(writer.exec("INSERT INTO t(body) VALUES(randomblob(3000))").has_value());
    }
    ASSERT_EQ(reader.log_head(), before);
    ASSERT_TRUE(writer.exec("UPDATE t SET body=randomblob(8) WHERE id=2").has_value());
    const auto after = reader.log_head();
    ASSERT_NE(after, before);
    before = after;
    if (i % 10 == 9) ASSERT_TRUE(writer.checkpoint().has_value());
    before = reader.log_head();
  }
  EXPECT_FALSE(Database::open_bytes(make_image(kObjects, 7, 3).value(), "bytes", 0).value().log_head());
}

TEST(Database, ErrorsAreOneSentenceWithTheFile) {
  Folder folder;
  auto missing = Database::open(folder.path + "/none.db", {});
  ASSERT_FALSE(missing.has_value());
  EXPECT_THAT(missing.error().message, HasSubstr("none.db"));

  auto disk = make_disk();
  ASSERT_TRUE(disk->write_file(folder.path + "/junk.db", std::string(8192, 'j')).has_value());
  auto junk = Database::open(folder.path + "/junk.db", {});
  if (junk.has_value()) {
    auto read = junk->prepare("SELECT * FROM sqlite_master");
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().kind, ErrorKind::corrupt);
    EXPECT_THAT(read.error().message, HasSubstr("junk.db is damaged"));
  } else {
    EXPECT_EQ(junk.error().kind, ErrorKind::corrupt);
  }
}

TEST(Disk, MakesPrivateFilesAndRefusesASecondOne) {
  Folder folder;
  auto disk = make_disk();
  ASSERT_TRUE(disk->make_folder(folder.path + "/sub").value());
  EXPECT_FALSE(disk->make_folder(folder.path + "/sub").value());
  ASSERT_TRUE(disk->write_file(folder.path + "/sub/f", "abc").has_value());
  EXPECT_EQ(disk->write_file(folder.path + "/sub/f", "x").error().kind, ErrorKind::already_exists);
  struct stat status{};
  ASSERT_EQ(::stat((folder.path + "/sub/f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(read_file(folder.path + "/sub/f", 3).value(), "abc");
  EXPECT_EQ(read_file(folder.path + "/sub/f", 2).error().kind, ErrorKind::exhausted);
}

TEST(FaultDisk, EveryWriteAndSyncThatFailsIsSeenAndSaidInOneSentence) {
  for (const bool sync : {false, true}) {
    for (const auto fault : {FaultDisk::Fault::disk_full, FaultDisk::Fault::io_error}) {
      int failures = 0;
      for (std::uint64_t n = 1;; ++n) {
        Folder folder;
        FaultDisk disk;
        const auto path = make_database(disk, folder.path);
        auto db = Database::open(path, {.vfs = disk.vfs()}).value();
        sync ? disk.fail_sync(n, fault, false) : disk.fail_write(n, fault, false);
        auto done = db.exec("BEGIN IMMEDIATE; INSERT INTO w VALUES('a',1); INSERT INTO t VALUES(9,x'00'); COMMIT");
        if (done.has_value()) {
          EXPECT_LT(sync ? disk.syncs() : disk.writes(), n);
          break;
        }
        ++failures;
        EXPECT_EQ(done.error().kind,
                  fault == FaultDisk::Fault::disk_full ? ErrorKind::exhausted : ErrorKind::unavailable);
        EXPECT_THAT(done.error().message, HasSubstr("a.db"));
        EXPECT_THAT(done.error().message,
                    HasSubstr(fault == FaultDisk::Fault::disk_full ? "the disk is full" : "the disk failed"));
      }
      EXPECT_GE(failures, sync ? 1 : 3);
    }
  }
}

TEST(FaultDisk, PowerCutLeavesWhatWasSynced) {
  Folder folder;
  FaultDisk disk;
  const auto path = make_database(disk, folder.path);
  ASSERT_TRUE(disk.sync_folder(folder.path).has_value());
  auto db = Database::open(path, {.vfs = disk.vfs()}).value();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(db.prepare("INSERT INTO w VALUES(?,?)").value().run(std::to_string(i), i).has_value());
    const std::string after = folder.path + "/after" + std::to_string(i);
    ASSERT_TRUE(disk.copy_durable(folder.path, after).has_value());
    auto copy = Database::open(after + "/a.db", {}).value();
    auto count = copy.prepare("SELECT count(*) FROM w").value();
    ASSERT_TRUE(count.next().value());
    EXPECT_EQ(count.integer(0), i + 1);
  }
}

TEST(FaultDisk, ANameThatWasNotSyncedIsLostWithItsFile) {
  Folder folder;
  FaultDisk disk;
  auto left = [&, n = 0](const std::string& file) mutable {
    const std::string after = folder.path + "/after" + std::to_string(++n);
    EXPECT_TRUE(disk.copy_durable(folder.path, after).has_value());
    return std::filesystem::exists(after + file);
  };
  ASSERT_TRUE(disk.make_folder(folder.path + "/d").value());
  ASSERT_TRUE(disk.write_file(folder.path + "/d/f", "x").has_value());
  EXPECT_FALSE(left("/d/f"));
  ASSERT_TRUE(disk.sync_folder(folder.path + "/d").has_value());
  EXPECT_FALSE(left("/d/f"));  // the folder's own name
  ASSERT_TRUE(disk.sync_folder(folder.path).has_value());
  EXPECT_TRUE(left("/d/f"));
  std::filesystem::remove(folder.path + "/d/f");
  EXPECT_TRUE(left("/d/f"));
  ASSERT_TRUE(disk.sync_folder(folder.path + "/d").has_value());
  EXPECT_FALSE(left("/d/f"));
}

TEST(Database, BytesInMemoryAreReadWithABoundOnWork) {
  auto image = make_image(kObjects, 7, 3).value();
  auto db = Database::open_bytes(image, "the copy", 1).value();
  auto endless = db.exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT sum(i) FROM n");
  ASSERT_FALSE(endless.has_value());
  EXPECT_THAT(endless.error().message, HasSubstr("the copy"));
}

/// Writes that this process asked the kernel for.
std::int64_t writes_so_far() {
  std::ifstream io("/proc/self/io");
  for (std::string word; io >> word;) {
    std::int64_t count = 0;
    if (word == "syscw:" && io >> count) return count;
  }
  return -1;
}

TEST(Frames, ACommitIsOneWriteIntoTheLog) {
  if (writes_so_far() < 0) GTEST_SKIP() << "/proc/self/io does not count writes here";
  Folder folder;
  FaultDisk disk;
  const auto path = make_database(disk, folder.path);
  auto db = Database::open(path, {.vfs = disk.vfs()}).value();
  auto other = Database::open(path, {}).value();
  auto insert = db.prepare("INSERT INTO t VALUES(?,?)").value();
  const auto count = [&] {
    auto rows = other.prepare("SELECT count(*), sum(length(body)) FROM t").value();
    EXPECT_TRUE(rows.next().value());
    return std::pair(rows.integer(0), rows.integer(1));
  };
  ASSERT_TRUE(insert.run(3, Blob{"a"}).has_value());
  for (const std::size_t size : {std::size_t{10}, std::size_t{50'000}, std::size_t{3'000'000}}) {
    const auto before = count();
    disk.fail_write(0, FaultDisk::Fault::none, false);
    {
      auto transaction = Transaction::begin(db, Transaction::Kind::write).value();
      ASSERT_TRUE(insert.run(before.first + 1, Blob{std::string(size, static_cast<char>('a' + size % 7))}).has_value());
      EXPECT_EQ(disk.writes(), 0U);
      const auto writes = writes_so_far();
      ASSERT_TRUE(transaction.commit().has_value());
      const auto made = writes_so_far() - writes;
      // FaultDisk counts what SQLite writes, above that file system. A large one is followed by a checkpoint, whose
      // writes go into the database.
      if (size < 100'000) EXPECT_LE(made, 2);
      EXPECT_GE(disk.writes(), 4 + 2 * size / 4096);
    }
    EXPECT_EQ(count(), std::pair(before.first + 1, before.second + static_cast<std::int64_t>(size)));
  }
  EXPECT_TRUE(other.check_structure().has_value());
}

TEST(Frames, ATransactionThatIsGivenUpLeavesNothingInTheWayOfOthers) {
  Folder folder;
  auto real = make_disk();
  const auto path = make_database(*real, folder.path);
  for (std::uint64_t n = 1; n < 12; ++n) {
    FaultDisk disk;
    auto db = Database::open(path, {.vfs = disk.vfs()}).value();
    auto other = Database::open(path, {}).value();
    disk.fail_write(n, FaultDisk::Fault::disk_full, false);
    const auto failed = db.prepare("UPDATE t SET body = randomblob(20000) WHERE id = 1").value().run();
    EXPECT_EQ(failed.has_value(), disk.writes() < n) << n;
    const auto text = std::string(30'000, static_cast<char>('a' + n));
    ASSERT_TRUE(other.prepare("UPDATE t SET body = ? WHERE id = 2").value().run(Blob{text}).has_value());
    // The one that failed reads, and so drops what it had.
    for (auto* each : {&db, &other}) {
      auto row = each->prepare("SELECT body FROM t WHERE id = 2").value();
      ASSERT_TRUE(row.next().value());
      EXPECT_EQ(row.bytes(0), text);
      row.reset();
      EXPECT_TRUE(each->check_structure().has_value());
    }
  }
}

}  // namespace
}  // namespace windlass::store
