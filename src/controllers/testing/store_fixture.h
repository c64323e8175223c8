// For tests of controllers: an embedded store in a folder of its own, an io_context to turn, and a store in front that
// fails on demand.
#pragma once

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

#include "data/json.h"
#include "objects/embedded_store.h"
#include "objects/metadata.h"

namespace windlass::controllers {

class PlainSealer final : public objects::Sealer {
 public:
  std::string seal(std::string_view plain, std::string_view) override { return std::string(plain); }
  Result<std::string> open(std::string_view sealed, std::string_view) override { return std::string(sealed); }
};

/// Forwards everything; watches and lists fail as often as they are told.
class FailingStore final : public objects::ObjectStore {
 public:
  explicit FailingStore(objects::ObjectStore& inner) : inner_(inner) {}
  int expire_watches = 0;  ///< so many calls of next() give 410
  int fail_lists = 0;
  int fail_writes = 0;
  int lists = 0;
  int watches = 0;
  int writes = 0;
  std::vector<std::string> read;  ///< "secrets p/name"

  objects::ApiTask<data::Value> get(const objects::ResourceType& type, std::string space, std::string name) override {
    read.push_back(std::string(type.plural) + " " + space + "/" + name);
    return inner_.get(type, std::move(space), std::move(name));
  }
  objects::ApiTask<objects::ListResult> list(const objects::ResourceType& type, objects::ListOptions options) override {
    ++lists;
    if (fail_lists > 0) {
      --fail_lists;
      co_return objects::unavailable("the disk is full");
    }
    co_return co_await inner_.list(type, std::move(options));
  }
  objects::ApiTask<data::Value> create(const objects::ResourceType& type, std::string space, data::Value object,
                                       bool dry_run) override {
    if (!may_write()) co_return objects::unavailable("the disk is full");
    co_return co_await inner_.create(type, std::move(space), std::move(object), dry_run);
  }
  objects::ApiTask<data::Value> update(const objects::ResourceType& type, std::string space, std::string name,
                                       data::Value object, objects::Part part, bool dry_run) override {
    if (!may_write()) co_return objects::unavailable("the disk is full");
    co_return co_await inner_.update(type, std::move(space), std::move(name), std::move(object), part, dry_run);
  }
  objects::ApiTask<data::Value> modify(const objects::ResourceType& type, std::string space, std::string name,
                                       objects::Modifier modifier, objects::Part part, bool dry_run) override {
    if (!may_write()) co_return objects::unavailable("the disk is full");
    co_return co_await inner_.modify(type, std::move(space), std::move(name), std::move(modifier), part, dry_run);
  }
  objects::ApiTask<data::Value> remove(const objects::ResourceType& type, std::string space, std::string name,
                                       objects::DeleteOptions options) override {
    return inner_.remove(type, std::move(space), std::move(name), std::move(options));
  }
  std::unique_ptr<objects::Watcher> watch(const objects::ResourceType& type, objects::WatchOptions options) override {
    ++watches;
    return std::make_unique<ExpiringWatcher>(*this, inner_.watch(type, std::move(options)));
  }

 private:
  class ExpiringWatcher final : public objects::Watcher {
   public:
    ExpiringWatcher(FailingStore& store, std::unique_ptr<objects::Watcher> inner)
        : store_(store), inner_(std::move(inner)) {}
    objects::ApiTask<std::vector<objects::WatchEvent>> next(std::chrono::steady_clock::time_point deadline) override {
      auto out = co_await inner_->next(deadline);
      if (store_.expire_watches > 0) {
        --store_.expire_watches;
        co_return objects::expired("too old resource version");
      }
      co_return out;
    }
    [[nodiscard]] std::int64_t position() const override { return inner_->position(); }
    void wake() override { inner_->wake(); }

