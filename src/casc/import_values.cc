#include "casc/import_values.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "casc/variables.h"
#include "data/yaml.h"
#include "pods/cloud_reader.h"
#include "pods/default_templates.h"
#include "pods/field_reader.h"

namespace windlass::casc {
namespace {

using data::Value;

constexpr std::string_view kInstallation = "how the server itself is installed is for its own manifests to say";
constexpr std::string_view kMonitoring = "metrics are at /metrics; what collects them is installed beside";
constexpr std::string_view kNoJenkins = "there is no Jenkins whose pod it would shape";
constexpr std::string_view kNoJvm = "there is no Java here";
constexpr std::string_view kNoScripts =
    "scripts are not run; what the chart's own scripts do is in jenkins.yaml, anything else must be written there";
constexpr std::string_view kOtherPart = "it is for another part of KubeSphere";

/// What a key is for, by the longest path that it is in; of the chart's values.
struct Row {
  std::string_view path, sentence;
};
constexpr Row kRows[] = {
    {"image", kInstallation},
    {"replicaCount", kInstallation},
    {"imagePullSecrets", kInstallation},
    {"nameOverride", kInstallation},
    {"fullnameOverride", kInstallation},
    {"serviceAccount", kInstallation},
    {"podAnnotations", kInstallation},
    {"podSecurityContext", kInstallation},
    {"securityContext", kInstallation},
    {"service", kInstallation},
    {"ingress", kInstallation},
    {"resources", kInstallation},
    {"autoscaling", kInstallation},
    {"nodeSelector", kInstallation},
    {"tolerations", kInstallation},
    {"affinity", kInstallation},
    {"global", kInstallation},
    {"gcJobs", "old runs go as each pipeline says (buildDiscarder), not by a job of the cluster"},
    {"s2i", "images are not built from sources by an operator; build them in a pipeline"},
    {"argocd", "there is no Argo CD behind this server"},
    {"jenkins.enabled", "there is no Jenkins to switch on or off"},
    {"jenkins.Master", kNoJenkins},
    {"jenkins.Master.JavaOpts", kNoJvm},
    {"jenkins.Master.AdminUser", "the administrator is admin; who else is one is for roles to say"},
    {"jenkins.Master.AdminPassword", "it is not taken over; set a password with the link of the first start"},
    {"jenkins.Master.HealthProbes", "health is at /livez and /readyz"},
    {"jenkins.Master.SlaveListenerPort", "agents connect by WebSocket on the server's own port"},
    {"jenkins.Master.SlaveListenerServiceType", "agents connect by WebSocket on the server's own port"},
    {"jenkins.Master.SlaveListenerServiceAnnotations", "agents connect by WebSocket on the server's own port"},
    {"jenkins.Master.DisabledAgentProtocols", "agents connect by WebSocket"},
    {"jenkins.Master.CSRF", "requests are protected by tokens and SameSite cookies"},
    {"jenkins.Master.CLI", "there is no Jenkins CLI on the server"},
    {"jenkins.Master.UseSecurity", "security cannot be switched off"},
    {"jenkins.Master.InitScripts", kNoScripts},
    {"jenkins.Master.InitConfigMap", kNoScripts},
    {"jenkins.Master.ScriptApproval", "scripts run in the sandbox of the language"},
    {"jenkins.Master.CustomConfigMap", "give config.xml itself to windlass casc check"},
    {"jenkins.Master.OverwriteConfig", "the configuration is read whenever it changes"},
    {"jenkins.Master.CredentialsXmlSecret", "make credentials with the console or kubectl"},
    {"jenkins.Master.SecretsFilesSecret", "make credentials with the console or kubectl"},
    {"jenkins.Master.Jobs", "make pipelines with the console or kubectl"},
    {"jenkins.Master.InstallPlugins", "there are no plugins"},
    {"jenkins.Agent", kNoJenkins},
    {"jenkins.Agent.resources", "of the container that speaks to the server: say it in the templates of jenkins.yaml"},
    {"jenkins.Agent.PodRetention", "say it in the cloud of jenkins.yaml (podRetention)"},
    {"jenkins.Agent.volumes", "say it in the templates of jenkins.yaml (volumes)"},
    {"jenkins.Agent.NodeSelector", "say it in the templates of jenkins.yaml (nodeSelector)"},
    {"jenkins.Agent.Privileged", "containers are not privileged unless a template of jenkins.yaml says so"},
    {"jenkins.Agent.ResourceQuota", "make the ResourceQuota of the workers' namespace with kubectl"},
    {"jenkins.Agent.Builder.ContainerRuntime",
     "name images whose tools fit the nodes in the templates of jenkins.yaml"},
    {"jenkins.Agent.Builder", "of this builder the chart's default template is not made; write one in jenkins.yaml"},
    {"jenkins.ksAuth",
     "KubeSphere's tokens are verified by authentication.jwtSecret of kubesphere.yaml, nobody is asked"},
    {"jenkins.Persistence", kInstallation},
    {"jenkins.NetworkPolicy", kInstallation},
    {"jenkins.rbac", "this server's rights in the cluster are its own, far less than cluster-admin"},
    {"jenkins.prometheus", kMonitoring},
    {"jenkins.image", kInstallation},
};

/// The same of a ClusterConfiguration.
constexpr Row kClusterRows[] = {
    {"spec", kOtherPart},
    {"spec.devops.enabled", "that this server runs is the switch"},
    {"spec.devops.jenkinsCpuReq", kNoJenkins},
    {"spec.devops.jenkinsCpuLim", kNoJenkins},
    {"spec.devops.jenkinsMemoryReq", kNoJenkins},
    {"spec.devops.jenkinsMemoryLim", kNoJenkins},
    {"spec.devops.jenkinsMemoryoLim", kNoJenkins},
    {"spec.devops.jenkinsVolumeSize", kInstallation},
    {"spec.devops.jenkinsJavaOpts_Xms", kNoJvm},
    {"spec.devops.jenkinsJavaOpts_Xmx", kNoJvm},
    {"spec.devops.jenkinsJavaOpts_MaxRAM", kNoJvm},
    {"spec.devops.nodeSelector", kInstallation},
    {"spec.devops.tolerations", kInstallation},
    {"spec.devops.affinity", kInstallation},
    {"spec.devops.argocd", "there is no Argo CD behind this server"},
    {"spec.devops", "nobody knows this key, so it does nothing"},
    {"spec.authentication", kOtherPart},
    {"status", "it is what the installer noted, not what is wanted"},
};

bool is_in(std::string_view path, std::string_view outer) {
  return path == outer || (path.starts_with(outer) && (path[outer.size()] == '.' || path[outer.size()] == '['));
}

template <std::size_t N>
const Row* find_row(const Row (&rows)[N], std::string_view path) {
  const Row* best = nullptr;
  for (const auto& row : rows) {
    if (is_in(path, row.path) && (best == nullptr || row.path.size() > best->path.size())) best = &row;
  }
  return best;
}

class Importer {
 public:
  Importer(const File& file, const Value& root, const std::vector<data::YamlPlace>& places) : file_(file), root_(root) {
    for (const auto& one : places) lines_[one.path] = one.line;
  }

