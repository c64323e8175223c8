#include "pods/default_templates.h"

namespace windlass::pods {
namespace {

// Prefer nodes set aside for builds, and be let onto them.
constexpr std::string_view kPlacement = R"(spec:
  affinity:
    nodeAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 1
        preference:
          matchExpressions:
          - key: node-role.kubernetes.io/worker
            operator: In
            values:
            - ci
  tolerations:
  - key: node.kubernetes.io/ci
    operator: Exists
    effect: NoSchedule
  - key: node.kubernetes.io/ci
    operator: Exists
    effect: PreferNoSchedule
  securityContext:
    fsGroup: 1000
)";

// The path is that of the Maven in the builder's image.
constexpr std::string_view kMavenSettings = R"(  containers:
  - name: maven
    volumeMounts:
    - name: config-volume
      mountPath: /opt/apache-maven-3.5.3/conf/settings.xml
      subPath: settings.xml
  volumes:
  - name: config-volume
    configMap:
      name: ks-devops-agent
      items:
      - key: MavenSetting
        path: settings.xml
)";

PodTemplate builder(const std::string& name, const std::string& image, const DefaultImages& images,
                    const std::string& space) {
  PodTemplate out;
  out.name = name;
  out.label = name;
  out.namespace_ = space;
  ContainerTemplate tool;
  tool.name = name;
  tool.image = images.registry.empty() ? image : images.registry + "/" + image;
  tool.command = "cat";
  tool.tty = true;
  tool.requests = {"100m", "100Mi", "1Gi"};
  tool.limits = {"4000m", "8192Mi", "10Gi"};
  ContainerTemplate agent;
  agent.name = kDefaultAgentContainer;
  agent.image = images.agent;
  agent.requests = {"50m", "400Mi", ""};
  agent.limits = {"500m", "1536Mi", ""};
  out.containers = {std::move(tool), std::move(agent)};
  out.yamls = {std::string(kPlacement)};
  return out;
}

}  // namespace

Cloud default_cloud(const DefaultImages& images, const std::string& space) {
  Cloud cloud;
  cloud.namespace_ = space;
  cloud.container_cap = 10;
  auto base = builder("base", images.base, images, space);
  base.usage = UsageMode::normal;
  auto maven = builder("maven", images.maven, images, space);
  maven.yamls.front() += kMavenSettings;
  // An old Java asks the user database for its home, where a user of ours is not.
  maven.containers.front().env = {{.key = "MAVEN_OPTS",
                                   .value = "-Duser.home=" + std::string(kDefaultWorkingDir),
                                   .secret_name = {},
                                   .secret_key = {}}};
  auto go = builder("go", images.go, images, space);
  // The image's own is root's.
  go.containers.front().env = {
      {.key = "GOPATH", .value = std::string(kDefaultWorkingDir) + "/go", .secret_name = {}, .secret_key = {}}};
  cloud.templates = {std::move(base), builder("nodejs", images.nodejs, images, space), std::move(maven), std::move(go),
                     builder("python", images.python, images, space)};
  return cloud;
}

}  // namespace windlass::pods
