#include "uploads/upload_store.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

namespace windlass::uploads {
namespace {

namespace fs = std::filesystem;

class UploadStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::temp_directory_path() / "uploads-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::unique_ptr<UploadStore> open(UploadOptions options = {}) {
    auto made = UploadStore::open(io_, folder_ + "/uploads", std::move(options));
    EXPECT_TRUE(made) << made.error().message;
    return std::move(*made);
  }
  template <class F>
  void run(F work) {
    bool is_done = false;
    boost::asio::co_spawn(
        io_,
        [&]() -> boost::asio::awaitable<void> {
          co_await work();
          is_done = true;
        },
        boost::asio::detached);
    io_.restart();
    const auto guard = boost::asio::make_work_guard(io_);
    while (!is_done) io_.run_one();
  }
  [[nodiscard]] std::size_t files() const {
    std::size_t out = 0;
    for (const auto& one : fs::recursive_directory_iterator(folder_)) out += one.is_regular_file() ? 1 : 0;
    return out;
  }

  boost::asio::io_context io_{1};
  std::string folder_;
};

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(UploadStoreTest, AFileIsThereOnceItIsKeptAndReplacesTheOneBefore) {
  auto store = open();
  const UploadKey key{"shop", "app.1"};
  run([&]() -> boost::asio::awaitable<void> {
    for (const std::string content : {"first", "second"}) {
      const std::string bytes(700'001, content.front());
      auto upload = co_await store->begin(key);
      EXPECT_TRUE(upload);
      for (std::size_t at = 0; at < bytes.size(); at += 1000) {
        EXPECT_TRUE(co_await (*upload)->write(std::string_view(bytes).substr(at, 1000)));
      }
      const auto md5 = co_await (*upload)->seal();
      EXPECT_EQ(md5->size(), 32u);
      EXPECT_EQ(store->find(key, content), "") << "not before it is kept";
      EXPECT_TRUE(co_await (*upload)->keep(content));
      EXPECT_EQ(content_of(store->find(key, content)), bytes);
      EXPECT_TRUE(co_await store->keep_only(key, content));
    }
    EXPECT_EQ(store->find(key, "first"), "");
    EXPECT_EQ(*co_await store->keys(), std::vector<UploadKey>{key});
    EXPECT_TRUE(co_await store->keep_only(key, ""));
    EXPECT_TRUE((co_await store->keys())->empty());
  });
  EXPECT_EQ(files(), 0u);
  EXPECT_FALSE(fs::exists(folder_ + "/uploads/kept/shop"));
}

TEST_F(UploadStoreTest, WhatWasNotKeptGoes) {
  auto store = open({.most_bytes = 1 << 20, .most_at_once = 2});
  run([&]() -> boost::asio::awaitable<void> {
    auto one = co_await store->begin({"a", "x"});
    auto again = co_await store->begin({"a", "x"});
    EXPECT_EQ(again.error().kind, ErrorKind::conflict);
    auto two = co_await store->begin({"a", "y"});
    auto three = co_await store->begin({"a", "z"});
    EXPECT_EQ(three.error().kind, ErrorKind::exhausted);
    EXPECT_TRUE(co_await (*one)->write(std::string(1 << 20, 'x')));
    const auto more = co_await (*one)->write("x");
    EXPECT_EQ(more.error().message,
              "the file has more than 1 MiB, and this server takes no longer one; windlass.maxUploadMiB of its "
              "configuration says how much");
    one->reset();
    EXPECT_FALSE(store->is_coming({"a", "x"}));
    EXPECT_TRUE(co_await store->begin({"a", "x"}));
  });
  EXPECT_EQ(files(), 0u);
}

TEST_F(UploadStoreTest, WhatAServerWasTakingWhenItDiedGoesAtTheNextStart) {
  auto store = open();
  std::ofstream(folder_ + "/uploads/in/7") << "half";
  fs::create_directories(folder_ + "/uploads/kept/a/b");
  std::ofstream(folder_ + "/uploads/kept/a/b/c") << "whole";
  store = open();
  EXPECT_EQ(files(), 1u);
  EXPECT_EQ(content_of(store->find({"a", "b"}, "c")), "whole");
}

/// T11
TEST_F(UploadStoreTest, NamesAreNoPaths) {
  auto store = open();
  std::ofstream(folder_ + "/secret") << "s";
  fs::create_directories(folder_ + "/uploads/kept/a/b");
  fs::create_symlink(folder_ + "/secret", folder_ + "/uploads/kept/a/b/link");
  for (const UploadKey& key : {UploadKey{"..", "x"}, UploadKey{"a", ".."}, UploadKey{"a/b", "c"}, UploadKey{"", "x"},
                               UploadKey{"a", std::string("x\0y", 3)}, UploadKey{"a", std::string(254, 'x')}}) {
    EXPECT_EQ(store->find(key, "secret"), "");
    run([&]() -> boost::asio::awaitable<void> {
      const auto begun = co_await store->begin(key);
      EXPECT_EQ(begun.error().kind, ErrorKind::invalid);
      EXPECT_TRUE(co_await store->keep_only(key, ""));
    });
  }
  EXPECT_EQ(store->find({"a", "b"}, "../../../secret"), "");
  EXPECT_EQ(store->find({"a", "b"}, "link"), "") << "a link is no file of ours";
  EXPECT_EQ(content_of(folder_ + "/secret"), "s");
}

}  // namespace
}  // namespace windlass::uploads