  Imported run() {
    out_.kubesphere = Value::map();
    out_.jenkins = Value::map();
    if (root_.get_string("kind") == "ClusterConfiguration") {
      read_cluster();
      list({}, root_, true);
    } else {
      // The values of the chart jenkins alone stand one level higher.
      if (root_.find("jenkins") == nullptr && (root_.find("Master") != nullptr || root_.find("Agent") != nullptr)) {
        prefix_ = "jenkins.";
      }
      read_chart();
      list({}, root_, false);
    }
    std::ranges::sort(out_.findings, [](const Finding& a, const Finding& b) {
      return std::tie(a.line, a.path) < std::tie(b.line, b.path);
    });
    return std::move(out_);
  }

 private:
  /// The value at a path of the chart's values, taken.
  const Value* take(const std::string& path) {
    std::string_view rest = path;
    if (rest.starts_with(prefix_)) rest.remove_prefix(prefix_.size());
    const Value* at = &root_;
    while (at != nullptr && !rest.empty()) {
      const auto dot = std::min(rest.find('.'), rest.size());
      at = at->find(rest.substr(0, dot));
      rest.remove_prefix(std::min(dot + 1, rest.size()));
    }
    if (at == nullptr || at->is_null()) return nullptr;
    out_.taken.push_back(path);
    return at;
  }
  std::string text(const std::string& path) {
    const auto* value = take(path);
    auto out = value == nullptr ? std::nullopt : pods::scalar_text(*value);
    return out.value_or("");
  }

