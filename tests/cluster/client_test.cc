// The client of src/kube against a real API server and kubelet. WL_CLUSTER_KUBECONFIG names an administrator's
// kubeconfig; tests whose name begins with Node need a node. What exists is made in a namespace of this process and
// goes with it.
#include <fstream>
#include <unistd.h>

#include "kube/cluster_check.h"
#include "kube/exec.h"
#include "kube/informer.h"
#include "kube/lease_core.h"
#include "kube/pod_log.h"
#include "objects/metadata.h"
#include "world.h"

namespace windlass::kube {
namespace {

class Cluster : public testing::Test {
 public:
  static void SetUpTestSuite() {
    World world;
    space = make_space(world, "windlass-test");
  }
  static void TearDownTestSuite() {
    World world;
    (void)world.wait(world.client->remove(resources::namespaces(), "", space));
  }
  static std::string space;

 protected:
  static Value config_map(std::string_view name, std::string_view value) {
    return Value::map_of("metadata", Value::map_of("name", name, "labels", Value::map_of("by", "test")), "data",
                         Value::map_of("key", value));
  }
  World world;
};
std::string Cluster::space;

TEST_F(Cluster, ObjectsAreMadeReadChangedAndDeleted) {
  auto& client = *world.client;
  const auto& maps = resources::config_maps();
  auto made = world.wait(client.create(maps, space, config_map("one", "a")));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(world.wait(client.create(maps, space, config_map("one", "a"))).error().reason, "AlreadyExists");
  auto read = world.wait(client.get(maps, space, "one"));
  ASSERT_TRUE(read);
  EXPECT_EQ(objects::meta_text(*read, "uid"), objects::meta_text(*made, "uid"));
  EXPECT_EQ(kubectl("-n " + space + " get configmap one -o jsonpath={.data.key}"), "a");
  read->find("data")->set("key", "b");
  auto stale = *read;
  ASSERT_TRUE(world.wait(client.update(maps, space, "one", *read)));
  EXPECT_EQ(world.wait(client.update(maps, space, "one", stale)).error().reason, "Conflict");
  auto patched =
      world.wait(client.patch(maps, space, "one", PatchKind::merge, Value::map_of("data", Value::map_of("more", "c"))));
  ASSERT_TRUE(patched) << patched.error().message;
  EXPECT_EQ(patched->find("data")->get_string("key"), "b");
  EXPECT_EQ(kubectl("-n " + space + " get configmap one -o jsonpath={.data.more}"), "c");
  const auto dry = world.wait(client.remove(maps, space, "one", {.dry_run = true}));
  EXPECT_TRUE(dry) << dry.error().message;
  EXPECT_EQ(world.wait(client.remove(maps, space, "one", {.uid = "another"})).error().code, 409);
  ASSERT_TRUE(world.wait(client.remove(maps, space, "one")));
  EXPECT_EQ(world.wait(client.get(maps, space, "one")).error().reason, "NotFound");
}

TEST_F(Cluster, ApplyOwnsItsFieldsAndAForeignOneIsAConflict) {
  auto& client = *world.client;
  Value object = config_map("applied", "ours");
  object.set("apiVersion", "v1");
  object.set("kind", "ConfigMap");
  auto applied = world.wait(client.patch(resources::config_maps(), space, "applied", PatchKind::apply, object));
  ASSERT_TRUE(applied) << applied.error().message;
  ASSERT_TRUE(world.wait(client.patch(resources::config_maps(), space, "applied", PatchKind::apply, *applied)));
  EXPECT_NE(kubectl("-n " + space + " patch configmap applied --type merge -p '{\"data\":{\"key\":\"theirs\"}}'")
                .find("patched"),
            std::string::npos);
  EXPECT_EQ(world.wait(client.patch(resources::config_maps(), space, "applied", PatchKind::apply, object)).error().code,
            409);
  auto forced = world.wait(client.patch(resources::config_maps(), space, "applied", PatchKind::apply, object,
                                        {.subresource = "", .dry_run = false, .force = true}));
  ASSERT_TRUE(forced) << forced.error().message;
  EXPECT_EQ(forced->find("data")->get_string("key"), "ours");
}

TEST_F(Cluster, ListsComeInPages) {
  auto& client = *world.client;
  for (int i = 0; i < 7; ++i)
    ASSERT_TRUE(
        world.wait(client.create(resources::config_maps(), space, config_map("page-" + std::to_string(i), "x"))));
  ListQuery query{.namespace_ = space, .labels = "by=test", .limit = 3};
  std::size_t seen = 0, pages = 0;
  do {
    auto page = world.wait(client.list(resources::config_maps(), query));
    ASSERT_TRUE(page) << page.error().message;
    seen += page->find("items")->size();
    query.continue_ = objects::meta_text(*page, "continue");
    ++pages;
  } while (!query.continue_.empty());
  EXPECT_GE(seen, 7u);
  EXPECT_EQ(pages, (seen + 2) / 3);
}

TEST_F(Cluster, SecretsAreWatchedAsMetadataOnly) {
  auto& client = *world.client;
  std::vector<Value> told;
  Informer informer(client, resources::secrets(), {.namespace_ = space, .labels = "by=test", .metadata_only = true},
                    [&](const Delta& delta) { told.push_back(delta.object); });
  informer.start();
  ASSERT_TRUE(world.until([&] { return informer.core().is_synced(); })) << informer.core().trouble().message;
  ASSERT_TRUE(world.wait(
      client.create(resources::secrets(), space,
                    Value::map_of("metadata", Value::map_of("name", "hidden", "labels", Value::map_of("by", "test")),
                                  "stringData", Value::map_of("password", "geheim")))));
  ASSERT_TRUE(world.until([&] { return !told.empty(); }));
  EXPECT_EQ(objects::meta_text(told[0], "name"), "hidden");
  EXPECT_EQ(told[0].find("data"), nullptr);
}

TEST_F(Cluster, AnInformerSeesWhatOthersDo) {
  std::string told;
  Informer informer(*world.client, resources::config_maps(), {.namespace_ = space, .labels = "by=kubectl"},
                    [&](const Delta& delta) {
                      static constexpr std::string_view kSigns = "+~-";
                      told += kSigns[static_cast<std::size_t>(delta.kind)];
                      told += objects::meta_text(delta.object, "name") + " ";
                    });
  informer.start();
  ASSERT_TRUE(world.until([&] { return informer.core().is_synced(); })) << informer.core().trouble().message;
  kubectl("-n " + space + " create configmap seen --from-literal=a=b");
  kubectl("-n " + space + " label configmap seen by=kubectl");
  ASSERT_TRUE(world.until([&] { return told == "+seen "; })) << told;
  kubectl("-n " + space + " patch configmap seen --type merge -p '{\"data\":{\"a\":\"c\"}}'");
  ASSERT_TRUE(world.until([&] { return told == "+seen ~seen "; })) << told;
  EXPECT_EQ(informer.core().find(space + "/seen")->find("data")->get_string("a"), "c");
  kubectl("-n " + space + " label configmap seen by-");  // leaves what is selected
  ASSERT_TRUE(world.until([&] { return told == "+seen ~seen -seen "; })) << told;
}

TEST_F(Cluster, APageOfAVersionThatIsNoLongerKeptIs410) {
  for (const auto* name : {"old-1", "old-2"}) {
    ASSERT_TRUE(world.wait(world.client->create(resources::config_maps(), space, config_map(name, "x"))));
  }
  ListQuery query{.namespace_ = space, .limit = 1};
  auto page = world.wait(world.client->list(resources::config_maps(), query));
  ASSERT_TRUE(page) << page.error().message;
  query.continue_ = objects::meta_text(*page, "continue");
  ASSERT_FALSE(query.continue_.empty());
  ASSERT_TRUE(world.wait(world.client->remove(resources::config_maps(), space, "old-1")));
  shell("tests/cluster/cluster forget");
  const auto rest = world.wait(world.client->list(resources::config_maps(), query));
  ASSERT_FALSE(rest);
  EXPECT_EQ(rest.error().code, 410) << rest.error().message;
}

TEST_F(Cluster, AWatchEndsInOrderWhenItsTimeIsOver) {
  auto list = world.wait(world.client->list(resources::config_maps(), {.namespace_ = space}));
  ASSERT_TRUE(list);
  auto watch = world.wait(
      Watch::open(*world.client, resources::config_maps(),
                  {.namespace_ = space, .version = objects::meta_text(*list, "resourceVersion"), .timeout = 1s}));
  ASSERT_TRUE(watch) << watch.error().message;
  auto events = world.wait((*watch)->next());
  while (events && *events) events = world.wait((*watch)->next());
  EXPECT_TRUE(events) << events.error().message;
}

TEST_F(Cluster, ConnectionsAreUsedAgain) {
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(world.wait(world.client->get_path("/version")));
  EXPECT_EQ(world.client->http().connections_opened(), 1u);
}

TEST_F(Cluster, AnotherAuthorityIsNotTrusted) {
  auto access = *load_access(kubeconfig_path(), "", World::surroundings());
  access.authority.data.clear();
  access.authority.file = "/etc/ssl/certs/ca-certificates.crt";
  World other(access);
  const auto answer = other.wait(other.client->get_path("/version"));
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().message.find("is not trusted: "), std::string::npos) << answer.error().message;
  access = *load_access(kubeconfig_path(), "", World::surroundings());
  access.tls_server_name = "somebody.else";
  World third(access);
  const auto refused = third.wait(third.client->get_path("/version"));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("somebody.else is not trusted"), std::string::npos) << refused.error().message;
  access.tls_server_name = "kubernetes.default.svc";
  World fourth(access);
  EXPECT_TRUE(fourth.wait(fourth.client->get_path("/version")));
}

