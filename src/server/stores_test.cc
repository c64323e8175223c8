// One table of promises, asked of both stores: the embedded one, and a cluster's, whose API server here is our own
// Kubernetes surface over an embedded store, spoken to over a socket. What controllers rely on is the same with either.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <optional>

#include "cluster/cluster_store.h"
#include "cluster/connection.h"
#include "kubeapi/kube_api.h"
#include "net/http_server.h"
#include "objects/embedded_store.h"
#include "objects/metadata.h"

namespace windlass::server {
namespace {

namespace asio = boost::asio;
using data::Value;
using objects::Outcome;
using objects::Part;
using objects::WatchEvent;

class PlainSealer final : public objects::Sealer {
 public:
  std::string seal(std::string_view plain, std::string_view) override { return std::string(plain); }
  Result<std::string> open(std::string_view sealed, std::string_view) override { return std::string(sealed); }
};

enum class Kind : std::uint8_t { embedded, cluster };

class Stores : public ::testing::TestWithParam<Kind> {
 protected:
  Stores() {
    std::string folder = (std::filesystem::temp_directory_path() / "stores-XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
    objects::EmbeddedStoreOptions options;
    options.path = folder_ + "/objects.db";
    options.now_millis = [this] { return now_ += 1000; };
    options.random = [this] { return random_ += 0x9E3779B97F4A7C15ULL; };
    embedded_ = std::move(*objects::EmbeddedStore::open(io_, sealer_, std::move(options)));
    store_ = embedded_.get();
    if (GetParam() == Kind::cluster) serve();
    must(wait(store_->create(type("namespaces"), "", named("p"))));
  }
  ~Stores() override {
    if (connection_) {
      connection_->close();
      http_->stop(std::chrono::seconds(0));
      io_.restart();
      io_.run_for(std::chrono::seconds(5));
    }
    cluster_.reset();
    connection_.reset();
    http_.reset();
    embedded_.reset();
    std::filesystem::remove_all(folder_);
  }

  void serve() {
    api_ = std::make_unique<kubeapi::KubeApi>(*embedded_, [this] { return now_.load(); }, "test");
    http_ = std::make_unique<net::HttpServer>(
        io_, net::HttpServerOptions{},
        [this](net::Request request) {
          rights::User admin;
          admin.name = "admin";
          admin.global = rights::GlobalRole::admin;
          return api_->handle(std::move(request), admin);
        },
        [](std::string_view) {});
    const auto bound = http_->listen("127.0.0.1:0");
    ASSERT_TRUE(bound);
    kube::Access access;
    access.name = "test";
    access.server = *net::parse_url("http://" + *bound, "x");
    connection_ = std::move(*cluster::Connection::make(io_, access, kube::real_surroundings({"NO_PROXY=*"}), "test",
                                                       cluster::Connection::Use::objects));
    cluster_ = std::make_unique<cluster::ClusterStore>(connection_->client());
    store_ = cluster_.get();
  }

  template <class T>
  Outcome<T> wait(objects::ApiTask<T> task) {
    std::optional<Outcome<T>> out;
    asio::co_spawn(io_, [&]() -> asio::awaitable<void> { out = co_await std::move(task); }, asio::detached);
    turn_until([&] { return out.has_value(); });
    return out ? std::move(*out) : Outcome<T>(objects::internal("the call did not end"));
  }
  template <class F>
  void turn_until(F so) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    auto guard = asio::make_work_guard(io_);
    io_.restart();
    while (!so() && std::chrono::steady_clock::now() < end) io_.run_one_for(std::chrono::milliseconds(5));
    EXPECT_TRUE(so()) << "it does not come about";
  }
  template <class T>
  static T must(Outcome<T> outcome) {
    EXPECT_TRUE(outcome) << outcome.error().code << " " << outcome.error().message;
    return outcome ? std::move(*outcome) : T();
  }
  template <class T>
  static int code(const Outcome<T>& outcome) {
    return outcome ? 200 : outcome.error().code;
  }
  static const objects::ResourceType& type(std::string_view plural) {
    for (const auto& one : objects::resource_types()) {
      if (one.plural == plural) return one;
    }
    std::abort();
  }
  static Value named(const std::string& name) { return Value::map_of("metadata", Value::map_of("name", name)); }
  static std::chrono::steady_clock::time_point soon() {
    return std::chrono::steady_clock::now() + std::chrono::seconds(30);
  }
  /// The next events, but for bookmarks.
  std::vector<WatchEvent> events(objects::Watcher& watcher, std::size_t count) {
    std::vector<WatchEvent> out;
    while (out.size() < count) {
      auto some = wait(watcher.next(soon()));
      EXPECT_TRUE(some) << some.error().message;
      if (!some || some->empty()) break;
      for (auto& event : *some) {
        if (event.kind != WatchEvent::Kind::bookmark) out.push_back(std::move(event));
      }
    }
    return out;
  }

