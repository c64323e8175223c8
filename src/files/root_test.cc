#include "files/root.h"

#include <atomic>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

#include "files/testing_folder.h"

namespace windlass::files {
namespace {

namespace fs = std::filesystem;

struct Place {
  TestFolder folder;
  Root root;
  Place()
      : root([this] {
          fs::create_directories(folder / "in/sub");
          fs::create_directories(folder / "out");
          std::ofstream(folder / "out/secret") << "secret";
          return Root::confined(folder / "in").value();
        }()) {}
  [[nodiscard]] std::string in(std::string_view path) const { return folder / ("in/" + std::string(path)); }
};

TEST(Root, ReadsWritesAppendsAndMakesParents) {
  Place place;
  ASSERT_TRUE(place.root.write("a/b/c.txt", "one"));
  ASSERT_TRUE(place.root.write("a/b/c.txt", "two", {.append = true}));
  EXPECT_EQ(place.root.read("a/b/c.txt").value(), "onetwo");
  ASSERT_TRUE(place.root.write("a/b/c.txt", "x"));
  EXPECT_EQ(place.root.read("a/b/c.txt").value(), "x");
  EXPECT_EQ(place.root.read("a/../a/./b//c.txt").value(), "x");
  EXPECT_EQ(place.root.read("a/b/c.txt", 0).error().kind, ErrorKind::exhausted);
  EXPECT_EQ(place.root.read("nope").error().message, "cannot open 'nope': no such file or folder");
  EXPECT_EQ(place.root.read("a").error().kind, ErrorKind::invalid);
  EXPECT_FALSE(place.root.write("q/r", "x", {.make_parents = false}));
  EXPECT_TRUE(place.root.exists("a"));
  EXPECT_FALSE(place.root.exists("a/b/c.txt/d"));
}

TEST(Root, T11NamesNeverLeaveTheRoot) {
  Place place;
  fs::create_symlink("../out", place.in("link"));
  fs::create_symlink(place.folder / "out", place.in("absolute"));
  fs::create_symlink("/proc/self/root", place.in("magic"));
  for (const std::string& path :
       {std::string("../out/secret"), std::string("sub/../../out/secret"), std::string("/etc/hosts"),
        std::string("link/secret"), std::string("absolute/secret"), std::string("magic/etc/hosts"), std::string(".."),
        std::string("./../out/secret"), std::string("sub\0/../x", 9), std::string(""), std::string(5000, 'x'),
        place.folder / "out/secret"}) {
    EXPECT_FALSE(place.root.read(path)) << path;
    EXPECT_FALSE(place.root.write(path, "evil")) << path;
    EXPECT_FALSE(place.root.touch(path)) << path;
    EXPECT_FALSE(place.root.make_folders(path + "/new")) << path;
    EXPECT_FALSE(place.root.exists(path)) << path;
    EXPECT_FALSE(place.root.hash(path, Hash::md5)) << path;
    EXPECT_FALSE(place.root.list(path)) << path;
    auto removed = place.root.remove(path);
    EXPECT_TRUE(!removed || !*removed) << path;
  }
  EXPECT_EQ(place.root.read("../out/secret").error().kind, ErrorKind::forbidden);
  // Odd names are names: they stay inside under exactly these bytes.
  for (const char* path : {"a\nb", "..\\out", "%2e%2e", "..%2fout", "\xc0\xae\xc0\xae", "...", "SUB", "e\xcc\x81"}) {
    ASSERT_TRUE(place.root.write(path, "odd")) << path;
    EXPECT_TRUE(fs::exists(place.in(path))) << path;
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(place.folder / "out"), {}), 1);
  EXPECT_EQ(std::distance(fs::directory_iterator(place.folder.path), {}), 2);
  std::ifstream secret(place.folder / "out/secret");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(secret), {}), "secret");
}

TEST(Root, T11LinksInsideAreFollowedAndTheFallbackRefusesThem) {
  Place place;
  ASSERT_TRUE(place.root.write("sub/file", "x"));
  fs::create_symlink("sub", place.in("alias"));
  EXPECT_EQ(place.root.read("alias/file").value(), "x");
  EXPECT_TRUE(open_by_steps(place.root.fd(), "sub/file", O_RDONLY, 0));
  EXPECT_TRUE(open_by_steps(place.root.fd(), ".", O_RDONLY | O_DIRECTORY, 0));
  EXPECT_EQ(open_by_steps(place.root.fd(), "alias/file", O_RDONLY, 0).error().kind, ErrorKind::forbidden);
  EXPECT_EQ(open_by_steps(place.root.fd(), "sub/../../out/secret", O_RDONLY, 0).error().kind, ErrorKind::forbidden);
  EXPECT_EQ(open_by_steps(place.root.fd(), "none/x", O_RDONLY, 0).error().kind, ErrorKind::not_found);
  EXPECT_EQ(open_beneath(place.root.fd(), "alias/file", O_RDONLY, 0, Links::refuse).error().kind, ErrorKind::forbidden);
}