  static Value& at(Value& map, std::initializer_list<const char*> keys) {
    Value* now = &map;
    for (const auto* key : keys) {
      auto& inner = now->mutable_members()[key];
      if (inner.is_null()) inner = Value::map();
      now = &inner;
    }
    return *now;
  }

  void read_chart() {
    if (auto secret = text("authentication.jwtSecret"); !secret.empty()) {
      at(out_.kubesphere, {"authentication"}).set("jwtSecret", secret);
    }
    if (auto host = text("jenkins.Master.HostName"); !host.empty()) {
      at(out_.jenkins, {"unclassified", "location"}).set("url", "http://" + host);
    }
    // The installer's template has the variables one level too high; what they are for is plain.
    std::map<std::string, std::string> env;
    for (const auto* path : {"jenkins.ContainerEnv", "jenkins.Master.ContainerEnv"}) read_env(path, env);
    use_env(env);
    for (const auto* path : {"jenkins.securityRealm", "jenkins.casc.securityRealm"}) read_realm(path);
    read_agents();
    // What the chart's initRBAC.groovy does at the first start.
    if (prefix_ == "jenkins." || root_.find("jenkins") != nullptr) {
      Value roles =
          Value::list_of(Value::map_of("name", "admin", "permissions", Value::list_of("Overall/Administer"), "entries",
                                       Value::list_of(Value::map_of("user", "admin"))),
                         Value::map_of("name", "kubesphere-user", "permissions", Value::list_of("Overall/Read"),
                                       "entries", Value::list_of(Value::map_of("group", "authenticated"))));
      at(out_.jenkins, {"jenkins", "authorizationStrategy", "roleBased", "roles"}).set("global", std::move(roles));
    }
  }

  void read_env(const std::string& path, std::map<std::string, std::string>& env) {
    const auto* list = take(path);
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->size() && list->is_list(); ++i) {
      const auto& one = list->items()[i];
      const auto name = one.get_string("name");
      const auto* given = one.find("value");
      const auto value = given == nullptr ? std::nullopt : pods::scalar_text(*given);
      const auto at = pods::item_path(path, i) + ".name";
      const bool meant = name.starts_with("EMAIL_") || name == "SONAR_ENABLED" || name == "SONAR_SERVER_URL" ||
                         name == "SONAR_AUTH_TOKEN";
      if (meant && value) {
        env[name] = *value;
      } else if (meant) {
        note(at, name + " has no value of its own; give it to the server as a variable of its environment");
      } else if (name == "CASC_JENKINS_CONFIG" || name == "CASC_MERGE_STRATEGY") {
        note(at, name + ": the ConfigMap is read as it is, later keys override (--casc, --casc-map)");
      } else if (name.starts_with("SONAR_")) {
        note(at, name + ": scanners are not installed; they are in the image or called as the build tool's plugin");
      } else {
        note(at, name + ": a variable of Jenkins' own process means nothing here");
      }
    }
  }

