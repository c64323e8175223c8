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
    {objects, "apiextensions.k8s.io", "v1", "customresourcedefinitions"},
    {sign_in, "authentication.k8s.io", "v1", "tokenreviews"},
    {sign_in, "authorization.k8s.io", "v1", "subjectaccessreviews"},
    {objects, kDevops, "v1alpha3", "devopsprojects"},
    {objects, kDevops, "v1alpha3", "pipelines"},
    {objects, kDevops, "v1alpha3", "pipelineruns"},
};

// An exec over WebSocket is a GET; newer servers ask for `create` too.
constexpr NeededRight kRights[] = {
    {agents, "create", "", "pods", "", true},
    {agents, "get", "", "pods", "", true},
    {agents, "list", "", "pods", "", true},
    {agents, "watch", "", "pods", "", true},
    {agents, "patch", "", "pods", "", true},
    {agents, "delete", "", "pods", "", true},
    {agents, "get", "", "pods", "log", true},
    {claims, "create", "", "persistentvolumeclaims", "", true},
    {exec, "get", "", "pods", "exec", true},
    {exec, "create", "", "pods", "exec", true},
    {agents, "create", "coordination.k8s.io", "leases", "", true},
    {agents, "get", "coordination.k8s.io", "leases", "", true},
    {agents, "list", "coordination.k8s.io", "leases", "", true},
    {agents, "delete", "coordination.k8s.io", "leases", "", true},
    {leadership, "update", "coordination.k8s.io", "leases", "", true},
    {events, "list", "", "events", "", true},
    {events, "watch", "", "events", "", true},
    {events, "create", "", "events", "", false},
    {events, "get", "", "events", "", false},
    {events, "update", "", "events", "", false},
    {settings, "get", "", "configmaps", "", true},
    {settings, "list", "", "configmaps", "", true},
    {settings, "watch", "", "configmaps", "", true},
    {objects, "get", "", "namespaces", "", false},
    {objects, "list", "", "namespaces", "", false},
    {objects, "watch", "", "namespaces", "", false},
    {objects, "create", "", "namespaces", "", false},
    {objects, "update", "", "namespaces", "", false},
    {objects, "delete", "", "namespaces", "", false},
    {objects, "get", "", "configmaps", "", false},
    {objects, "create", "", "configmaps", "", false},
    {objects, "update", "", "configmaps", "", false},
    {objects, "get", kDevops, "devopsprojects", "", false},
    {objects, "get", kDevops, "pipelines", "", false},
    {objects, "get", kDevops, "pipelineruns", "", false},
    {objects, "list", kDevops, "devopsprojects", "", false},
    {objects, "watch", kDevops, "devopsprojects", "", false},
    {objects, "update", kDevops, "devopsprojects", "", false},
    {objects, "list", kDevops, "pipelines", "", false},
    {objects, "watch", kDevops, "pipelines", "", false},
    {objects, "update", kDevops, "pipelines", "", false},
    {objects, "list", kDevops, "pipelineruns", "", false},
    {objects, "watch", kDevops, "pipelineruns", "", false},
    {objects, "create", kDevops, "pipelineruns", "", false},
    {objects, "update", kDevops, "pipelineruns", "", false},
    {objects, "delete", kDevops, "pipelineruns", "", false},
    {objects, "update", kDevops, "pipelineruns", "status", false},
    {credentials, "get", "", "secrets", "", false},
    {credentials, "list", "", "secrets", "", false},
    {credentials, "watch", "", "secrets", "", false},
    {credentials, "update", "", "secrets", "", false},
    {kinds, "get", "apiextensions.k8s.io", "customresourcedefinitions", "", false},
    {kinds, "create", "apiextensions.k8s.io", "customresourcedefinitions", "", false},
    {kinds, "patch", "apiextensions.k8s.io", "customresourcedefinitions", "", false},
    {sign_in, "create", "authentication.k8s.io", "tokenreviews", "", false},
    {sign_in, "create", "authorization.k8s.io", "subjectaccessreviews", "", false},
};

}  // namespace

std::string_view to_string(Feature feature) {
  switch (feature) {
    case agents:
      return "agents";
    case claims:
      return "claims";
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
  }
  return "agents";
}

std::span<const NeededResource> needed_resources() { return kResources; }
std::span<const NeededRight> needed_rights() { return kRights; }

Attributes attributes_of(const NeededRight& right, std::string_view workers_namespace) {
  Attributes out;
  out.verb = right.verb;
  out.group = right.group;
  out.resource = right.resource;
  out.subresource = right.subresource;
  if (right.in_workers_namespace) out.namespace_ = workers_namespace;
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