TEST(Root, T13SwappedLinkIsNeverFollowed) {
  Place place;
  fs::create_directories(place.in("swap"));
  ASSERT_TRUE(place.root.write("swap/secret", "inside"));
  fs::create_symlink("../out", place.in("other"));
  std::atomic<bool> stop = false;
  std::thread swapper([&] {
    while (!stop) ::renameat2(AT_FDCWD, place.in("swap").c_str(), AT_FDCWD, place.in("other").c_str(), RENAME_EXCHANGE);
  });
  int inside = 0, refused = 0;
  for (int i = 0; i < 3000; ++i) {
    auto content = place.root.read("swap/secret");
    if (content) {
      ASSERT_EQ(*content, "inside");
      ++inside;
    } else {
      ++refused;
    }
    static_cast<void>(place.root.write("swap/new", "x"));
    static_cast<void>(place.root.make_folders("swap/folder/below"));
    if (i % 50 == 0) {
      static_cast<void>(place.root.walk(
          "swap", [](const std::string&, bool) { return true; }, [](const Entry&) -> Result<void> { return {}; }));
      static_cast<void>(place.root.remove("swap/folder"));
    }
  }
  stop = true;
  swapper.join();
  EXPECT_GT(inside + refused, 0);
  EXPECT_EQ(std::distance(fs::directory_iterator(place.folder / "out"), {}), 1);
}

TEST(Root, T18DevicesPipesAndSocketsAreRefused) {
  Place place;
  ASSERT_EQ(::mkfifo(place.in("pipe").c_str(), 0600), 0);
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  ASSERT_LT(place.in("sock").size(), sizeof address.sun_path);
  place.in("sock").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const Root free_root = Root::absolute(place.in("")).value();
  for (const char* path : {"pipe", "sock"}) {
    for (const Root* root : std::initializer_list<const Root*>{&place.root, &free_root}) {
      EXPECT_EQ(root->read(path).error().kind, ErrorKind::forbidden) << path;
      EXPECT_EQ(root->write(path, "x").error().kind, ErrorKind::forbidden) << path;
      EXPECT_FALSE(root->hash(path, Hash::sha1)) << path;
      EXPECT_TRUE(root->exists(path));
      EXPECT_EQ(root->stat(path).value().kind, EntryKind::other);
    }
  }
  EXPECT_EQ(free_root.read("/dev/zero").error().kind, ErrorKind::forbidden);
  EXPECT_EQ(free_root.write("/dev/null", "x").error().kind, ErrorKind::forbidden);
}

TEST(Root, FreeRootTakesAbsolutePathsAndDotDot) {
  Place place;
  const Root root = Root::absolute(place.in("sub")).value();
  EXPECT_EQ(root.read("../../out/secret").value(), "secret");
  EXPECT_EQ(root.read(place.folder / "out/secret").value(), "secret");
  ASSERT_TRUE(root.write(place.folder / "new/deep/file", "x"));
  ASSERT_TRUE(root.write("rel/file", "y"));
  EXPECT_TRUE(fs::exists(place.in("sub/rel/file")));
  EXPECT_TRUE(root.remove(place.folder / "new").value());
  EXPECT_FALSE(root.remove(place.folder / "new").value());
  EXPECT_FALSE(root.remove("/"));
  EXPECT_FALSE(root.remove(".."));
}

TEST(Root, StatListTouchAndTimes) {
  Place place;
  ASSERT_TRUE(place.root.touch("t", 1'000'000'000'123));
  EXPECT_EQ(place.root.stat("t").value().modified, 1'000'000'000'123);
  EXPECT_EQ(place.root.stat("t").value().size, 0u);
  ASSERT_TRUE(place.root.write("t", "abc"));
  ASSERT_TRUE(place.root.touch("t", -1));
  EXPECT_EQ(place.root.stat("t").value().modified, -1);
  ASSERT_TRUE(place.root.touch("t"));
  EXPECT_GT(place.root.stat("t").value().modified, 1'600'000'000'000);
  EXPECT_EQ(place.root.read("t").value(), "abc");
  fs::create_symlink("t", place.in("l"));
  const auto entries = place.root.list(".").value();
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].path, "l");
  EXPECT_EQ(entries[0].kind, EntryKind::link);
  EXPECT_EQ(entries[1].kind, EntryKind::folder);
  EXPECT_EQ(place.root.stat("l").value().kind, EntryKind::file);
  EXPECT_EQ(place.root.stat("l", false).value().kind, EntryKind::link);
  EXPECT_TRUE(place.root.touch("sub", 5000));
}