TEST_F(Cluster, WhoIsNobodyGets401AndWhoMayNotGets403) {
  auto access = *load_access(kubeconfig_path(), "", World::surroundings());
  access.identity = {};
  access.identity.token = "nonsense";
  World nobody(access);
  EXPECT_EQ(nobody.wait(nobody.client->get(resources::pods(), space, "x")).error().code, 401);
  access = *load_access(kubeconfig_path(), "", World::surroundings());
  access.identity.impersonate = "ann";
  access.identity.impersonate_groups = {"dev"};
  World ann(access);
  const auto answer = ann.wait(ann.client->get(resources::secrets(), space, "x"));
  EXPECT_EQ(answer.error().code, 403);
  EXPECT_NE(answer.error().message.find("\"ann\""), std::string::npos);
  const auto verdict = ann.wait(ann.client->may_we({.verb = "get",
                                                    .group = "",
                                                    .resource = "secrets",
                                                    .subresource = "",
                                                    .name = "",
                                                    .namespace_ = space,
                                                    .path = ""}));
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_FALSE(verdict->allowed);
}

TEST_F(Cluster, AServiceAccountsTokenAndItsRotation) {
  // As a pod has it: a token in a file that the kubelet exchanges.
  const auto token = [&] {
    const auto answer = world.wait(world.client->create(
        {"", "v1", "serviceaccounts/default/token", "TokenRequest", true}, space,
        *data::parse_json(
            R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":600}})")));
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? answer->find("status")->get_string("token") : "";
  };
  const auto path = "/tmp/" + space + ".token";
  std::ofstream(path) << "stale";
  auto access = *load_access(kubeconfig_path(), "", World::surroundings());
  access.identity = {};
  access.identity.token_file = path;
  World account(access);
  const Attributes what{
      .verb = "get", .group = "", .resource = "pods", .subresource = "", .name = "", .namespace_ = space, .path = ""};
  EXPECT_EQ(account.wait(account.client->may_we(what)).error().code, 401);
  std::ofstream(path) << token();
  EXPECT_TRUE(account.wait(account.client->may_we(what)));  // read again because it was refused
  // Whose token is it?
  const auto person = world.wait(world.client->review_token(token(), {}));
  ASSERT_TRUE(person) << person.error().message;
  EXPECT_EQ(person->name, "system:serviceaccount:" + space + ":default");
  EXPECT_EQ(world.wait(world.client->review_token("nonsense", {})).error().code, 401);
  const auto verdict = world.wait(world.client->review_access(*person, what));
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_FALSE(verdict->allowed);
  kubectl("-n " + space + " create rolebinding view --clusterrole view --serviceaccount " + space + ":default");
  ASSERT_TRUE(world.until([&] {
    const auto again = world.wait(world.client->review_access(*person, what));
    return again && again->allowed;
  }));
  EXPECT_TRUE(account.wait(account.client->may_we(what))->allowed);
  ::unlink(path.c_str());
}