  void use_env(const std::map<std::string, std::string>& env) {
    const auto get = [&env](const char* name) {
      const auto found = env.find(name);
      return found == env.end() ? std::string() : found->second;
    };
    if (const auto host = get("EMAIL_SMTP_HOST"); !host.empty()) {
      auto& mailer = at(out_.jenkins, {"unclassified", "mailer"});
      mailer.set("smtpHost", host);
      if (const auto port = get("EMAIL_SMTP_PORT"); !port.empty()) mailer.set("smtpPort", port);
      mailer.set("useSsl", get("EMAIL_USE_SSL") == "true");
      mailer.set("replyToAddress", "no-reply@k8s.kubesphere.io");
      const auto from = get("EMAIL_FROM_ADDR");
      if (!get("EMAIL_FROM_PASS").empty()) {
        mailer.set("authentication", Value::map_of("username", from, "password", get("EMAIL_FROM_PASS")));
      }
      const auto name = get("EMAIL_FROM_NAME");
      at(out_.jenkins, {"unclassified", "location"})
          .set("adminAddress", name.empty() ? from : name + " <" + from + ">");
    }
    const bool enabled = get("SONAR_ENABLED").empty() || get("SONAR_ENABLED") == "true";
    if (const auto url = get("SONAR_SERVER_URL"); !url.empty() && enabled) set_sonar(url, get("SONAR_AUTH_TOKEN"));
  }

  void set_sonar(const std::string& url, const std::string& token) {
    Value server = Value::map_of("name", "sonar", "serverUrl", url);
    if (!token.empty()) server.set("serverAuthenticationToken", token);
    at(out_.jenkins, {"unclassified", "sonarGlobalConfiguration"})
        .set("installations", Value::list_of(std::move(server)));
  }

  void read_realm(const std::string& path) {
    const auto type = text(path + ".type");
    const auto host = text(path + ".ldap.host");
    if (type != "ldap" || host.empty()) return;
    Value ldap = Value::map_of("server", "ldap://" + host, "rootDN", "dc=kubesphere,dc=io", "userSearchBase",
                               "ou=Users", "groupSearchBase", "ou=Groups");
    at(out_.jenkins, {"jenkins", "securityRealm", "ldap"}).set("configurations", Value::list_of(std::move(ldap)));
    note(path,
         "LDAP is not asked by this server; it stands in jenkins.yaml, and people sign in with KubeSphere's tokens");
  }

  void read_agents() {
    pods::DefaultImages images;
    const auto before = images;
    std::string space = "kubesphere-devops-worker";
    if (auto given = text("jenkins.Agent.WorkerNamespace"); !given.empty()) space = given;
    auto image = text("jenkins.Agent.Image");
    const auto tag = text("jenkins.Agent.ImageTag");
    if (image.empty() && !tag.empty()) image = images.agent.substr(0, images.agent.find(':'));
    if (!image.empty()) {
      const auto name = image.rfind('/') == std::string::npos ? 0 : image.rfind('/');
      const bool has_tag = image.find(':', name) != std::string::npos;
      images.agent = has_tag || tag.empty() ? image : image + ":" + tag;
    }
    if (auto registry = text("jenkins.Agent.Builder.Registry"); !registry.empty()) images.registry = registry;
    const std::pair<const char*, std::string*> kBuilders[] = {{"Base", &images.base},
                                                              {"NodeJs", &images.nodejs},
                                                              {"Maven", &images.maven},
                                                              {"Golang", &images.go},
                                                              {"python", &images.python}};
    for (const auto& [name, builder] : kBuilders) {
      const auto path = "jenkins.Agent.Builder." + std::string(name);
      auto base = text(path + ".Image");
      if (base.empty()) base = text(path + ".image");
      auto version = text(path + ".Tag");
      if (version.empty()) version = text(path + ".tag");
      const auto colon = builder->find(':');
      if (!base.empty() || !version.empty()) {
        *builder = (base.empty() ? builder->substr(0, colon) : base) + ":" +
                   (version.empty() ? builder->substr(colon + 1) : version);
      }
    }
    const bool differs = images.registry != before.registry || images.agent != before.agent ||
                         images.base != before.base || images.nodejs != before.nodejs || images.maven != before.maven ||
                         images.go != before.go || images.python != before.python ||
                         space != "kubesphere-devops-worker";
    if (!differs) return;
    at(out_.jenkins, {"jenkins"})
        .set("clouds",
             Value::list_of(Value::map_of("kubernetes", pods::write_cloud(pods::default_cloud(images, space)))));
  }

  void read_cluster() {
    if (auto secret = text("spec.authentication.jwtSecret"); !secret.empty()) {
      at(out_.kubesphere, {"authentication"}).set("jwtSecret", secret);
    }
    const auto url = text("spec.devops.sonarqube.externalSonarUrl");
    const auto token = text("spec.devops.sonarqube.externalSonarToken");
    if (!url.empty()) set_sonar(url, token);
  }

