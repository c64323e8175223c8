// The store with its threads: what is answered is on the disk, watchers see it, batches stand or fall together.
#include "objects/embedded_store.h"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

#include "objects/metadata.h"

namespace windlass::objects {
namespace {

namespace asio = boost::asio;
using data::Value;

class PlainSealer final : public Sealer {
 public:
  std::string seal(std::string_view plain, std::string_view) override { return std::string(plain); }
  Result<std::string> open(std::string_view sealed, std::string_view) override { return std::string(sealed); }
};

class Store : public ::testing::Test {
 protected:
  Store() {
    std::string folder = (std::filesystem::temp_directory_path() / "store-XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
    reopen();
  }
  ~Store() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  void reopen() {
    store_.reset();
    EmbeddedStoreOptions options;
    options.path = folder_ + "/objects.db";
    options.now_millis = [] { return std::int64_t{1'700'000'000'000}; };
    options.random = [this] { return random_ += 0x9E3779B97F4A7C15ULL; };
    auto opened = EmbeddedStore::open(io_, sealer_, options);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  /// Runs a coroutine to its end on this thread.
  template <class F>
  void run(F body) {
    bool ended = false;
    asio::co_spawn(
        io_,
        [&]() -> asio::awaitable<void> {
          co_await body();
          ended = true;
        },
        asio::detached);
    io_.restart();
    auto guard = asio::make_work_guard(io_);
    while (!ended) io_.run_one();
  }
  static Value named(const std::string& name) { return Value::map_of("metadata", Value::map_of("name", name)); }

  const ResourceType& namespaces_ = *find_resource("", "v1", "namespaces");
  const ResourceType& pipelines_ = *find_resource("devops.kubesphere.io", "v1alpha3", "pipelines");
  asio::io_context io_{1};
  PlainSealer sealer_;
  std::string folder_;
  std::atomic<std::uint64_t> random_ = 1;
  std::unique_ptr<EmbeddedStore> store_;
};

TEST_F(Store, WhatWasAnsweredIsThereAfterReopening) {
  run([&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await store_->create(namespaces_, "", named("p"), false));
    for (int i = 0; i < 50; ++i) {
      EXPECT_TRUE(co_await store_->create(pipelines_, "p", named("n" + std::to_string(i)), false));
    }
  });
  reopen();
  run([&]() -> asio::awaitable<void> {
    auto all = co_await store_->list(pipelines_, {});
    EXPECT_TRUE(all);
    if (all) EXPECT_EQ(all->items.size(), 50u);
  });
}

TEST_F(Store, WritersAtOnceGetDifferentVersionsAndOneWins) {
  run([&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await store_->create(namespaces_, "", named("p"), false));
    EXPECT_TRUE(co_await store_->create(pipelines_, "p", named("counter"), false));
  });
  int done = 0;
  constexpr int kWriters = 40;
  for (int i = 0; i < kWriters; ++i) {
    asio::co_spawn(
        io_,
        [&]() -> asio::awaitable<void> {
          auto changed = co_await store_->modify(
              pipelines_, "p", "counter",
              [](Value object) -> Outcome<Value> {
                const auto count = annotation(object, "count");
                set_annotation(object, "count", std::to_string(1 + (count.empty() ? 0 : std::stoi(count))));
                return object;
              },
              Part::main, false);
          EXPECT_TRUE(changed);
          ++done;
        },
        asio::detached);
  }
  auto guard = asio::make_work_guard(io_);
  io_.restart();
  while (done < kWriters) io_.run_one();
  run([&]() -> asio::awaitable<void> {
    auto object = co_await store_->get(pipelines_, "p", "counter");
    EXPECT_TRUE(object);
    if (object) EXPECT_EQ(annotation(*object, "count"), std::to_string(kWriters));
  });
}

TEST_F(Store, AWatcherWakesForWhatItSelectsOnly) {
  run([&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await store_->create(namespaces_, "", named("p"), false));
    auto start = co_await store_->list(pipelines_, {});
    WatchOptions options;
    options.namespace_ = "p";
    options.labels = *LabelSelector::parse("k=1");
    options.from = start->resource_version;
    auto watcher = store_->watch(pipelines_, options);
    const auto soon = [] { return std::chrono::steady_clock::now() + std::chrono::seconds(60); };
    EXPECT_TRUE(co_await store_->create(pipelines_, "p", named("unlabelled"), false));
    auto object = named("a");
    set_label(object, "k", "1");
    auto made = co_await store_->create(pipelines_, "p", object, false);
    auto events = co_await watcher->next(soon());
    EXPECT_TRUE(events);
    if (!events) co_return;
    EXPECT_EQ(events->size(), 1u);
    EXPECT_EQ(meta_text(events->front().object, "name"), "a");
    set_label(*made, "k", "2");
    EXPECT_TRUE(co_await store_->update(pipelines_, "p", "a", *made, Part::main, false));
    events = co_await watcher->next(soon());
    EXPECT_TRUE(events && events->size() == 1u && events->front().kind == WatchEvent::Kind::deleted)
        << "leaving the selection is a deletion for the watcher";
    // Nothing comes any more: the deadline ends the wait.
    events = co_await watcher->next(std::chrono::steady_clock::now());
    EXPECT_TRUE(events && events->empty());
  });
}

TEST_F(Store, AWatcherOfAnotherKindStandsWhereTheStoreIs) {
  run([&]() -> asio::awaitable<void> {
    auto first = co_await store_->create(namespaces_, "", named("p"), false);
    WatchOptions options;
    options.from = std::stoll(meta_text(*first, "resourceVersion"));
    auto watcher = store_->watch(pipelines_, options);
    std::optional<std::string> seen;
    asio::co_spawn(
        io_,
        [&]() -> asio::awaitable<void> {
          auto events = co_await watcher->next(std::chrono::steady_clock::now() + std::chrono::minutes(2));
          seen = events && events->size() == 1 ? meta_text(events->front().object, "name") : "nothing";
        },
        asio::detached);
    for (const auto* name : {"q", "r", "s"}) {
      auto made = co_await store_->create(namespaces_, "", named(name), false);
      const auto version = std::stoll(meta_text(*made, "resourceVersion"));
      for (int i = 0; i < 1000 && watcher->position() < version; ++i) co_await store_->list(pipelines_, {});
      EXPECT_GE(watcher->position(), version);
    }
    EXPECT_FALSE(seen);
    EXPECT_TRUE(co_await store_->create(pipelines_, "p", named("a"), false));
    for (int i = 0; i < 1000 && !seen; ++i) co_await store_->list(pipelines_, {});
    EXPECT_EQ(seen, "a");
  });
}

TEST_F(Store, DeletingAProjectGoesOnBetweenOtherWrites) {
  run([&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await store_->create(namespaces_, "", named("p"), false));
    for (int i = 0; i < 300; ++i) {
      EXPECT_TRUE(co_await store_->create(pipelines_, "p", named("n" + std::to_string(i)), false));
    }
    auto before = co_await store_->list(namespaces_, {});
    WatchOptions options;
    options.from = before->resource_version;
    auto watcher = store_->watch(namespaces_, options);
    EXPECT_TRUE(co_await store_->remove(namespaces_, "", "p", {}));
    EXPECT_TRUE(co_await store_->create(namespaces_, "", named("q"), false));
    // The namespace goes when its content has gone: a watcher sees it.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (std::chrono::steady_clock::now() < deadline) {
      auto events = co_await watcher->next(deadline);
      EXPECT_TRUE(events);
      if (!events) co_return;
      for (const auto& event : *events) {
        if (event.kind == WatchEvent::Kind::deleted && meta_text(event.object, "name") == "p") {
          auto left = co_await store_->list(pipelines_, {});
          EXPECT_TRUE(left && left->items.empty());
          co_return;
        }
      }
    }
    ADD_FAILURE() << "the namespace does not go away";
  });
}

}  // namespace
}  // namespace windlass::objects