TEST_F(Cluster, ALeaseHasOneHolder) {
  LeaseOptions options{.namespace_ = space,
                       .name = "leader",
                       .identity = "one",
                       .duration = 2s,
                       .margin = 300ms,
                       .renew = 500ms,
                       .look = 300ms};
  LeaseCore one(options);
  options.identity = "two";
  LeaseCore two(options);
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  const auto turn = [&](LeaseCore& core) {
    const auto lease = world.wait(world.client->get(resources::leases(), space, "leader"));
    core.observed(lease ? &*lease : nullptr, now());
    auto step = core.next(now(), 1'800'000'000'123);
    if (step.kind == LeaseCore::Step::Kind::look) return;
    const auto sent = now();
    const auto written =
        step.kind == LeaseCore::Step::Kind::create
            ? world.wait(world.client->create(resources::leases(), space, std::move(step.object)))
            : world.wait(world.client->update(resources::leases(), space, "leader", std::move(step.object)));
    if (written) core.written(*written, sent);
  };
  turn(one);
  ASSERT_TRUE(one.holds(now()));
  turn(two);
  EXPECT_FALSE(two.holds(now()));
  EXPECT_EQ(two.holder(), "one");
  EXPECT_EQ(kubectl("-n " + space + " get lease leader -o jsonpath={.spec.holderIdentity}"), "one");
  // The first one is silent; at no moment do both hold it.
  ASSERT_TRUE(world.until([&] {
    turn(two);
    EXPECT_FALSE(one.holds(now()) && two.holds(now()));
    return two.holds(now());
  }));
  EXPECT_EQ(kubectl("-n " + space + " get lease leader -o jsonpath={.spec.holderIdentity}{.spec.leaseTransitions}"),
            "two1");
}

