#include "kube/resource.h"

#include "text/codec.h"

namespace windlass::kube {

namespace {

enum Index : std::size_t {
  kPods,
  kNamespaces,
  kNodes,
  kSecrets,
  kConfigMaps,
  kEvents,
  kServiceAccounts,
  kClaims,
  kLeases,
  kDefinitions,
  kTokenReviews,
  kAccessReviews,
  kSelfAccessReviews,
};

const std::vector<Resource>& table() {
  static const std::vector<Resource> kAll = {
      {"", "v1", "pods", "Pod", true},
      {"", "v1", "namespaces", "Namespace", false},
      {"", "v1", "nodes", "Node", false},
      {"", "v1", "secrets", "Secret", true},
      {"", "v1", "configmaps", "ConfigMap", true},
      {"", "v1", "events", "Event", true},
      {"", "v1", "serviceaccounts", "ServiceAccount", true},
      {"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true},
      {"coordination.k8s.io", "v1", "leases", "Lease", true},
      {"apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false},
      {"authentication.k8s.io", "v1", "tokenreviews", "TokenReview", false},
      {"authorization.k8s.io", "v1", "subjectaccessreviews", "SubjectAccessReview", false},
      {"authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false},
  };
  return kAll;
}

/// Is it one segment of a path, whoever takes the path apart?
bool is_segment(std::string_view text) {
  if (text.empty() || text.size() > 253 || text == "." || text == "..") return false;
  return text.find_first_of(std::string_view("/%\\?#\0", 6)) == std::string_view::npos;
}

}  // namespace

namespace resources {
const Resource& pods() { return table()[kPods]; }
const Resource& namespaces() { return table()[kNamespaces]; }
const Resource& nodes() { return table()[kNodes]; }
const Resource& secrets() { return table()[kSecrets]; }
const Resource& config_maps() { return table()[kConfigMaps]; }
const Resource& events() { return table()[kEvents]; }
const Resource& service_accounts() { return table()[kServiceAccounts]; }
const Resource& persistent_volume_claims() { return table()[kClaims]; }
const Resource& leases() { return table()[kLeases]; }
const Resource& custom_resource_definitions() { return table()[kDefinitions]; }
const Resource& token_reviews() { return table()[kTokenReviews]; }
const Resource& subject_access_reviews() { return table()[kAccessReviews]; }
const Resource& self_subject_access_reviews() { return table()[kSelfAccessReviews]; }
std::span<const Resource> all() { return table(); }
}  // namespace resources

Resource resource_of(const objects::ResourceType& type) {
  return {std::string(type.group), std::string(type.version), std::string(type.plural), std::string(type.kind),
          type.namespaced};
}

std::string format_query(const Query& query) {
  std::string out;
  for (const auto& [key, value] : query) {
    out += out.empty() ? '?' : '&';
    out += text::encode_uri_component(key) + "=" + text::encode_uri_component(value);
  }
  return out;
}

Result<std::string> resource_path(const Resource& resource, std::string_view namespace_, std::string_view name,
                                  std::string_view subresource, const Query& query) {
  std::string out =
      resource.group.empty() ? "/api/" + resource.version : "/apis/" + resource.group + "/" + resource.version;
  if (!namespace_.empty() && resource.namespaced) {
    if (!is_segment(namespace_)) return fail(ErrorKind::invalid, "no namespace can be called that");
    out += "/namespaces/" + text::encode_uri_component(namespace_);
  }
  out += "/" + resource.plural;
  if (!name.empty()) {
    if (!is_segment(name)) return fail(ErrorKind::invalid, "no " + resource.kind + " can be called that");
    out += "/" + text::encode_uri_component(name);
  }
  if (!subresource.empty()) out.append("/").append(subresource);
  return out + format_query(query);
}

}  // namespace windlass::kube
