// Labels of agents, and the crumb that Jenkins' clients ask for. Source: kubesphere API 4.5, 5.
#include <algorithm>
#include <set>

#include "kapis/answers.h"
#include "kapis/crud.h"
#include "objects/metadata.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;

namespace {

/// What administrators wrote into the ConfigMap of KubeSphere, and what agents have now.
ApiTask<std::vector<std::string>> labels(Call& call) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  const auto add = [&](std::string label) {
    std::erase_if(label, [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; });
    if (!label.empty() && seen.insert(label).second) out.push_back(std::move(label));
  };
  auto map =
      co_await call.services.store.get(resource("configmaps"), "kubesphere-devops-system", "jenkins-agent-config");
  if (!map && map.error().code != 404) co_return std::unexpected(std::move(map).error());
  if (map) {
    const Value* data = map->find("data");
    const auto text = data != nullptr ? data->get_string("agent.labels") : std::string();
    for (std::size_t at = 0; at <= text.size();) {
      const auto end = std::min(text.find(',', at), text.size());
      add(text.substr(at, end - at));
      at = end + 1;
    }
  }
  if (call.services.node_labels) {
    for (auto& label : call.services.node_labels()) add(std::move(label));
  }
  co_return out;
}

ApiTask<Response> node_labels(Call& call) {
  Value list = Value::list();
  for (auto& label : WL_API_TRY(co_await labels(call))) list.push(std::move(label));
  co_return json_answer(Value::map_of("status", "success", "data", std::move(list), "message", ""));
}

/// The same as the label dashboard of Jenkins has it, which older consoles ask for.
ApiTask<Response> label_dashboard(Call& call) {
  Value list = Value::list();
  std::set<std::string> connected;
  if (call.services.node_labels) {
    for (auto& label : call.services.node_labels()) connected.insert(std::move(label));
  }
  for (auto& label : WL_API_TRY(co_await labels(call))) {
    const int nodes = connected.contains(label) ? 1 : 0;
    list.push(Value::map_of("label", label, "cloudsCount", 1 - nodes, "nodesCount", nodes));
  }
  co_return json_answer(Value::map_of("status", "ok", "data", std::move(list)));
}

/// No request here is believed for a cookie, so none needs a crumb; clients that insist get one of their own.
ApiTask<Response> crumb(Call& call) {
  co_return json_answer(Value::map_of("_class", "hudson.security.csrf.DefaultCrumbIssuer", "crumb",
                                      call.services.keyed_hash("crumb of " + call.user.name), "crumbRequestField",
                                      "Jenkins-Crumb"));
}

constexpr Right kAnybody{};

constexpr Route kRoutes[] = {
    {"GET", "v1alpha3", "/ci/nodelabels", kAnybody, Failures::plain, node_labels, "labels that agents can have"},
    {"GET",
     "v1alpha2",
     "/DP/jenkins/labelsdashboard/labelsData",
     {"list", kDevops, "pipelines", "d", ""},
     Failures::plain,
     label_dashboard,
     "the same for consoles of 3.3"},
    {"GET", "v1alpha2", "/crumbissuer", kAnybody, Failures::plain, crumb, "a crumb"},
};

}  // namespace

std::span<const Route> setting_routes() { return kRoutes; }

}  // namespace windlass::kapis