TEST_F(Cluster, TheCheckSaysWhatIsThere) {
  const auto report = world.wait(check_cluster(*world.client, space));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->version.starts_with("v1."));
  EXPECT_EQ(report->user, "admin");
  for (const auto& item : report->items) {
    const bool ours =
        item.kind == CheckItem::Kind::resource && item.what.find("devops.kubesphere.io") != std::string::npos;
    if (!ours) EXPECT_EQ(item.state, CheckItem::State::there) << item.what << ": " << item.message;
  }
}

// ---- with a node

class NodePod : public Cluster {
 protected:
  void run_pod(const std::string& name, const std::string& script, bool wait_running = true) {
    auto pod = *data::parse_json(
        R"({"metadata":{"name":"","labels":{"by":"test"}},"spec":{"terminationGracePeriodSeconds":0,"restartPolicy":"Never",
      "containers":[{"name":"main","image":"localhost/base:1","imagePullPolicy":"Never","command":["sh","-c",""]}]}})");
    pod.find("metadata")->set("name", name);
    pod.find("spec")->find("containers")->mutable_items()[0].set("command", Value::list_of("sh", "-c", script));
    std::string phase;
    Informer informer(*world.client, resources::pods(), {.namespace_ = space, .fields = "metadata.name=" + name},
                      [&](const Delta& delta) { phase = delta.object.find("status")->get_string("phase"); });
    informer.start();
    const auto made = world.wait(world.client->create(resources::pods(), space, pod));
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_TRUE(world.until([&] {
      return phase == "Succeeded" || phase == "Failed" || (wait_running && phase == "Running");
    })) << phase;
  }
  struct Ran {
    std::string out, err;
    ExecResult result;
    std::string error;
  };
  asio::awaitable<void> run_exec(ExecQuery query, std::string input, std::optional<Ran>& into) {
    Ran out;
    auto exec = co_await Exec::open(*world.client, std::move(query));
    if (!exec) {
      out.error = exec.error().message;
      into = out;
      co_return;
    }
    if (!input.empty()) {
      auto sent = co_await (*exec)->write(input, world.in(30s));
      if (!sent) out.error = sent.error().message;
    }
    for (;;) {
      auto message = co_await (*exec)->read(world.in(30s));
      if (!message) {
        out.error = message.error().message;
        break;
      }
      if (message->kind == ChannelMessage::Kind::out) out.out += message->bytes;
      if (message->kind == ChannelMessage::Kind::err) out.err += message->bytes;
      if (message->kind == ChannelMessage::Kind::result) {
        out.result = message->result;
        break;
      }
    }
    into = std::move(out);
  }
  Ran exec(const std::string& pod, std::vector<std::string> command, std::string input = {}) {
    std::optional<Ran> out;
    const bool in = !input.empty();
    asio::co_spawn(
        world.io,
        run_exec({.namespace_ = space, .pod = pod, .container = "main", .command = std::move(command), .in = in},
                 std::move(input), out),
        asio::detached);
    EXPECT_TRUE(world.until([&] { return out.has_value(); }));
    return out.value_or(Ran{});
  }
};

