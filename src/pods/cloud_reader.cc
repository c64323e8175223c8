#include "pods/cloud_reader.h"

#include <algorithm>

#include "pods/template_reader.h"

namespace windlass::pods {
namespace {

using data::Value;

/// Keys that are known and decide nothing here.
constexpr std::pair<std::string_view, std::string_view> kUnused[] = {
    {"waitForPodSec", "it has no meaning any more; slaveConnectTimeout of a template is what counts"},
    {"capOnlyOnAlivePods", "it has no meaning any more; pods that are gone do not count"},
    {"useJenkinsProxy", "the API server is called without a proxy"},
    {"traits", "traits are not used"},
    {"webSocket", "agents always connect by WebSocket"},
    {"directConnection", "agents always connect to jenkinsUrl"},
    {"jenkinsTunnel", "agents connect to jenkinsUrl by WebSocket, so no tunnel is needed"},
};

Result<void> read_templates(FieldReader& in, ReadCloud& out) {
  const auto templates = in.items("templates");
  for (std::size_t i = 0; i < templates.size(); ++i) {
    const auto path = item_path(in.path_of("templates"), i);
    auto one = WL_TRY(read_template(templates[i], path));
    if (!one.cloud.empty())
      one.notes.push_back({join_path(path, "cloud"), "a template belongs to the cloud it stands in"});
    if (one.pod.name.empty())
      one.notes.push_back({join_path(path, "name"), "a template without a name cannot be inherited"});
    const auto& before = out.cloud.templates;
    if (!one.pod.name.empty() && std::ranges::find(before, one.pod.name, &PodTemplate::name) != before.end()) {
      one.notes.push_back({join_path(path, "name"), "there is another template " + one.pod.name + " before it"});
    }
    out.notes.insert(out.notes.end(), one.notes.begin(), one.notes.end());
    out.cloud.templates.push_back(std::move(one.pod));
  }
  return {};
}

}  // namespace

Result<ReadCloud> read_cloud(const Value& map, const std::string& path) {
  ReadCloud result;
  auto& out = result.cloud;
  if (!map.has_members())
    return fail(ErrorKind::invalid, (path.empty() ? "cloud" : path) + ": a cloud is a map of fields");
  FieldReader in(map, path, result.notes);
  out.name = in.text("name");
  if (out.name.empty()) return fail(ErrorKind::invalid, in.path_of("name") + ": a cloud needs a name");
  out.server_url = in.text("serverUrl");
  out.server_certificate = in.text("serverCertificate");
  out.skip_tls_verify = in.flag("skipTlsVerify").value_or(false);
  out.credentials_id = in.text("credentialsId");
  out.namespace_ = in.text("namespace");
  out.jenkins_url = in.text("jenkinsUrl");
  out.jenkins_tunnel = in.text("jenkinsTunnel");
  out.web_socket = in.flag("webSocket").value_or(false);
  out.direct_connection = in.flag("directConnection").value_or(false);
  const auto cap = in.count("containerCap");
  const auto cap_text = in.count("containerCapStr");
  out.container_cap = cap ? *cap : cap_text.value_or(0);
  // Shorter times are not kept: the plugin has these as the least.
  out.connect_timeout_seconds = std::max(in.count("connectTimeout").value_or(0), 5);
  out.read_timeout_seconds = std::max(in.count("readTimeout").value_or(0), 15);
  const auto requests = in.count("maxRequestsPerHost");
  const auto requests_text = in.count("maxRequestsPerHostStr");
  out.max_requests = requests.value_or(requests_text.value_or(32));
  if (out.max_requests == 0) out.max_requests = 32;
  // Whose cluster it is nobody knows here but by that name, which the chart has.
  if (out.server_url.empty() || out.server_url.starts_with("https://kubernetes.default")) {
    for (const auto* key : {"connectTimeout", "readTimeout", "maxRequestsPerHost", "maxRequestsPerHostStr"}) {
      const auto* value = in.take(key);
      if (value == nullptr || (std::string_view(key).starts_with("max") && out.max_requests == 32)) continue;
      in.note(key,
              "for clusters that a credentialsId of the document leads to; to the server's own go 32 calls at once, of "
              "30 s each",
              Note::Kind::unused);
    }
  }
  out.retention_minutes = std::max(in.count("retentionTimeout").value_or(0), 5);
  if (out.retention_minutes != Cloud().retention_minutes) {
    in.note("retentionTimeout", "a pod for one run is deleted when its node ends, not after a time",
            Note::Kind::unused);
  }
  const auto labels = in.items("podLabels");
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto described = describe(labels[i], {"podLabel"}, item_path(in.path_of("podLabels"), i));
    FieldReader one(described.fields, described.path, result.notes);
    Pair pair{one.text("key"), one.text("value")};
    one.finish();
    if (pair.key.empty()) return fail(ErrorKind::invalid, described.path + ": a label needs a key");
    out.pod_labels.push_back(std::move(pair));
  }
  if (const auto* retention = in.take("podRetention")) {
    out.retention = WL_TRY(read_retention(*retention, in.path_of("podRetention"))).value_or(Retention::never);
  }
  out.defaults_template = in.text("defaultsProviderTemplate");
  out.usage_restricted = in.flag("usageRestricted").value_or(false);
  out.permitted_projects = in.texts("permittedProjects");
  if (out.usage_restricted && out.permitted_projects.empty()) {
    in.note("usageRestricted", "no project may use this cloud: name those that may in its permittedProjects");
  }
  out.agent_registry = in.text("jnlpregistry");
  out.proxy_variables = in.flag("addMasterProxyEnvVars").value_or(false);
  out.restricted = in.flag("restrictedPssSecurityContext").value_or(false);
  if (const auto* collect = in.take("garbageCollection")) {
    FieldReader one(*collect, in.path_of("garbageCollection"), result.notes);
    out.collect_namespaces = one.texts("namespaces");
    out.collect_timeout_seconds = std::max(one.count("timeout").value_or(300), 120);
    one.finish();
    in.note("garbageCollection", "always so: each minute, pods whose run is over or unknown here are deleted",
            Note::Kind::unused);
  }
  WL_CHECK_OK(read_templates(in, result));
  if (!out.defaults_template.empty() &&
      std::ranges::find(out.templates, out.defaults_template, &PodTemplate::name) == out.templates.end()) {
    in.note("defaultsProviderTemplate", "there is no template " + out.defaults_template);
  }
  for (const auto& [key, sentence] : kUnused) {
    if (const auto* value = in.take(key); value != nullptr && scalar_text(*value) != "false") {
      in.note(key, std::string(sentence), Note::Kind::unused);
    }
  }
  in.finish();
  return result;
}