  asio::io_context io_{1};
  PlainSealer sealer_;
  std::string folder_;
  std::atomic<std::int64_t> now_ = 1'700'000'000'000;
  std::atomic<std::uint64_t> random_ = 1;
  std::unique_ptr<objects::EmbeddedStore> embedded_;
  std::unique_ptr<kubeapi::KubeApi> api_;
  std::unique_ptr<net::HttpServer> http_;
  std::unique_ptr<cluster::Connection> connection_;
  std::unique_ptr<cluster::ClusterStore> cluster_;
  objects::ObjectStore* store_ = nullptr;
};

TEST_P(Stores, WhatIsMadeIsThereAndWhatIsWrongSaysSo) {
  const auto made = must(wait(store_->create(type("pipelines"), "p", named("a"))));
  EXPECT_EQ(made.get_string("kind"), "Pipeline");
  EXPECT_FALSE(objects::meta_text(made, "uid").empty());
  EXPECT_EQ(objects::meta_text(made, "namespace"), "p");
  EXPECT_EQ(must(wait(store_->get(type("pipelines"), "p", "a"))), made);
  EXPECT_EQ(code(wait(store_->create(type("pipelines"), "p", named("a")))), 409);
  EXPECT_EQ(code(wait(store_->get(type("pipelines"), "p", "b"))), 404);
  EXPECT_EQ(code(wait(store_->create(type("pipelines"), "nowhere", named("a")))), 404);
  EXPECT_EQ(code(wait(store_->create(type("pipelines"), "p", named("Not a name")))), 422);
  auto elsewhere = named("c");
  objects::set_meta(elsewhere, "namespace", "q");
  EXPECT_EQ(code(wait(store_->create(type("pipelines"), "p", elsewhere))), 400);
  // Names that are made.
  const auto generated = Value::map_of("metadata", Value::map_of("generateName", "run-"));
  const auto one = must(wait(store_->create(type("pipelineruns"), "p", generated)));
  const auto two = must(wait(store_->create(type("pipelineruns"), "p", generated)));
  EXPECT_TRUE(objects::meta_text(one, "name").starts_with("run-"));
  EXPECT_EQ(objects::meta_text(one, "name").size(), 9u);
  EXPECT_NE(objects::meta_text(one, "name"), objects::meta_text(two, "name"));
  // Nothing is written that was only to be tried.
  EXPECT_EQ(code(wait(store_->create(type("pipelines"), "p", named("tried"), true))), 200);
  EXPECT_EQ(code(wait(store_->get(type("pipelines"), "p", "tried"))), 404);
}

TEST_P(Stores, ListsSelectAndComeInParts) {
  for (int i = 0; i < 7; ++i) {
    auto run = named("r" + std::to_string(i));
    objects::set_label(run, "devops.kubesphere.io/pipeline", i % 2 == 0 ? "even" : "odd");
    must(wait(store_->create(type("pipelineruns"), "p", run)));
  }
  EXPECT_EQ(must(wait(store_->list(type("pipelineruns"), {}))).items.size(), 7u);
  objects::ListOptions even;
  even.namespace_ = "p";
  even.labels = *objects::LabelSelector::parse("devops.kubesphere.io/pipeline in (even,none)");
  EXPECT_EQ(must(wait(store_->list(type("pipelineruns"), even))).items.size(), 4u);
  objects::ListOptions alone;
  alone.fields = *objects::FieldSelector::parse("metadata.name=r3");
  const auto found = must(wait(store_->list(type("pipelineruns"), alone)));
  ASSERT_EQ(found.items.size(), 1u);
  EXPECT_EQ(found.items[0].get_string("kind"), "PipelineRun");
  objects::ListOptions part;
  part.limit = 3;
  std::vector<std::string> names;
  int parts = 0;
  do {
    auto some = must(wait(store_->list(type("pipelineruns"), part)));
    for (const auto& run : some.items) names.push_back(objects::meta_text(run, "name"));
    part.continue_ = some.continue_;
    ++parts;
  } while (!part.continue_.empty() && parts < 10);
  EXPECT_EQ(parts, 3);
  EXPECT_EQ(names, (std::vector<std::string>{"r0", "r1", "r2", "r3", "r4", "r5", "r6"}));
  objects::ListOptions newest;
  newest.namespace_ = "p";
  newest.labels = even.labels;
  newest.newest_first = true;
  newest.offset = 1;
  newest.limit = 2;
  const auto latest = must(wait(store_->list(type("pipelineruns"), newest)));
  EXPECT_EQ(latest.total, 4u);
  ASSERT_EQ(latest.items.size(), 2u);
  EXPECT_EQ(objects::meta_text(latest.items[0], "name"), "r4");
  EXPECT_EQ(objects::meta_text(latest.items[1], "name"), "r2");
}

TEST_P(Stores, WritesFitTogetherOrAreRefused) {
  const auto made = must(wait(store_->create(type("pipelineruns"), "p", named("r"))));
  auto changed = made;
  objects::set_annotation(changed, "a", "1");
  changed.set("status", Value::map_of("phase", "Running"));
  const auto first = must(wait(store_->update(type("pipelineruns"), "p", "r", changed)));
  EXPECT_EQ(objects::annotation(first, "a"), "1");
  EXPECT_EQ(first.find("status"), nullptr) << "the status is written apart";
  EXPECT_EQ(code(wait(store_->update(type("pipelineruns"), "p", "r", changed))), 409) << "by an old version";
  objects::erase_meta(changed, "resourceVersion");
  EXPECT_EQ(code(wait(store_->update(type("pipelineruns"), "p", "r", changed, Part::status))), 200);
  const auto now = must(wait(store_->get(type("pipelineruns"), "p", "r")));
  ASSERT_NE(now.find("status"), nullptr);
  EXPECT_EQ(now.find("status")->get_string("phase"), "Running");
  EXPECT_EQ(objects::annotation(now, "a"), "1");
  // What changes nothing makes no version.
  const auto same =
      must(wait(store_->modify(type("pipelineruns"), "p", "r", [](Value object) -> Outcome<Value> { return object; })));
  EXPECT_EQ(objects::meta_text(same, "resourceVersion"), objects::meta_text(now, "resourceVersion"));
  EXPECT_EQ(code(wait(store_->modify(type("pipelineruns"), "p", "r",
                                     [](Value) -> Outcome<Value> { return objects::bad_request("no"); }))),
            400);
  EXPECT_EQ(
      code(wait(store_->modify(type("pipelineruns"), "p", "x", [](Value object) -> Outcome<Value> { return object; }))),
      404);
}

TEST_P(Stores, ManyAtOnceLoseNothing) {
  must(wait(store_->create(type("pipelines"), "p", named("counter"))));
  constexpr int kWriters = 8;
  int done = 0;
  for (int i = 0; i < kWriters; ++i) {
    asio::co_spawn(
        io_,
        [&]() -> asio::awaitable<void> {
          auto changed = co_await store_->modify(type("pipelines"), "p", "counter", [](Value object) -> Outcome<Value> {
            const auto count = objects::annotation(object, "count");
            objects::set_annotation(object, "count", std::to_string(1 + (count.empty() ? 0 : std::stoi(count))));
            return object;
          });
          EXPECT_TRUE(changed) << changed.error().message;
          ++done;
        },
        asio::detached);
  }
  turn_until([&] { return done == kWriters; });
  EXPECT_EQ(objects::annotation(must(wait(store_->get(type("pipelines"), "p", "counter"))), "count"), "8");
}

TEST_P(Stores, ADeletionWaitsForFinalizersAndKnowsWhom) {
  auto object = named("a");
  objects::set_finalizers(object, {"windlass.io/x"});
  const auto made = must(wait(store_->create(type("pipelines"), "p", object)));
  objects::DeleteOptions other;
  other.uid = "somebody-else";
  EXPECT_EQ(code(wait(store_->remove(type("pipelines"), "p", "a", other))), 409);
  const auto waits = must(wait(store_->remove(type("pipelines"), "p", "a")));
  EXPECT_TRUE(objects::is_being_deleted(waits));
  // What is on its way out gets no new finalizer; with its last one it goes.
  const auto more = must(wait(store_->modify(type("pipelines"), "p", "a", [](Value one) -> Outcome<Value> {
    objects::set_finalizers(one, {"windlass.io/x", "windlass.io/y"});
    return one;
  })));
  EXPECT_EQ(objects::finalizers_of(more), std::vector<std::string>{"windlass.io/x"});
  must(wait(store_->modify(type("pipelines"), "p", "a", [](Value one) -> Outcome<Value> {
    objects::set_finalizers(one, {});
    return one;
  })));
  EXPECT_EQ(code(wait(store_->get(type("pipelines"), "p", "a"))), 404);
  EXPECT_EQ(code(wait(store_->remove(type("pipelines"), "p", "a"))), 404);
  // One without is gone at once.
  must(wait(store_->create(type("pipelines"), "p", named("b"))));
  EXPECT_EQ(objects::meta_text(must(wait(store_->remove(type("pipelines"), "p", "b"))), "name"), "b");
  EXPECT_EQ(code(wait(store_->get(type("pipelines"), "p", "b"))), 404);
}

TEST_P(Stores, AWatchTellsWhatHappensBehindTheList) {
  must(wait(store_->create(type("pipelines"), "p", named("before"))));
  const auto start = must(wait(store_->list(type("pipelines"), {}))).resource_version;
  objects::WatchOptions options;
  options.labels = *objects::LabelSelector::parse("k=1");
  options.from = start;
  const auto watcher = store_->watch(type("pipelines"), options);
  must(wait(store_->create(type("pipelines"), "p", named("other"))));
  auto object = named("a");
  objects::set_label(object, "k", "1");
  auto made = must(wait(store_->create(type("pipelines"), "p", object)));
  auto told = events(*watcher, 1);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].kind, WatchEvent::Kind::added);
  EXPECT_EQ(told[0].object.get_string("kind"), "Pipeline");
  EXPECT_EQ(std::to_string(told[0].version), objects::meta_text(made, "resourceVersion"));
  EXPECT_GE(watcher->position(), told[0].version);
  objects::set_annotation(made, "x", "1");
  made = must(wait(store_->update(type("pipelines"), "p", "a", made)));
  told = events(*watcher, 1);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].kind, WatchEvent::Kind::modified);
  // What leaves the selection is gone for who watches it.
  objects::set_label(made, "k", "2");
  must(wait(store_->update(type("pipelines"), "p", "a", made)));
  told = events(*watcher, 1);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].kind, WatchEvent::Kind::deleted);
  const auto none = must(wait(watcher->next(std::chrono::steady_clock::now() + std::chrono::milliseconds(20))));
  EXPECT_TRUE(none.empty());
}

INSTANTIATE_TEST_SUITE_P(Both, Stores, ::testing::Values(Kind::embedded, Kind::cluster), [](const auto& one) {
  return one.param == Kind::embedded ? std::string("embedded") : std::string("cluster");
});

}  // namespace
}  // namespace windlass::server