   private:
    FailingStore& store_;
    std::unique_ptr<objects::Watcher> inner_;
  };
  bool may_write() {
    ++writes;
    if (fail_writes == 0) return true;
    --fail_writes;
    return false;
  }
  objects::ObjectStore& inner_;
};

class StoreFixture : public ::testing::Test {
 protected:
  StoreFixture() {
    std::string folder = (std::filesystem::temp_directory_path() / "controllers-XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
    objects::EmbeddedStoreOptions options;
    options.path = folder_ + "/objects.db";
    options.now_millis = [this] { return now_.load(); };
    options.random = [this] { return random_ += 0x9E3779B97F4A7C15ULL; };
    auto opened = objects::EmbeddedStore::open(io_, sealer_, options);
    EXPECT_TRUE(opened) << opened.error().message;
    embedded_ = std::move(*opened);
    store_ = std::make_unique<FailingStore>(*embedded_);
  }
  ~StoreFixture() override {
    embedded_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// Runs a call of the store to its end and gives its answer.
  template <class T>
  objects::Outcome<T> wait(objects::ApiTask<T> task) {
    std::optional<objects::Outcome<T>> out;
    boost::asio::co_spawn(
        io_, [&]() -> boost::asio::awaitable<void> { out = co_await std::move(task); }, boost::asio::detached);
    turn_until([&] { return out.has_value(); });
    return out ? std::move(*out) : objects::Outcome<T>(objects::internal("the call did not end"));
  }
  /// Turns the loop until it is so, looking after every handler, so that nothing is passed over; a failure after a
  /// minute.
  template <class F>
  void turn_until(F so) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    auto guard = boost::asio::make_work_guard(io_);
    io_.restart();
    while (!so()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << "it does not come about";
      io_.run_one_for(std::chrono::milliseconds(5));
    }
  }
  /// Lets everything come to its end: after the stop of all controllers nothing may be left to run.
  bool drains() {
    io_.restart();
    io_.run_for(std::chrono::seconds(60));
    return io_.stopped();
  }

  static const objects::ResourceType& type(std::string_view kind) {
    for (const auto& one : objects::resource_types()) {
      if (one.kind == kind) return one;
    }
    std::abort();
  }
  static data::Value json(std::string_view text) {
    auto value = data::parse_json(text);
    EXPECT_TRUE(value) << text;
    return value ? std::move(*value) : data::Value();
  }
  data::Value create(std::string_view kind, const std::string& space, data::Value object) {
    auto made = wait(embedded_->create(type(kind), space, std::move(object), false));
    EXPECT_TRUE(made) << made.error().message;
    return made ? std::move(*made) : data::Value();
  }
  data::Value create(std::string_view kind, const std::string& space, const char* text) {
    return create(kind, space, json(text));
  }
  std::optional<data::Value> get(std::string_view kind, const std::string& space, const std::string& name) {
    auto found = wait(embedded_->get(type(kind), space, name));
    if (!found) return std::nullopt;
    return std::move(*found);
  }
  std::vector<data::Value> list(std::string_view kind, const std::string& space = "") {
    objects::ListOptions options;
    options.namespace_ = space;
    auto found = wait(embedded_->list(type(kind), options));
    return found ? std::move(found->items) : std::vector<data::Value>();
  }
  std::int64_t newest() {
    objects::ListOptions options;
    options.limit = 1;
    auto found = wait(embedded_->list(type("Namespace"), options));
    return found ? found->resource_version : 0;
  }
  /// Until each of the controllers has been told of everything and has done all that was due.
  template <class Controllers>
  void settle(Controllers controllers) {
    for (std::int64_t version = 0; version != newest();) {
      version = newest();
      turn_until([&] {
        return std::all_of(controllers.begin(), controllers.end(),
                           [&](const auto* one) { return one->position() >= version && one->idle(); });
      });
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
  void remove(std::string_view kind, const std::string& space, const std::string& name) {
    auto gone = wait(embedded_->remove(type(kind), space, name, {}));
    EXPECT_TRUE(gone) << gone.error().message;
  }

  boost::asio::io_context io_{1};
  PlainSealer sealer_;
  std::string folder_;
  std::atomic<std::int64_t> now_ = 1'700'000'000'000;
  std::atomic<std::uint64_t> random_ = 1;
  std::unique_ptr<objects::EmbeddedStore> embedded_;
  std::unique_ptr<FailingStore> store_;
};

}  // namespace windlass::controllers
