// Rights that are bound where they are needed: which requests an API server sees, and what follows from its answers.
#include "cluster/project_store.h"

#include <algorithm>

#include "cluster/project_watcher.h"
#include "cluster/testing/small_server.h"
#include "objects/metadata.h"
#include "text/codec.h"

namespace windlass::cluster {
namespace {

using namespace std::chrono_literals;
using data::Value;
using net::Reply;

constexpr std::string_view kBinding = "/apis/rbac.authorization.k8s.io/v1/namespaces/p/rolebindings/windlass-project";
constexpr std::string_view kBindings = "/apis/rbac.authorization.k8s.io/v1/namespaces/p/rolebindings";
constexpr std::string_view kReviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
constexpr std::string_view kFinalizer = "windlass.io/project-rights";

const objects::ResourceType& type(std::string_view plural) {
  for (const auto& one : objects::resource_types()) {
    if (one.plural == plural) return one;
  }
  std::abort();
}

/// A cluster that knows us as system:serviceaccount:sys:windlass, with the roles that are bound in it.
struct World : SmallWorld {
  World() {
    const auto claims =
        text::encode_base64(R"({"sub":"system:serviceaccount:sys:windlass"})", text::Base64::url, false);
    token = "h." + claims + ".s";
    client = make_client(30s);
    server.answer = [this](const Asked& one) { return reply(one); };
    project("p");
  }

  void project(const std::string& name, bool leaves = false) {
    auto metadata = Value::map_of("name", name, "labels", Value::map_of("kubesphere.io/devopsproject", name),
                                  "resourceVersion", std::to_string(++store.version));
    if (leaves) metadata.set("deletionTimestamp", "2030-01-01T00:00:00Z");
    store.objects["/api/v1/namespaces/" + name] =
        Value::map_of("apiVersion", "v1", "kind", "Namespace", "metadata", std::move(metadata));
  }
  void secret(const std::string& space, const std::string& name, const std::string& finalizer = "") {
    auto metadata = Value::map_of("name", name, "namespace", space, "resourceVersion", std::to_string(++store.version));
    if (!finalizer.empty()) metadata.set("finalizers", Value::list_of(finalizer));
    store.objects["/api/v1/namespaces/" + space + "/secrets/" + name] =
        Value::map_of("apiVersion", "v1", "kind", "Secret", "metadata", std::move(metadata));
  }

  [[nodiscard]] bool is_bound(const std::string& space) const {
    auto path = std::string(kBinding);
    path.replace(path.find("/p/") + 1, 1, space);
    return store.objects.contains(path);
  }

  Reply reply(const Asked& one) {
    const auto path = one.target.substr(0, one.target.find('?'));
    if (path == kReviews) {
      const bool allowed = is_bound(one.body.find("spec")->find("resourceAttributes")->get_string("namespace")) && sees;
      return Reply::json(201, std::string(R"({"status":{"allowed":)") + (allowed ? "true}}" : "false}}"));
    }
    if (one.target.find("watch=") != std::string::npos) return watch_answer();
    for (const auto* plural : {"/secrets", "/configmaps"}) {
      const auto at = path.find(plural);
      if (at == std::string::npos || path.find("/namespaces/") == std::string::npos) continue;
      const auto space =
          path.substr(std::string("/api/v1/namespaces/").size(), at - std::string("/api/v1/namespaces/").size());
      if (!is_bound(space)) return SmallServer::failure(403, "Forbidden", "secrets");
      if (path.ends_with(plural) && one.method == "GET") return list(path + "/", one.target);
    }
    if (path == "/api/v1/namespaces" && one.method == "GET") return list(path + "/", one.target);
    return store.answer(one);
  }

