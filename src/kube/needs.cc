#include "kube/needs.h"

namespace windlass::kube {

namespace {

constexpr std::string_view kDevops = "devops.kubesphere.io";

using enum Feature;

constexpr NeededResource kResources[] = {
    {agents, "", "v1", "pods"},
    {agents, "", "v1", "pods/log"},
    {exec, "", "v1", "pods/exec"},
    {agents, "coordination.k8s.io", "v1", "leases"},
    {claims, "", "v1", "persistentvolumeclaims"},
    {events, "", "v1", "events"},
    {objects, "", "v1", "namespaces"},
    {credentials, "", "v1", "secrets"},
    {settings, "", "v1", "configmaps"},
    {binding, "rbac.authorization.k8s.io", "v1", "rolebindings"},
    {objects, "apiextensions.k8s.io", "v1", "customresourcedefinitions"},
    {sign_in, "authentication.k8s.io", "v1", "tokenreviews"},
    {sign_in, "authorization.k8s.io", "v1", "subjectaccessreviews"},
    {objects, kDevops, "v1alpha3", "devopsprojects"},
    {objects, kDevops, "v1alpha3", "pipelines"},
    {objects, kDevops, "v1alpha3", "pipelineruns"},
};

// An exec over WebSocket is a GET; newer servers ask for `create` too. What the event stream follows is listed and
// watched though nothing else reads it.
using enum Reach;
constexpr NeededRight kRights[] = {
    {agents, "create", "", "pods", "", workers},
    {agents, "get", "", "pods", "", workers},
    {agents, "list", "", "pods", "", workers},
    {agents, "watch", "", "pods", "", workers},
    {agents, "patch", "", "pods", "", workers},
    {agents, "delete", "", "pods", "", workers},
    {agents, "get", "", "pods", "log", workers},
    {claims, "create", "", "persistentvolumeclaims", "", workers},
    {pull_secrets, "create", "", "secrets", "", registry},
    {pull_secrets, "get", "", "secrets", "", registry},
    {pull_secrets, "patch", "", "secrets", "", registry},
    {exec, "get", "", "pods", "exec", workers},
    {exec, "create", "", "pods", "exec", workers},
    {agents, "create", "coordination.k8s.io", "leases", "", workers},
    {agents, "get", "coordination.k8s.io", "leases", "", workers},
    {agents, "list", "coordination.k8s.io", "leases", "", workers},
    {agents, "delete", "coordination.k8s.io", "leases", "", workers},
    {leadership, "update", "coordination.k8s.io", "leases", "", workers},
    {events, "list", "", "events", "", workers},
    {events, "create", "", "events", "", cluster},
    {events, "get", "", "events", "", cluster},
    {events, "update", "", "events", "", cluster},
    {settings, "get", "", "configmaps", "", workers},
    {settings, "get", "", "configmaps", "", system},
    {settings, "list", "", "configmaps", "", system},
    {settings, "watch", "", "configmaps", "", system},
    {objects, "get", "", "namespaces", "", cluster},
    {objects, "list", "", "namespaces", "", cluster},
    {objects, "watch", "", "namespaces", "", cluster},
    {objects, "create", "", "namespaces", "", cluster},
    {objects, "update", "", "namespaces", "", cluster},
    {objects, "delete", "", "namespaces", "", cluster},
    {objects, "get", "", "configmaps", "", projects},
    {objects, "list", "", "configmaps", "", projects},
    {objects, "watch", "", "configmaps", "", projects},
    {objects, "create", "", "configmaps", "", projects},
    {objects, "update", "", "configmaps", "", projects},
    {objects, "get", kDevops, "devopsprojects", "", cluster},
    {objects, "list", kDevops, "devopsprojects", "", cluster},
    {objects, "watch", kDevops, "devopsprojects", "", cluster},
    {objects, "create", kDevops, "devopsprojects", "", cluster},
    {objects, "update", kDevops, "devopsprojects", "", cluster},
    {objects, "delete", kDevops, "devopsprojects", "", cluster},
    {objects, "get", kDevops, "pipelines", "", cluster},
    {objects, "list", kDevops, "pipelines", "", cluster},
    {objects, "watch", kDevops, "pipelines", "", cluster},
    {objects, "create", kDevops, "pipelines", "", cluster},
    {objects, "update", kDevops, "pipelines", "", cluster},
    {objects, "delete", kDevops, "pipelines", "", cluster},
    {objects, "get", kDevops, "pipelineruns", "", cluster},
    {objects, "list", kDevops, "pipelineruns", "", cluster},
    {objects, "watch", kDevops, "pipelineruns", "", cluster},
    {objects, "create", kDevops, "pipelineruns", "", cluster},
    {objects, "update", kDevops, "pipelineruns", "", cluster},
    {objects, "delete", kDevops, "pipelineruns", "", cluster},
    {objects, "update", kDevops, "pipelineruns", "status", cluster},
    {objects, "get", kDevops, "gitrepositories", "", cluster},
    {objects, "list", kDevops, "gitrepositories", "", cluster},
    {objects, "watch", kDevops, "gitrepositories", "", cluster},
    {objects, "create", kDevops, "gitrepositories", "", cluster},
    {objects, "update", kDevops, "gitrepositories", "", cluster},
    {objects, "delete", kDevops, "gitrepositories", "", cluster},
    {objects, "get", kDevops, "templates", "", cluster},
    {objects, "list", kDevops, "templates", "", cluster},
    {objects, "watch", kDevops, "templates", "", cluster},
    {objects, "get", kDevops, "clustertemplates", "", cluster},
    {objects, "list", kDevops, "clustertemplates", "", cluster},
    {objects, "watch", kDevops, "clustertemplates", "", cluster},
    {objects, "get", kDevops, "clustersteptemplates", "", cluster},
    {objects, "list", kDevops, "clustersteptemplates", "", cluster},
    {objects, "watch", kDevops, "clustersteptemplates", "", cluster},
    {objects, "list", kDevops, "steptemplates", "", cluster},
    {objects, "watch", kDevops, "steptemplates", "", cluster},
    {objects, "get", kDevops, "s2ibinaries", "", cluster},
    {objects, "update", kDevops, "s2ibinaries", "", cluster},
    {objects, "list", kDevops, "webhooks", "", cluster},
    {objects, "watch", kDevops, "webhooks", "", cluster},
    {credentials, "get", "", "secrets", "", projects},
    {credentials, "list", "", "secrets", "", projects},
    {credentials, "watch", "", "secrets", "", projects},
    {credentials, "create", "", "secrets", "", projects},
    {credentials, "update", "", "secrets", "", projects},
    {credentials, "delete", "", "secrets", "", projects},
    {binding, "create", "rbac.authorization.k8s.io", "rolebindings", "", cluster},
    {binding, "get", "rbac.authorization.k8s.io", "rolebindings", "", cluster, kProjectRole},
    {binding, "update", "rbac.authorization.k8s.io", "rolebindings", "", cluster, kProjectRole},
    {binding, "bind", "rbac.authorization.k8s.io", "clusterroles", "", cluster, kProjectRole},
    {kinds, "get", "apiextensions.k8s.io", "customresourcedefinitions", "", cluster},
    {kinds, "create", "apiextensions.k8s.io", "customresourcedefinitions", "", installer},
    {kinds, "patch", "apiextensions.k8s.io", "customresourcedefinitions", "", installer},
    {sign_in, "create", "authentication.k8s.io", "tokenreviews", "", cluster},
    {sign_in, "create", "authorization.k8s.io", "subjectaccessreviews", "", cluster},
};

}  // namespace

std::string_view to_string(Feature feature) {
  switch (feature) {
    case agents:
      return "agents";
    case claims:
      return "claims";
    case pull_secrets:
      return "pull-secrets";
    case exec:
      return "exec";
    case events:
      return "events";
    case objects:
      return "objects";
    case credentials:
      return "credentials";
    case settings:
      return "settings";
    case kinds:
      return "kinds";
    case leadership:
      return "leadership";
    case sign_in:
      return "sign-in";
    case binding:
      return "binding";
  }
  return "agents";
}

std::span<const NeededResource> needed_resources() { return kResources; }
std::span<const NeededRight> needed_rights() { return kRights; }

Attributes attributes_of(const NeededRight& right, std::string_view workers_namespace,
                         std::string_view system_namespace) {
  Attributes out;
  out.verb = right.verb;
  out.group = right.group;
  out.resource = right.resource;
  out.subresource = right.subresource;
  out.name = right.name;
  if (right.reach == workers || right.reach == registry) out.namespace_ = workers_namespace;
  if (right.reach == system) out.namespace_ = system_namespace;
  return out;
}

bool has_resource(const data::Value& api_resource_list, std::string_view plural) {
  const auto* list = api_resource_list.find("resources");
  if (list == nullptr) return false;
  for (const auto& one : list->items()) {
    if (one.get_string("name") == plural) return true;
  }
  return false;
}

}  // namespace windlass::kube
