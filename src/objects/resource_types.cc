#include "objects/resource_type.h"

namespace windlass::objects {

namespace {

constexpr Column kPipelineColumns[] = {{"Type", "string", "spec.type"}, {"Age", "date", "metadata.creationTimestamp"}};
constexpr Column kRunColumns[] = {
    {"ID", "string", "metadata.annotations.devops\\.kubesphere\\.io/jenkins-pipelinerun-id"},
    {"Phase", "string", "status.phase"},
    {"Age", "date", "metadata.creationTimestamp"}};
constexpr Column kRepositoryColumns[] = {
    {"Provider", "string", "spec.provider"}, {"Server", "string", "spec.server"}, {"URL", "string", "spec.url"}};
constexpr Column kWebhookColumns[] = {{"Server", "string", "spec.server"}, {"SkipVerify", "string", "spec.skipVerify"}};
constexpr Column kAddonColumns[] = {{"Version", "string", "spec.version"}};
constexpr Column kBinaryColumns[] = {{"FileName", "string", "spec.fileName"},
                                     {"MD5", "string", "spec.md5"},
                                     {"Size", "string", "spec.size"},
                                     {"Phase", "string", "status.phase"}};
constexpr Column kNamespaceColumns[] = {{"Status", "string", "status.phase"},
                                        {"Age", "date", "metadata.creationTimestamp"}};
constexpr Column kSecretColumns[] = {{"Type", "string", "type"}, {"Age", "date", "metadata.creationTimestamp"}};
constexpr Column kEventColumns[] = {{"Last Seen", "date", "lastTimestamp"},
                                    {"Type", "string", "type"},
                                    {"Reason", "string", "reason"},
                                    {"Object", "string", "involvedObject.name"},
                                    {"Message", "string", "message"}};
constexpr Column kAgeColumn[] = {{"Age", "date", "metadata.creationTimestamp"}};
constexpr Column kLeaseColumns[] = {{"Holder", "string", "spec.holderIdentity"},
                                    {"Age", "date", "metadata.creationTimestamp"}};

constexpr std::string_view kDevops = "devops.kubesphere.io";
constexpr std::string_view kGitops = "gitops.kubesphere.io";

constexpr ResourceType kTypes[] = {
    {"", "v1", "namespaces", "namespace", "Namespace", false, true, "ns", "", kNamespaceColumns},
    {"", "v1", "secrets", "secret", "Secret", true, false, "", "", kSecretColumns},
    {"", "v1", "configmaps", "configmap", "ConfigMap", true, false, "cm", "", kAgeColumn},
    {"", "v1", "events", "event", "Event", true, false, "ev", "", kEventColumns},
    {"", "v1", "podtemplates", "podtemplate", "PodTemplate", true, false, "", "", kAgeColumn},
    {"coordination.k8s.io", "v1", "leases", "lease", "Lease", true, false, "", "", kLeaseColumns},
    {kDevops, "v1alpha3", "devopsprojects", "devopsproject", "DevOpsProject", false, false, "", "devops", kAgeColumn},
    {kDevops, "v1alpha3", "pipelines", "pipeline", "Pipeline", true, false, "pip", "devops", kPipelineColumns},
    {kDevops, "v1alpha3", "pipelineruns", "pipelinerun", "PipelineRun", true, true, "pr", "devops", kRunColumns},
    {kDevops, "v1alpha3", "templates", "template", "Template", true, true, "", "devops", kAgeColumn},
    {kDevops, "v1alpha3", "clustertemplates", "clustertemplate", "ClusterTemplate", false, true, "", "devops",
     kAgeColumn},
    {kDevops, "v1alpha3", "steptemplates", "steptemplate", "StepTemplate", true, true, "", "devops", kAgeColumn},
    {kDevops, "v1alpha3", "clustersteptemplates", "clustersteptemplate", "ClusterStepTemplate", false, true, "",
     "devops", kAgeColumn},
    {kDevops, "v1alpha3", "gitrepositories", "gitrepository", "GitRepository", true, false, "", "devops",
     kRepositoryColumns},
    {kDevops, "v1alpha3", "webhooks", "webhook", "Webhook", true, false, "", "devops", kWebhookColumns},
    {kDevops, "v1alpha3", "addons", "addon", "Addon", true, false, "", "devops", kAddonColumns},
    {kDevops, "v1alpha3", "addonstrategies", "addonstrategy", "AddonStrategy", false, false, "", "devops", kAgeColumn},
    {kDevops, "v1alpha1", "s2ibinaries", "s2ibinary", "S2iBinary", true, false, "", "", kBinaryColumns},
    {kGitops, "v1alpha1", "applications", "application", "Application", true, false, "", "", kAgeColumn},
    {kGitops, "v1alpha1", "imageupdaters", "imageupdater", "ImageUpdater", true, false, "", "", kAgeColumn},
};

}  // namespace

std::string ResourceType::api_version() const {
  return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
}

std::span<const ResourceType> resource_types() { return kTypes; }

const ResourceType* find_resource(std::string_view group, std::string_view version, std::string_view plural) {
  for (const auto& type : kTypes) {
    if (type.plural == plural && type.group == group && type.version == version) return &type;
  }
  return nullptr;
}

const ResourceType* find_kind(std::string_view group, std::string_view kind) {
  for (const auto& type : kTypes) {
    if (type.kind == kind && type.group == group) return &type;
  }
  return nullptr;
}

std::string storage_name(const ResourceType& type) {
  return type.group.empty() ? std::string(type.plural) : std::string(type.plural) + "." + std::string(type.group);
}

}  // namespace windlass::objects