  void note(const std::string& path, std::string sentence, Finding::Kind kind = Finding::Kind::unused) {
    out_.findings.push_back({kind, file_.name, line_of(path), path, std::move(sentence)});
  }

  std::uint32_t line_of(std::string path) const {
    if (path.starts_with(prefix_)) path.erase(0, prefix_.size());
    while (!path.empty()) {
      if (const auto found = lines_.find(path); found != lines_.end()) return found->second;
      path.resize(path.find_last_of(".[") == std::string::npos ? 0 : path.find_last_of(".["));
    }
    return 0;
  }

  /// Every key that nobody has taken, with what it is for; of one that is unused as a whole, once.
  void list(const std::string& path, const Value& value, bool cluster) {
    for (const auto& [key, inner] : value.members()) {
      const auto full = path.empty() ? prefix_ + key : pods::join_path(path, key);
      if (full == "apiVersion" || full == "kind" || full == "metadata") continue;
      const bool has_taken = std::ranges::any_of(out_.taken, [&](const auto& one) { return is_in(one, full); });
      const bool is_taken = std::ranges::any_of(out_.taken, [&](const auto& one) { return is_in(full, one); });
      if (is_taken || inner.is_null()) continue;
      const auto* row = cluster ? find_row(kClusterRows, full) : find_row(kRows, full);
      const bool deeper =
          inner.is_map() && inner.size() != 0 && (has_taken || row == nullptr || has_row_below(full, cluster));
      if (deeper) {
        list(full, inner, cluster);
      } else if (row == nullptr) {
        note(full, "nobody knows this key, so it does nothing", Finding::Kind::unknown);
      } else {
        note(full, std::string(row->sentence));
      }
    }
  }

  static bool has_row_below(std::string_view path, bool cluster) {
    const auto below = [&](const Row& row) { return row.path.size() > path.size() && is_in(row.path, path); };
    return cluster ? std::ranges::any_of(kClusterRows, below) : std::ranges::any_of(kRows, below);
  }

  const File& file_;
  const Value& root_;
  std::map<std::string, std::uint32_t> lines_;
  std::string prefix_;
  Imported out_;
};

/// A "${" that is a part of a text, of a password perhaps, is no variable.
void escape_all(Value& value) {
  if (value.is_string()) {
    value = escape(value.text());
  } else if (value.is_list()) {
    for (auto& one : value.mutable_items()) escape_all(one);
  } else if (value.is_map()) {
    for (auto& entry : value.mutable_members()) escape_all(entry.value);
  }
}

bool is_of_old_stack(const Value& root) {
  if (root.get_string("kind") == "ClusterConfiguration") return true;
  constexpr std::string_view kKeys[] = {"jenkins", "Master", "Agent", "gcJobs", "argocd", "s2i", "authentication"};
  return root.find("kind") == nullptr &&
         std::ranges::any_of(kKeys, [&root](std::string_view key) { return root.find(key) != nullptr; });
}

}  // namespace

Result<Imported> import_values(const File& file) {
  std::vector<data::YamlPlace> places;
  data::YamlParseOptions options;
  options.max_bytes = std::size_t{4} << 20;
  options.max_depth = 64;
  options.max_nodes = 200'000;
  options.max_copied_bytes = std::size_t{4} << 20;
  options.words_as_written = true;
  options.places = &places;
  const auto root = data::parse_yaml(file.text, options);
  if (!root) return fail(root.error().kind, {"{}: {}", "{}：{}"}, {file.name, root.error()});
  if (!root->is_map() || !is_of_old_stack(*root)) {
    return fail(ErrorKind::invalid, file.name +
                                        ": neither values of the chart ks-devops nor a ClusterConfiguration of "
                                        "ks-installer; config.xml and jenkins.yaml are for windlass casc check");
  }
  Importer importer(file, *root, places);
  auto out = importer.run();
  escape_all(out.jenkins);
  return out;
}

}  // namespace windlass::casc
