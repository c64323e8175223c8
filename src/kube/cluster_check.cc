#include "kube/cluster_check.h"

#include <algorithm>
#include <map>

#include "data/json.h"
#include "kube/pod_log.h"
#include "net/tls_client.h"
#include "text/codec.h"

namespace windlass::kube {

using data::Value;
using Kind = CheckItem::Kind;
using State = CheckItem::State;

bool ClusterReport::is_complete() const {
  return std::all_of(items.begin(), items.end(), [](const CheckItem& item) { return item.state == State::there; });
}

std::string token_subject(std::string_view token) {
  const auto first = token.find('.');
  const auto second = token.find('.', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return {};
  const auto decoded = text::decode_base64(token.substr(first + 1, second - first - 1), text::Base64::url);
  if (!decoded) return {};
  data::JsonParseOptions options;
  options.max_bytes = 64 * 1024;
  options.max_depth = 16;
  const auto claims = data::parse_json(*decoded, options);
  return claims ? claims->get_string("sub") : std::string();
}

namespace {

constexpr std::string_view kSystemNamespace = "kubesphere-devops-system";

/// The server's own word where it has one (1.28 and newer), else what we present.
ApiTask<bool> find_user(Client& client, ClusterReport& report) {
  const Resource reviews{"authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", false};
  Value body = Value::map_of("apiVersion", "authentication.k8s.io/v1", "kind", "SelfSubjectReview");
  auto answer = co_await client.create(reviews, "", std::move(body));
  if (answer) {
    const Value* status = answer->find("status");
    const Value* user = status != nullptr ? status->find("userInfo") : nullptr;
    if (user != nullptr) {
      report.user = user->get_string("username");
      report.user_from = "server";
      if (const Value* groups = user->find("groups")) {
        for (const auto& one : groups->items()) report.groups.push_back(one.text());
      }
      co_return true;
    }
  } else if (answer.error().code == 401 || answer.error().code == 499 || answer.error().code == 503 ||
             answer.error().code == 504) {
    co_return std::unexpected(std::move(answer).error());
  }
  const auto headers = co_await client.credentials().headers(client.timers().now() + client.options().call_limit);
  if (headers) {
    for (const auto& [name, value] : *headers) {
      if (name != "Authorization" || !value.starts_with("Bearer ")) continue;
      report.user = token_subject(std::string_view(value).substr(7));
      report.user_from = "token";
      co_return true;
    }
  }
  const auto certificate = client.credentials().certificate();
  if (certificate && !certificate->empty()) {
    if (auto subject = net::certificate_subject(*certificate)) {
      report.user = std::move(subject->common_name);
      report.groups = std::move(subject->organizations);
      report.user_from = "certificate";
    }
  }
  co_return true;
}

std::string group_path(std::string_view group, std::string_view version) {
  return group.empty() ? "/api/" + std::string(version) : "/apis/" + std::string(group) + "/" + std::string(version);
}

/// What every kube-apiserver serves and registers at its start, and only then: if such an APIService is deleted, its
/// kinds are served on, and nobody who looks for them finds them.
constexpr std::pair<std::string_view, std::string_view> kBuiltIn[] = {
    {"apps", "v1"},
    {"batch", "v1"},
    {"storage.k8s.io", "v1"},
    {"networking.k8s.io", "v1"},
    {"coordination.k8s.io", "v1"},
    {"rbac.authorization.k8s.io", "v1"},
    {"apiextensions.k8s.io", "v1"},
    {"authentication.k8s.io", "v1"},
    {"authorization.k8s.io", "v1"},
};

bool lists(const Value& groups, std::string_view group_version) {
  const auto* list = groups.find("groups");
  for (const auto& group : list == nullptr ? Value::List{} : list->items()) {
    const auto* versions = group.find("versions");
    for (const auto& one : versions == nullptr ? Value::List{} : versions->items()) {
      if (one.get_string("groupVersion") == group_version) return true;
    }
  }
  return false;
}

/// Only what is wrong becomes an item.
ApiTask<bool> find_unregistered(Client& client, ClusterReport& report) {
  const auto groups = co_await client.get_path("/apis");
  if (!groups) co_return true;
  for (const auto& [group, version] : kBuiltIn) {
    if (lists(*groups, std::string(group) + "/" + std::string(version))) continue;
    const auto served = co_await client.get_path(group_path(group, version));
    if (!served) continue;
    CheckItem item;
    item.kind = Kind::registration;
    item.state = State::missing;
    item.what = "APIService " + std::string(version) + "." + std::string(group);
    report.items.push_back(std::move(item));
  }
  co_return true;
}

/// Where KubeSphere's own programs run: one that crashes takes away what people take for ours.
constexpr std::string_view kStackNamespaces[] = {"kubesphere-system", "kubesphere-controls-system",
                                                 "kubesphere-monitoring-system", kSystemNamespace};
constexpr std::size_t kMostPods = 500, kMostCrashes = 20;
constexpr std::chrono::seconds kLogLimit{5};

ApiTask<std::string> last_words(Client& client, std::string namespace_, std::string pod, std::string container) {
  constexpr std::uint64_t kLines = 200, kBytes = 256 << 10;
  LogQuery query;
  query.namespace_ = std::move(namespace_);
  query.pod = std::move(pod);
  query.container = std::move(container);
  query.previous = true;
  query.tail_lines = kLines;
  query.limit_bytes = kBytes;
  auto log = WL_API_TRY(co_await PodLog::open(client, std::move(query)));
  const auto deadline = client.timers().now() + kLogLimit;
  std::string out;
  while (out.size() < 2 * kBytes) {
    const auto more = WL_API_TRY(co_await log->read(deadline));
    if (more.empty()) break;
    out += more;
  }
  log->close();
  co_return out;
}

/// Only what is wrong becomes an item; what may not be looked at, or is not there, is nobody's trouble here.
ApiTask<bool> find_crashes(Client& client, ClusterReport& report) {
  std::size_t found = 0;
  for (const auto namespace_ : kStackNamespaces) {
    const auto list = co_await client.list(
        resources::pods(),
        {.namespace_ = std::string(namespace_), .labels = {}, .fields = {}, .limit = kMostPods, .continue_ = {}});
    const auto* pods = list ? list->find("items") : nullptr;
    for (const auto& pod : pods == nullptr ? Value::List{} : pods->items()) {
      const auto* metadata = pod.find("metadata");
      const auto name = metadata == nullptr ? std::string() : metadata->get_string("name");
      for (const auto& container : crashing_containers(pod)) {
        if (found++ == kMostCrashes) co_return true;
        CheckItem item;
        item.kind = Kind::crash;
        item.state = State::missing;
        item.what = "pod " + std::string(namespace_) + "/" + name;
        item.message = container.name + ", " + std::to_string(container.restarts) + " restarts" +
                       (container.last_end.empty() ? std::string() : ", " + container.last_end);
        if (const auto log = co_await last_words(client, std::string(namespace_), name, container.name)) {
          for (auto& one : missing_kinds_in(*log)) {
            // It may have been installed since: then the next start will do.
            const auto served = co_await client.get_path("/apis/" + one.group_version);
            const auto* kinds = served ? served->find("resources") : nullptr;
            const auto& known = kinds == nullptr ? Value::List{} : kinds->items();
            const bool is_there =
                std::ranges::any_of(known, [&](const Value& row) { return row.get_string("kind") == one.kind; });
            if (!is_there) item.kinds.push_back(std::move(one));
          }
        }
        report.items.push_back(std::move(item));
      }
    }
  }
  co_return true;
}

}  // namespace

ApiTask<ClusterReport> check_cluster(Client& client, std::string workers_namespace) {
  ClusterReport report;
  // Anybody may ask for it in most clusters, so it says nothing about us.
  const auto version = WL_API_TRY(co_await client.get_path("/version"));
  report.version = version.get_string("gitVersion");
  (void)WL_API_TRY(co_await find_user(client, report));

  std::map<std::string, objects::Outcome<Value>> documents;
  for (const auto& need : needed_resources()) {
    const auto path = group_path(need.group, need.version);
    auto found = documents.find(path);
    if (found == documents.end()) {
      auto document = co_await client.get_path(path);
      if (!document && (document.error().code == 401 || document.error().code == 499)) {
        co_return std::unexpected(std::move(document).error());
      }
      found = documents.emplace(path, std::move(document)).first;
    }
    CheckItem item;
    item.kind = Kind::resource;
    item.feature = need.feature;
    item.what = std::string(need.plural) + " of " +
                (need.group.empty() ? std::string() : std::string(need.group) + "/") + std::string(need.version);
    if (found->second) {
      item.state = has_resource(*found->second, need.plural) ? State::there : State::missing;
    } else {
      item.state = found->second.error().code == 404 ? State::missing : State::unknown;
      if (item.state == State::unknown) item.message = found->second.error().message;
    }
    report.items.push_back(std::move(item));
  }

  {
    CheckItem item;
    item.kind = Kind::namespace_;
    item.what = workers_namespace;
    auto there = co_await client.get(resources::namespaces(), "", workers_namespace);
    if (there) {
      item.state = State::there;
    } else {
      item.state = there.error().code == 404 ? State::missing : State::unknown;
      item.message = there.error().message;
    }
    report.items.push_back(std::move(item));
  }

  (void)WL_API_TRY(co_await find_unregistered(client, report));
  (void)WL_API_TRY(co_await find_crashes(client, report));

  // Who may bind the role of projects gives itself its rights, namespace by namespace.
  bool binds = true;
  for (const auto& need : needed_rights()) {
    if (need.feature != Feature::binding) continue;
    const auto verdict = co_await client.may_we(attributes_of(need, workers_namespace, kSystemNamespace));
    binds = binds && verdict && verdict->allowed;
  }
  for (const auto& need : needed_rights()) {
    const auto attributes = attributes_of(need, workers_namespace, kSystemNamespace);
    CheckItem item;
    item.kind = Kind::right;
    item.feature = need.feature;
    item.what = attributes.text();
    auto verdict = co_await client.may_we(attributes);
    if (verdict) {
      const bool allowed = verdict->allowed || (need.reach == Reach::projects && binds);
      item.state = allowed ? State::there : State::missing;
      item.message = verdict->reason;
    } else {
      item.message = verdict.error().message;
    }
    report.items.push_back(std::move(item));
  }
  co_return report;
}

}  // namespace windlass::kube