  static Reply watch_answer() {
    Reply out;
    out.pieces = {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"};
    out.then = Reply::Then::silence;
    return out;
  }

  /// In pages of the size that was asked for; what follows is named by its place.
  Reply list(const std::string& under, const std::string& target) const {
    const auto number = [&](const std::string& key) -> std::size_t {
      const auto at = target.find(key + "=");
      return at == std::string::npos ? 0 : std::strtoul(target.c_str() + at + key.size() + 1, nullptr, 10);
    };
    const std::size_t limit = number("limit"), from = number("continue");
    Value items = Value::list();
    std::size_t at = 0;
    Value metadata = Value::map_of("resourceVersion", std::to_string(store.version));
    for (const auto& [path, object] : store.objects) {
      if (!path.starts_with(under) || path.find('/', under.size()) != std::string::npos) continue;
      if (at++ < from) continue;
      if (limit != 0 && items.size() == limit) {
        metadata.set("continue", std::to_string(at - 1));
        break;
      }
      items.push(object);
    }
    return Reply::json(200, data::format_json(Value::map_of("kind", "List", "metadata", metadata, "items", items)));
  }

  [[nodiscard]] std::size_t count(const std::string& method, std::string_view path) const {
    return static_cast<std::size_t>(std::ranges::count_if(server.asked, [&](const Asked& one) {
      return one.method == method && one.target.substr(0, one.target.find('?')) == path;
    }));
  }

  /// Which of the streams is the watch of that path.
  [[nodiscard]] std::size_t stream_of(std::string_view path) const {
    std::size_t at = 0;
    for (const auto& one : server.asked) {
      if (one.target.find("watch=") == std::string::npos) continue;
      if (one.target.substr(0, one.target.find('?')) == path) return at;
      ++at;
    }
    return at;
  }

  ProjectStore make(std::vector<std::string>* log = nullptr) {
    ProjectRightsOptions rights;
    rights.role = "windlass-project";
    if (log != nullptr) rights.log = [log](std::string_view line) { log->emplace_back(line); };
    return {*client, {}, std::move(rights)};
  }

  bool sees = true;  ///< the API server has learned of bindings
};

TEST(ProjectStore, TheFirstCallInAProjectBindsAndTheNextDoesNot) {
  World world;
  world.secret("p", "a");
  std::vector<std::string> log;
  auto store = world.make(&log);
  ASSERT_TRUE(world.wait(store.get(type("secrets"), "p", "a")));
  ASSERT_TRUE(world.is_bound("p"));
  const auto& binding = world.store.objects[std::string(kBinding)];
  EXPECT_EQ(binding.find("roleRef")->get_string("kind"), "ClusterRole");
  EXPECT_EQ(binding.find("roleRef")->get_string("name"), "windlass-project");
  EXPECT_EQ(*binding.find("subjects"),
            Value::list_of(Value::map_of("kind", "ServiceAccount", "name", "windlass", "namespace", "sys")));
  EXPECT_EQ(objects::finalizers_of(binding), std::vector<std::string>{std::string(kFinalizer)});
  EXPECT_EQ(log.size(), 1U);
  const auto before = world.server.asked.size();
  ASSERT_TRUE(world.wait(store.get(type("secrets"), "p", "a")));
  EXPECT_EQ(world.server.asked.size(), before + 1);
}

TEST(ProjectStore, KindsOfOursNeedNoBinding) {
  World world;
  auto store = world.make();
  const auto missing = world.wait(store.get(type("pipelines"), "p", "x"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, 404);
  EXPECT_EQ(world.server.asked.size(), 1U);
}

TEST(ProjectStore, ANamespaceThatIsNoProjectsIsNeverBound) {
  World world;
  world.store.objects["/api/v1/namespaces/kube-system"] =
      Value::map_of("metadata", Value::map_of("name", "kube-system"));
  auto store = world.make();
  for (const auto* space : {"kube-system", "nowhere"}) {
    const auto refused = world.wait(store.get(type("secrets"), space, "a"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, 403);
    EXPECT_NE(refused.error().message.find("is no project's"), std::string::npos);
  }
  EXPECT_TRUE(std::ranges::none_of(world.server.asked, [](const Asked& one) { return one.method == "POST"; }));
}

TEST(ProjectStore, ManyAtOnceBindOnce) {
  World world;
  world.secret("p", "a");
  auto store = world.make();
  int done = 0;
  for (int i = 0; i < 5; ++i) {
    boost::asio::co_spawn(
        world.io,
        [&]() -> boost::asio::awaitable<void> {
          const auto got = co_await store.get(type("secrets"), "p", "a");
          EXPECT_TRUE(got);
          ++done;
        },
        boost::asio::detached);
  }
  ASSERT_TRUE(world.timers.run_until([&] { return done == 5; }));
  EXPECT_EQ(world.count("POST", kBindings), 1U);
}

TEST(ProjectStore, WaitsUntilTheServerHasLearnedOfTheBinding) {
  World world;
  world.secret("p", "a");
  world.sees = false;
  auto store = world.make();
  std::optional<objects::Outcome<Value>> out;
  boost::asio::co_spawn(
      world.io, [&]() -> boost::asio::awaitable<void> { out = co_await store.get(type("secrets"), "p", "a"); },
      boost::asio::detached);
  ASSERT_FALSE(world.timers.run_until([&] { return out.has_value(); }, world.timers.now() + 1s));
  world.sees = true;
  ASSERT_TRUE(world.timers.run_until([&] { return out.has_value(); }, world.timers.now() + 1s));
  EXPECT_TRUE(*out);
}

TEST(ProjectStore, RightsThatSomebodyTookAwayAreBoundAgain) {
  World world;
  world.secret("p", "a");
  auto store = world.make();
  ASSERT_TRUE(world.wait(store.get(type("secrets"), "p", "a")));
  world.store.objects.erase(std::string(kBinding));
  ASSERT_TRUE(world.wait(store.get(type("secrets"), "p", "a")));
  EXPECT_EQ(world.count("POST", kBindings), 2U);
}

TEST(ProjectStore, ABindingForSomebodyElseIsNotOurs) {
  World world;
  world.store.objects[std::string(kBinding)] =
      Value::map_of("metadata", Value::map_of("name", "windlass-project"), "roleRef",
                    Value::map_of("kind", "ClusterRole", "name", "windlass-project"), "subjects",
                    Value::list_of(Value::map_of("kind", "ServiceAccount", "name", "other", "namespace", "sys")));
  auto store = world.make();
  const auto refused = world.wait(store.get(type("secrets"), "p", "a"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, 403);
  EXPECT_NE(refused.error().message.find("is not for this server; delete it"), std::string::npos);
}

TEST(ProjectStore, AllNamespacesAreThoseOfProjects) {
  World world;
  world.project("a");
  world.project("a-b");
  world.project("z");
  for (const auto* space : {"a", "a-b", "p", "z"}) {
    for (const auto* name : {"1", "2", "3"}) world.secret(space, name);
  }
  auto store = world.make();
  const auto all = world.wait(store.list(type("secrets"), {}));
  ASSERT_TRUE(all);
  EXPECT_EQ(all->items.size(), 12U);
  // In parts: each once, whatever their size.
  for (std::size_t limit = 1; limit <= 13; ++limit) {
    std::vector<std::string> names;
    objects::ListOptions part;
    part.limit = limit;
    do {
      auto got = world.wait(store.list(type("secrets"), part));
      ASSERT_TRUE(got) << got.error().message;
      EXPECT_LE(got->items.size(), limit);
      for (const auto& one : got->items) {
        names.push_back(objects::meta_text(one, "namespace") + "/" + objects::meta_text(one, "name"));
      }
      part.continue_ = got->continue_;
    } while (!part.continue_.empty() && names.size() < 100);
    EXPECT_EQ(names.size(), 12U) << limit;
    EXPECT_EQ(std::ranges::unique(names).size(), 0U) << limit;
  }
}

std::string line(const std::string& kind, const Value& object) {
  return data::format_json(Value::map_of("type", kind, "object", object));
}

TEST(ProjectStore, AProjectThatComesIsListedAndFollowed) {
  World world;
  auto store = world.make();
  objects::WatchOptions options;
  options.from = world.store.version;
  auto watch = store.watch(type("secrets"), options);
  const auto soon = [&] { return world.timers.now() + 1s; };
  ASSERT_TRUE(world.wait(watch->next(soon())));
  // The namespaces, and those of the project that was there.
  ASSERT_EQ(world.server.streams.size(), 2U);
  world.project("q");
  world.secret("q", "older");
  world.server.tell(world.stream_of("/api/v1/namespaces"), line("ADDED", world.store.objects["/api/v1/namespaces/q"]));
  auto events = world.wait(watch->next(soon()));
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ(objects::meta_text(events->front().object, "name"), "older");
  ASSERT_TRUE(world.wait(watch->next(soon())));
  ASSERT_EQ(world.server.streams.size(), 3U);
  world.secret("q", "newer");
  world.server.tell(2, line("ADDED", world.store.objects["/api/v1/namespaces/q/secrets/newer"]));
  events = world.wait(watch->next(soon()));
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ(objects::meta_text(events->front().object, "name"), "newer");
  EXPECT_TRUE(world.is_bound("q"));
  watch.reset();
}

TEST(ProjectStore, BeyondTheBoundNamespacesAreListedEachMinute) {
  World world;
  const auto many = ProjectWatcher::kMostWatched + 2;
  for (std::size_t i = 0; i < many; ++i) world.project("n" + std::to_string(1000 + i));
  auto store = world.make();
  objects::WatchOptions options;
  options.from = world.store.version;
  auto watch = store.watch(type("secrets"), options);
  ASSERT_TRUE(world.wait(watch->next(world.timers.now() + 5s)));
  EXPECT_EQ(world.server.streams.size(), ProjectWatcher::kMostWatched + 1);
  world.secret("p", "late");  // the last by name
  auto events = world.wait(watch->next(world.timers.now() + 120s));
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ(objects::meta_text(events->front().object, "name"), "late");
  // Once: what was told is not told again.
  events = world.wait(watch->next(world.timers.now() + 150s));
  ASSERT_TRUE(events);
  EXPECT_TRUE(events->empty());
  watch.reset();
}

TEST(ProjectStore, TheBindingOutlivesCredentialsOfANamespaceThatGoes) {
  World world;
  world.secret("p", "a", "finalizers.kubesphere.io/credential");
  auto store = world.make();
  ASSERT_TRUE(world.wait(store.get(type("secrets"), "p", "a")));
  world.project("p", true);
  objects::WatchOptions options;
  options.from = world.store.version;
  auto watch = store.watch(type("secrets"), options);
  ASSERT_TRUE(world.wait(watch->next(world.timers.now() + 10s)));
  EXPECT_FALSE(objects::finalizers_of(world.store.objects[std::string(kBinding)]).empty());
  world.secret("p", "a");
  ASSERT_TRUE(world.wait(watch->next(world.timers.now() + 10s)));
  EXPECT_TRUE(objects::finalizers_of(world.store.objects[std::string(kBinding)]).empty());
  watch.reset();
}

}  // namespace
}  // namespace windlass::cluster
