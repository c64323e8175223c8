#include "files/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/testing_folder.h"

namespace windlass::files {
namespace {

namespace fs = std::filesystem;

bool all(const std::string&, bool) { return true; }

struct Item {
  std::string path;
  unsigned type = AE_IFREG;
  std::string content;
  std::string link;
  std::string hard;
  unsigned mode = 0644;
  std::int64_t size = -1;
};

struct Place {
  TestFolder folder;
  Root root;
  Place()
      : root([this] {
          fs::create_directories(folder / "out");
          std::ofstream(folder / "secret") << "secret";
          return Root::confined(folder.path).value();
        }()) {}

  // Writes an archive with entries as hostile as they come.
  void make(const std::vector<Item>& items, bool zip = false) const {
    archive* a = archive_write_new();
    zip ? archive_write_set_format_zip(a) : archive_write_set_format_pax_restricted(a);
    archive_write_set_format_option(a, "pax", "hdrcharset", "BINARY");
    archive_write_open_filename(a, (folder / "a").c_str());
    for (const auto& item : items) {
      archive_entry* entry = archive_entry_new();
      archive_entry_set_pathname(entry, item.path.c_str());
      archive_entry_set_filetype(entry, item.type);
      archive_entry_set_perm(entry, static_cast<mode_t>(item.mode));
      archive_entry_set_size(entry, item.size >= 0 ? item.size : static_cast<std::int64_t>(item.content.size()));
      if (!item.link.empty()) archive_entry_set_symlink(entry, item.link.c_str());
      if (!item.hard.empty()) archive_entry_set_hardlink(entry, item.hard.c_str());
      if (item.type == AE_IFCHR) archive_entry_set_rdevmajor(entry, 1), archive_entry_set_rdevminor(entry, 3);
      ASSERT_EQ(archive_write_header(a, entry), ARCHIVE_OK) << item.path << archive_error_string(a);
      archive_write_data(a, item.content.data(), item.content.size());
      archive_entry_free(entry);
    }
    archive_write_close(a);
    archive_write_free(a);
  }