TEST_F(NodePod, LogsAsTheyAreAndAsTheyGrow) {
  run_pod("logs", "for i in 1 2 3; do echo line $i; done; sleep 2; echo last", true);
  auto log = world.wait(
      PodLog::open(*world.client, {.namespace_ = space, .pod = "logs", .container = "main", .follow = true}));
  ASSERT_TRUE(log) << log.error().message;
  std::string text;
  for (;;) {
    auto piece = world.wait((*log)->read(world.in(30s)));
    ASSERT_TRUE(piece) << piece.error().message;
    if (piece->empty()) break;
    text += *piece;
  }
  EXPECT_EQ(text, "line 1\nline 2\nline 3\nlast\n");
  log = world.wait(PodLog::open(*world.client, {.namespace_ = space, .pod = "logs", .tail_lines = 1}));
  ASSERT_TRUE(log);
  EXPECT_EQ(*world.wait((*log)->read(world.in(30s))), "last\n");
  EXPECT_EQ(
      world.wait(PodLog::open(*world.client, {.namespace_ = space, .pod = "logs", .container = "none"})).error().code,
      400);
}

TEST_F(NodePod, ExecOutputErrorsExitCodesAndInput) {
  run_pod("exec", "sleep 600");
  auto ran = exec("exec", {"sh", "-c", "echo out; echo err >&2; exit 7"});
  EXPECT_EQ(ran.error, "");
  EXPECT_EQ(ran.out, "out\n");
  EXPECT_EQ(ran.err, "err\n");
  EXPECT_EQ(ran.result.exit_code, 7);
  EXPECT_FALSE(ran.result.failure);
  // Nothing depends on the end of input: the program knows how much it wants.
  const std::string input(200'000, 'x');
  ran = exec("exec", {"sh", "-c", "head -c 200000 | wc -c"}, input);
  EXPECT_EQ(ran.out, "200000\n") << ran.error;
  EXPECT_EQ(ran.result.exit_code, 0);
  ran = exec("exec", {"sh", "-c", "head -c 5000000 /dev/zero | tr '\\0' y"});
  EXPECT_EQ(ran.out.size(), 5'000'000u) << ran.error;
  ran = exec("exec", {"/no/such/program"});
  EXPECT_TRUE(!ran.error.empty() || ran.result.failure || ran.result.exit_code != 0);
  ran = exec("none", {"true"});
  EXPECT_NE(ran.error.find("\"none\" not found"), std::string::npos) << ran.error;
  (void)world.wait(world.client->remove(resources::pods(), space, "exec"));
}

TEST_F(NodePod, FromInsideThePodTheServiceAccountIsEnough) {
  // What a pod is given, taken out of a real one: the token, the authority, the address of the service.
  run_pod("inside", "sleep 600");
  const auto token = exec("inside", {"cat", std::string(kServiceAccountFolder) + "/token"}).out;
  const auto authority = exec("inside", {"cat", std::string(kServiceAccountFolder) + "/ca.crt"}).out;
  const auto name_space = exec("inside", {"cat", std::string(kServiceAccountFolder) + "/namespace"}).out;
  const auto host = exec("inside", {"sh", "-c", "echo $KUBERNETES_SERVICE_HOST"}).out;
  ASSERT_FALSE(token.empty());
  auto access = in_cluster_access(
      [&](std::string_view variable) {
        return variable == "KUBERNETES_SERVICE_HOST" ? host.substr(0, host.find('\n')) : std::string("443");
      },
      name_space);
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->namespace_, space);
  // From here the service's address leads nowhere; the certificate is checked against its name all the same.
  access->tls_server_name = access->server.host;
  access->server = load_access(kubeconfig_path(), "", World::surroundings())->server;
  access->authority = {.data = authority, .file = ""};
  access->identity.token_file.clear();
  access->identity.token = token;
  World pod(*access);
  const auto verdict = pod.wait(pod.client->may_we({.verb = "delete",
                                                    .group = "",
                                                    .resource = "nodes",
                                                    .subresource = "",
                                                    .name = "",
                                                    .namespace_ = "",
                                                    .path = ""}));
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_FALSE(verdict->allowed);
  EXPECT_EQ(token_subject(token), "system:serviceaccount:" + space + ":default");
  (void)world.wait(world.client->remove(resources::pods(), space, "inside"));
}

}  // namespace
}  // namespace windlass::kube