Value write_cloud(const Cloud& cloud) {
  Value out = Value::map_of("name", cloud.name);
  auto put = [&out](const char* key, const std::string& text) {
    if (!text.empty()) out.set(key, text);
  };
  auto put_flag = [&out](const char* key, bool flag) {
    if (flag) out.set(key, true);
  };
  put("serverUrl", cloud.server_url);
  put("serverCertificate", cloud.server_certificate);
  put_flag("skipTlsVerify", cloud.skip_tls_verify);
  put("credentialsId", cloud.credentials_id);
  put("namespace", cloud.namespace_);
  put("jenkinsUrl", cloud.jenkins_url);
  put("jenkinsTunnel", cloud.jenkins_tunnel);
  put_flag("webSocket", cloud.web_socket);
  put_flag("directConnection", cloud.direct_connection);
  if (cloud.container_cap != 0) out.set("containerCap", cloud.container_cap);
  out.set("connectTimeout", cloud.connect_timeout_seconds);
  out.set("readTimeout", cloud.read_timeout_seconds);
  out.set("maxRequestsPerHost", cloud.max_requests);
  out.set("retentionTimeout", cloud.retention_minutes);
  if (!cloud.pod_labels.empty()) {
    Value labels = Value::list();
    for (const auto& one : cloud.pod_labels) labels.push(Value::map_of("key", one.key, "value", one.value));
    out.set("podLabels", std::move(labels));
  }
  out.set("podRetention", to_string(cloud.retention));
  put("defaultsProviderTemplate", cloud.defaults_template);
  put_flag("usageRestricted", cloud.usage_restricted);
  if (!cloud.permitted_projects.empty()) {
    Value projects = Value::list();
    for (const auto& one : cloud.permitted_projects) projects.push(one);
    out.set("permittedProjects", std::move(projects));
  }
  put("jnlpregistry", cloud.agent_registry);
  put_flag("addMasterProxyEnvVars", cloud.proxy_variables);
  put_flag("restrictedPssSecurityContext", cloud.restricted);
  if (cloud.collect_timeout_seconds != 0) {
    Value namespaces = Value::list();
    for (const auto& one : cloud.collect_namespaces) namespaces.push(one);
    out.set("garbageCollection",
            Value::map_of("namespaces", std::move(namespaces), "timeout", cloud.collect_timeout_seconds));
  }
  Value templates = Value::list();
  for (const auto& one : cloud.templates) templates.push(write_template(one));
  out.set("templates", std::move(templates));
  return out;
}

}  // namespace windlass::pods