  [[nodiscard]] Result<ArchiveTotals> unpack_it(const UnpackOptions& options = {}) const {
    return unpack(root, "a", root, "out", options);
  }
  [[nodiscard]] bool untouched() const {
    return root.read("secret").value_or("") == "secret" && std::distance(fs::directory_iterator(folder.path), {}) == 3;
  }
};

TEST(Archive, TreesSurviveEveryFormat) {
  Place place;
  ASSERT_TRUE(place.root.write("tree/dir/ü name\n.txt", "hello"));
  ASSERT_TRUE(place.root.write("tree/run", std::string(200'000, 'x'), {.mode = 0755}));
  ASSERT_TRUE(place.root.touch("tree/run", 1'500'000'000'000));
  fs::create_symlink("dir", place.folder / "tree/link");
  fs::create_directory(place.folder / "tree/empty");
  for (const auto format : {ArchiveFormat::tar, ArchiveFormat::tar_gz, ArchiveFormat::tar_zst, ArchiveFormat::zip}) {
    const auto packed = pack(place.root, "tree", all, place.root, "x/y.arc", {.format = format, .empty_folders = true});
    ASSERT_TRUE(packed) << packed.error().message;
    EXPECT_EQ(packed->files, 3u);
    EXPECT_EQ(packed->folders, 2u);
    const auto totals = unpack(place.root, "x/y.arc", place.root, "back");
    ASSERT_TRUE(totals) << totals.error().message;
    EXPECT_EQ(totals->files, 3u);
    EXPECT_EQ(place.root.read("back/dir/ü name\n.txt").value(), "hello");
    EXPECT_EQ(place.root.read("back/run").value().size(), 200'000u);
    EXPECT_TRUE((place.root.stat("back/run").value().mode & 0100) != 0);
    EXPECT_EQ(place.root.stat("back/run").value().modified, 1'500'000'000'000);
    EXPECT_EQ(fs::read_symlink(place.folder / "back/link"), "dir");
    EXPECT_TRUE(fs::is_directory(place.folder / "back/empty"));
    EXPECT_EQ(list_archive(place.root, "x/y.arc").value().size(), 5u);
    EXPECT_EQ(
        read_archive(place.root, "x/y.arc", [](const std::string& path, bool) { return path.starts_with("dir/"); }, {})
            .value(),
        (std::vector<std::pair<std::string, std::string>>{{"dir/ü name\n.txt", "hello"}}));
    ASSERT_TRUE(place.root.remove("back"));
  }
}

TEST(Archive, PackingIsRepeatableSkipsItselfAndFollowsOnDemand) {
  Place place;
  ASSERT_TRUE(place.root.write("tree/f", "1"));
  ASSERT_TRUE(place.root.touch("tree/f", 1000));
  fs::create_symlink("f", place.folder / "tree/l");
  const PackOptions options{.format = ArchiveFormat::tar_gz, .follow_links = true};
  ASSERT_TRUE(pack(place.root, "tree", all, place.root, "tree/self.tgz", options));
  const std::string first = place.root.read("tree/self.tgz").value();
  const auto again = pack(place.root, "tree", all, place.root, "tree/self.tgz", options).value();
  EXPECT_EQ(again.files, 2u);
  EXPECT_EQ(place.root.read("tree/self.tgz").value(), first);
  EXPECT_EQ(list_archive(place.root, "tree/self.tgz").value()[1].kind, EntryKind::file);
  EXPECT_FALSE(pack(place.root, "none", all, place.root, "x", {}));
}

TEST(Archive, T12PathsThatLeaveAreRefused) {
  for (const char* path :
       {"../evil", "a/../../evil", "/evil", "//evil", "a/..", "..", "C:\\evil", "..\\evil", "a\\..\\..\\evil"}) {
    Place place;
    for (const bool zip : {false, true}) {
      place.make({{.path = path, .content = "x"}}, zip);
      const auto result = place.unpack_it();
      EXPECT_FALSE(result) << path;
      if (!result) EXPECT_EQ(result.error().kind, ErrorKind::forbidden) << path << result.error().message;
      EXPECT_TRUE(place.untouched()) << path;
    }
  }
}

TEST(Archive, T12EntryThatIsTheFolderItselfIsRefused) {
  for (const char* path : {".", "./", "././."}) {
    Place place;
    place.make({{.path = path, .type = AE_IFLNK, .link = "secret"}});
    EXPECT_EQ(place.unpack_it().error().kind, ErrorKind::forbidden) << path;
    // A trailing slash makes a folder of any entry, whatever its type says.
    if (!std::string_view(path).ends_with('/')) {
      place.make({{.path = path, .content = "x"}});
      EXPECT_EQ(place.unpack_it().error().kind, ErrorKind::forbidden) << path;
    }
    place.make({{.path = path, .type = AE_IFDIR, .mode = 0}, {.path = "f", .content = "x"}});
    EXPECT_EQ(place.unpack_it().value().files, 1u) << path;
    struct stat info = {};
    ASSERT_EQ(::stat((place.folder / "out").c_str(), &info), 0);
    EXPECT_NE(info.st_mode & 0777, 0u);
  }
}

TEST(Archive, T12EntriesThroughAnEarlierLinkAreRefused) {
  Place place;
  const UnpackOptions any{.link_targets = LinkTargets::any};
  place.make({{.path = "l", .type = AE_IFLNK, .link = ".."}, {.path = "l/evil", .content = "x"}});
  EXPECT_EQ(place.unpack_it(any).error().kind, ErrorKind::forbidden);
  place.make(
      {{.path = "d", .type = AE_IFDIR}, {.path = "i", .type = AE_IFLNK, .link = "d"}, {.path = "i/f", .content = "x"}});
  EXPECT_EQ(place.unpack_it().error().kind, ErrorKind::forbidden);
  place.make(
      {{.path = "i", .type = AE_IFLNK, .link = "d"}, {.path = "i", .type = AE_IFDIR}, {.path = "i/f", .content = "x"}});
  EXPECT_FALSE(place.unpack_it());
  // A file entry replaces an earlier link, it is not written through it.
  place.make({{.path = "s", .type = AE_IFLNK, .link = "../secret"}, {.path = "s", .content = "evil"}});
  EXPECT_TRUE(place.unpack_it(any));
  EXPECT_EQ(place.root.read("out/s").value(), "evil");
  EXPECT_TRUE(place.untouched());
}

TEST(Archive, T12LinksThatLeadOutAreRefusedUnlessKeptAsData) {
  for (const char* target : {"/etc/passwd", "../../secret", "a/../../../secret", "..//./../secret", ".."}) {
    Place place;
    const char* path = std::string_view(target) == ".." ? "l" : "d/l";
    place.make({{.path = path, .type = AE_IFLNK, .link = target}});
    EXPECT_EQ(place.unpack_it().error().kind, ErrorKind::forbidden) << target;
    EXPECT_FALSE(fs::exists(fs::symlink_status(place.folder / "out/d/l"))) << target;
    EXPECT_TRUE(place.unpack_it({.link_targets = LinkTargets::any}));
    EXPECT_EQ(fs::read_symlink(place.folder / ("out/" + std::string(path))), target);
    EXPECT_FALSE(Root::confined(place.folder / "out").value().read(path)) << target;
  }
  Place place;
  place.make({{.path = "d/e/l", .type = AE_IFLNK, .link = "../../x"}});
  EXPECT_TRUE(place.unpack_it());
}

TEST(Archive, T12HardLinksDevicesAndPipes) {
  Place place;
  place.make({{.path = "h", .hard = "../secret"}});
  EXPECT_FALSE(place.unpack_it());
  ASSERT_TRUE(place.root.write("out/old", "mine"));
  place.make({{.path = "h", .hard = "old"}});
  EXPECT_EQ(place.unpack_it().error().kind, ErrorKind::forbidden);
  place.make({{.path = "s", .type = AE_IFLNK, .link = "../secret"}, {.path = "h", .hard = "s"}});
  EXPECT_EQ(place.unpack_it({.link_targets = LinkTargets::any}).error().kind, ErrorKind::forbidden);
  place.make({{.path = "f", .content = "x"}, {.path = "h", .hard = "f"}});
  EXPECT_EQ(place.unpack_it().value().files, 2u);
  EXPECT_EQ(place.root.read("out/h").value(), "x");
  for (const unsigned type : {AE_IFCHR, AE_IFBLK, AE_IFIFO}) {
    place.make({{.path = "dev", .type = type}});
    EXPECT_EQ(place.unpack_it().error().kind, ErrorKind::forbidden) << type;
  }
  EXPECT_FALSE(fs::exists(place.folder / "out/dev"));
}

TEST(Archive, T12SetuidIsDroppedAndDuplicatesReplace) {
  Place place;
  place.make({{.path = "f", .content = "1", .mode = 06755},
              {.path = "d", .type = AE_IFDIR, .mode = 07555},
              {.path = "d/x", .content = "2"},
              {.path = "f", .content = "22", .mode = 04711}});
  EXPECT_EQ(place.unpack_it().value().files, 3u);
  EXPECT_EQ(place.root.stat("out/f").value().mode, 0711u);
  EXPECT_EQ(place.root.stat("out/d").value().mode, 0755u);
  EXPECT_EQ(place.root.read("out/f").value(), "22");
  place.make({{.path = "d", .content = "file over folder"}});
  EXPECT_EQ(place.unpack_it().error().kind, ErrorKind::forbidden);
  place.make({{.path = "f/below", .content = "folder over file"}});
  EXPECT_FALSE(place.unpack_it());
}

TEST(Archive, T12BombsAndFloodsAreBounded) {
  Place place;
  ASSERT_TRUE(place.root.write("tree/zeros", std::string(8'000'000, '\0')));
  for (const auto format : {ArchiveFormat::zip, ArchiveFormat::tar_gz, ArchiveFormat::tar_zst}) {
    ASSERT_TRUE(pack(place.root, "tree", all, place.root, "a", {.format = format}));
    UnpackOptions options;
    options.limits.max_bytes = 1'000'000;
    EXPECT_EQ(place.unpack_it(options).error().kind, ErrorKind::exhausted);
    options.limits = {.max_ratio = 100, .ratio_free_bytes = 1'000'000};
    EXPECT_EQ(place.unpack_it(options).error().kind, ErrorKind::exhausted);
    EXPECT_EQ(list_archive(place.root, "a", options.limits).error().kind, ErrorKind::exhausted);
    EXPECT_EQ(read_archive(place.root, "a", all, options.limits).error().kind, ErrorKind::exhausted);
    EXPECT_TRUE(place.unpack_it());
  }
  std::vector<Item> many;
  for (int i = 0; i < 100; ++i) many.push_back({.path = "f" + std::to_string(i)});
  place.make(many);
  UnpackOptions few;
  few.limits.max_entries = 99;
  EXPECT_EQ(place.unpack_it(few).error().kind, ErrorKind::exhausted);
  EXPECT_EQ(place.unpack_it().value().files, 100u);
  std::string deep;
  for (int i = 0; i < 3000; ++i) deep += "d/";
  place.make({{.path = deep + "f", .content = "x"}});
  EXPECT_FALSE(place.unpack_it());
}

TEST(Archive, T11OddNamesStayInside) {
  Place place;
  for (const char* path : {"a\nb", "%2e%2e", "\xc0\xae\xc0\xae", "...", " ", "-rf", "e\xcc\x81", "\xff\xfe"}) {
    place.make({{.path = path, .content = "x"}});
    EXPECT_TRUE(place.unpack_it()) << path;
    EXPECT_TRUE(fs::exists(place.folder / ("out/" + std::string(path)))) << path;
  }
  EXPECT_TRUE(place.untouched());
  EXPECT_FALSE(clean_entry_path(std::string_view("a\0b", 3)));
  EXPECT_FALSE(clean_entry_path(std::string(300, 'x')));
  EXPECT_EQ(clean_entry_path("./a//b/./c/").value(), "a/b/c");
}

TEST(Archive, T13UnpackingWhileALinkIsPutInTheWay) {
  Place place;
  fs::create_symlink("..", place.folder / "out/d");
  place.make({{.path = "d/evil", .content = "x"}});
  EXPECT_EQ(place.unpack_it().error().kind, ErrorKind::forbidden);
  fs::create_symlink("../secret", place.folder / "out/f");
  place.make({{.path = "f", .content = "new"}});
  EXPECT_TRUE(place.unpack_it());
  EXPECT_TRUE(place.untouched());
}

TEST(Archive, T18PipesAreNotPackedAndNotReadAsArchives) {
  Place place;
  ASSERT_TRUE(place.root.write("tree/f", "1"));
  ASSERT_EQ(::mkfifo((place.folder / "tree/pipe").c_str(), 0600), 0);
  EXPECT_EQ(pack(place.root, "tree", all, place.root, "a").value().files, 1u);
  EXPECT_EQ(unpack(place.root, "tree/pipe", place.root, "out").error().kind, ErrorKind::forbidden);
}

TEST(Archive, DamageIsCorruptAndAcceptSelects) {
  Place place;
  ASSERT_TRUE(place.root.write("a", "this is not an archive at all"));
  EXPECT_EQ(place.unpack_it().error().kind, ErrorKind::corrupt);
  place.make({{.path = "keep", .content = "1"}, {.path = "drop", .content = "2"}});
  EXPECT_EQ(place.unpack_it({.accept = [](const std::string& path, bool) { return path == "keep"; }}).value().files,
            1u);
  EXPECT_FALSE(place.root.exists("out/drop"));
  const std::string bytes = place.root.read("a").value();
  ASSERT_TRUE(place.root.write("a", bytes.substr(0, 700)));
  EXPECT_FALSE(list_archive(place.root, "a").has_value() && list_archive(place.root, "a")->size() == 2);
}

}  // namespace
}  // namespace windlass::files