TEST(Root, RemoveNeverFollowsLinksAndTakesAnyDepth) {
  Place place;
  fs::create_symlink("../../out", place.in("sub/link"));
  fs::create_symlink("../out", place.in("toplink"));
  ASSERT_TRUE(place.root.write("sub/x/y", "1"));
  EXPECT_TRUE(place.root.remove("toplink").value());
  EXPECT_TRUE(place.root.remove("sub").value());
  EXPECT_FALSE(place.root.remove("sub").value());
  EXPECT_TRUE(fs::exists(place.folder / "out/secret"));
  EXPECT_FALSE(place.root.remove("."));

  Fd at(::openat(place.root.fd(), ".", O_RDONLY | O_DIRECTORY));
  for (int i = 0; i < 400; ++i) {
    ASSERT_EQ(::mkdirat(at.get(), "deep", 0777), 0);
    if (i % 100 == 0) ASSERT_TRUE(Fd(::openat(at.get(), "file", O_CREAT | O_WRONLY, 0)).valid());
    at = Fd(::openat(at.get(), "deep", O_RDONLY | O_DIRECTORY));
  }
  EXPECT_TRUE(place.root.remove("deep").value());
  EXPECT_FALSE(fs::exists(place.in("deep")));
  ASSERT_TRUE(place.root.remove_content("."));
  EXPECT_TRUE(fs::is_empty(place.in("")));
}

TEST(Root, WalkFiltersPrunesSortsAndSurvivesLoops) {
  Place place;
  for (const char* path : {"b/1", "a/2", "a/skip/3", "c"}) ASSERT_TRUE(place.root.write(path, "x"));
  fs::create_symlink("..", place.in("a/loop"));
  fs::create_symlink("../../out", place.in("a/way"));
  fs::create_symlink("../b", place.in("a/blink"));
  auto walk = [&](bool follow, bool folders) {
    std::string out;
    auto done = place.root.walk(
        ".", [](const std::string& path, bool) { return path != "a/skip"; },
        [&out](const Entry& entry) -> Result<void> {
          out += entry.path + (entry.kind == EntryKind::folder ? "/ " : entry.kind == EntryKind::link ? "@ " : " ");
          return {};
        },
        {.follow_links = follow, .folders = folders});
    return done ? out : done.error().message;
  };
  EXPECT_EQ(walk(false, false), "a/2 a/blink@ a/loop@ a/way@ b/1 c ");
  EXPECT_EQ(walk(true, false), "a/2 a/blink/1 a/way@ b/1 c ");
  EXPECT_EQ(walk(false, true), "a/ a/2 a/blink@ a/loop@ a/way@ b/ b/1 c sub/ ");
  EXPECT_FALSE(place.root.walk(
      "none", [](const std::string&, bool) { return true; }, [](const Entry&) -> Result<void> { return {}; }));
  EXPECT_EQ(place.root
                .walk(
                    ".", [](const std::string&, bool) { return true; }, [](const Entry&) -> Result<void> { return {}; },
                    {.max_entries = 3})
                .error()
                .kind,
            ErrorKind::exhausted);
}

TEST(Root, HashesMatchKnownDigests) {
  Place place;
  ASSERT_TRUE(place.root.write("abc", "abc"));
  EXPECT_EQ(place.root.hash("abc", Hash::md5).value(), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(place.root.hash("abc", Hash::sha1).value(), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(place.root.hash("abc", Hash::sha256).value(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash_bytes("abc", Hash::sha512).substr(0, 32), "ddaf35a193617abacc417349ae204131");
  EXPECT_FALSE(place.root.hash("none", Hash::md5));
}

TEST(Root, CopyTreeKeepsModesTimesAndLinks) {
  Place place;
  ASSERT_TRUE(place.root.write("sub/run.sh", "#!", {.mode = 0755}));
  ASSERT_TRUE(place.root.touch("sub/run.sh", 123'456'000));
  fs::create_symlink("run.sh", place.in("sub/link"));
  const Root out = Root::confined(place.folder / "out").value();
  // What stands in the way is replaced, never written through.
  fs::create_directories(place.folder / "out/copy");
  fs::create_symlink("../secret", place.folder / "out/copy/run.sh");
  EXPECT_EQ(place.root.copy_tree("sub", out, "copy", [](const std::string&, bool) { return true; }).value(), 2u);
  EXPECT_EQ(out.read("copy/run.sh").value(), "#!");
  EXPECT_EQ(out.read("secret").value(), "secret");
  EXPECT_EQ(out.stat("copy/run.sh").value().mode & 0111, place.root.stat("sub/run.sh").value().mode & 0111);
  EXPECT_EQ(out.stat("copy/run.sh").value().modified, 123'456'000);
  EXPECT_EQ(fs::read_symlink(place.folder / "out/copy/link"), "run.sh");
}

}  // namespace
}  // namespace windlass::files
