#include "jenkinsfile/basic_catalog.h"

#include <array>
#include <initializer_list>
#include <utility>

namespace windlass::jenkinsfile {
namespace {

Parameter required(std::string name, ParameterType type = ParameterType::string) {
  return {.name = std::move(name), .type = type, .required = true};
}
Parameter optional(std::string name, ParameterType type = ParameterType::string) {
  return {.name = std::move(name), .type = type};
}
std::vector<Parameter> optional_objects(std::initializer_list<const char*> names) {
  std::vector<Parameter> out;
  for (const auto* name : names) out.push_back(optional(name, ParameterType::object));
  return out;
}

/// Steps that are blocks and yet never wrappers: they are Declarative's own business, or refused everywhere.
constexpr std::array kNeverWrappers = {"node", "stage", "script", "parallel", "properties", "pipeline", "waitUntil"};

void add_agents(BasicCatalog& catalog) {
  auto agent = [&catalog](std::string name, std::vector<Parameter> parameters) {
    catalog.add_symbol(SymbolKind::agent, {.name = std::move(name), .parameters = std::move(parameters)});
  };
  agent("any", {});
  agent("none", {});
  agent("label", {required("label", ParameterType::object), optional("customWorkspace", ParameterType::object),
                  optional("retries", ParameterType::object)});
  agent("node", {required("label", ParameterType::object), optional("customWorkspace", ParameterType::object),
                 optional("retries", ParameterType::object)});
  auto docker = optional_objects({"label", "args", "alwaysPull", "registryUrl", "registryCredentialsId", "reuseNode",
                                  "customWorkspace", "containerPerStageRoot", "retries"});
  docker.insert(docker.begin(), required("image", ParameterType::object));
  agent("docker", std::move(docker));
  agent("dockerfile", optional_objects({"filename", "dir", "label", "additionalBuildArgs", "args", "registryUrl",
                                        "registryCredentialsId", "reuseNode", "customWorkspace",
                                        "containerPerStageRoot", "retries"}));
  agent("kubernetes", optional_objects({"label",
                                        "yaml",
                                        "yamlFile",
                                        "yamlMergeStrategy",
                                        "cloud",
                                        "namespace",
                                        "inheritFrom",
                                        "serviceAccount",
                                        "nodeSelector",
                                        "workingDir",
                                        "containerTemplate",
                                        "containerTemplates",
                                        "defaultContainer",
                                        "customWorkspace",
                                        "idleMinutes",
                                        "activeDeadlineSeconds",
                                        "terminationGracePeriodSeconds",
                                        "nodeUsageMode",
                                        "slaveConnectTimeout",
                                        "podRetention",
                                        "instanceCap",
                                        "supplementalGroups",
                                        "workspaceVolume",
                                        "showRawYaml",
                                        "agentContainer",
                                        "agentInjection",
                                        "hostNetwork",
                                        "imagePullSecrets",
                                        "runAsUser",
                                        "runAsGroup",
                                        "schedulerName",
                                        "annotations",
                                        "volumes",
                                        "envVars",
                                        "inheritYamlMergeStrategy",
                                        "retries"}));
}

void add_conditions(BasicCatalog& catalog) {
  auto condition = [&catalog](std::string name, std::vector<Parameter> parameters) {
    catalog.add_symbol(SymbolKind::condition, {.name = std::move(name), .parameters = std::move(parameters)});
  };
  const auto any = ParameterType::object;
  condition("allOf", {});
  condition("anyOf", {});
  condition("not", {});
  condition("expression", {});
  condition("branch", {required("pattern"), optional("comparator")});
  condition("buildingTag", {});
  condition("changeRequest", {optional("id"), optional("target"), optional("branch"), optional("fork"), optional("url"),
                              optional("title"), optional("author"), optional("authorDisplayName"),
                              optional("authorEmail"), optional("comparator")});
  condition("changelog", {required("pattern")});
  condition("changeset",
            {required("pattern"), optional("caseSensitive", ParameterType::boolean), optional("comparator")});
  condition("environment", {required("name"), required("value"), optional("ignoreCase", ParameterType::boolean)});
  condition("equals", {required("expected", any), required("actual", any)});
  condition("isRestartedRun", {});
  condition("tag", {required("pattern"), optional("comparator")});
  condition("triggeredBy", {required("cause"), optional("detail", any)});
}

void add_options(BasicCatalog& catalog) {
  auto option = [&catalog](std::string name, std::vector<Parameter> parameters) {
    catalog.add_symbol(SymbolKind::option, {.name = std::move(name), .parameters = std::move(parameters)});
  };
  const auto flag = ParameterType::boolean;
  const auto any = ParameterType::object;
  // One optional boolean is "required" here as in Jenkins: `skipDefaultCheckout()` and `skipDefaultCheckout(false)`.
  const Parameter boxed{.name = "skip", .type = flag, .required = true};
  option("skipDefaultCheckout", {boxed});
  catalog.add_symbol(SymbolKind::stage_option, {.name = "skipDefaultCheckout", .parameters = {boxed}});
  option("skipStagesAfterUnstable", {{.name = "skip", .type = flag, .required = true}});
  option("parallelsAlwaysFailFast", {{.name = "failFast", .type = flag, .required = true}});
  option("checkoutToSubdirectory", {required("subdirectory")});
  option("newContainerPerStage", {{.name = "newContainer", .type = flag, .required = true}});
  option("preserveStashes", {optional("buildCount", ParameterType::int_)});
  option("disableConcurrentBuilds", {optional("abortPrevious", flag)});
  option("buildDiscarder", {required("strategy", any)});
  option("disableResume", {});
  option("disableRestartFromStage", {});
  option("durabilityHint", {required("hint")});
  option("overrideIndexTriggers", {required("enableTriggers", flag)});
  option("quietPeriod", {required("quietPeriod", ParameterType::int_)});
  option("rateLimitBuilds", {required("throttle", any)});
  option("throttleJobProperty",
         {optional("categories", any), optional("throttleEnabled", flag), optional("throttleOption"),
          optional("maxConcurrentTotal", ParameterType::int_), optional("maxConcurrentPerNode", ParameterType::int_),
          optional("limitOneJobWithMatchingParams", flag), optional("paramsToUseForLimit")});
  option("throttleConcurrentBuilds", {optional("categories", any), optional("maxTotal", ParameterType::int_),
                                      optional("maxPerNode", ParameterType::int_)});
  // Refused by a rule of their own, not as unknown.
  for (const auto* name : {"parameters", "triggers", "pipelineTriggers"}) {
    catalog.add_symbol(SymbolKind::option, {.name = name, .open = true});
  }
  for (const auto* name : {"authorizationMatrix",
                           "azureKeyVault",
                           "buildBlocker",
                           "buildFailureAnalyzer",
                           "configure",
                           "copyArtifactPermission",
                           "datadog",
                           "disableScanning",
                           "discordNotifier",
                           "dockerSettings",
                           "durabilityHintProperty",
                           "giteaConnection",
                           "gitLabConnection",
                           "gitlabCommitStatus",
                           "gitlabBuilds",
                           "githubProjectProperty",
                           "githubProject",
                           "groovyLabelAssignment",
                           "heavyJob",
                           "hidden",
                           "holdOffBuildUntilSave",
                           "jobRestrictions",
                           "jiraSite",
                           "office365ConnectorWebhooks",
                           "leastLoad",
                           "logstash",
                           "naginator",
                           "notifications",
                           "projectNamingStrategy",
                           "promotions",
                           "rebuild",
                           "requiredResources",
                           "resourceGroup",
                           "scoverage",
                           "shelve",
                           "sidebarLinks",
                           "sidebar",
                           "slackNotifier",
                           "uniqueId",
                           "useBitbucketServer",
                           "customizeBuildNow",
                           "buildConfigSummary",
                           "disableBuildsFromBranchIndexing",
                           "jobWebhooks",
                           "webhooks"}) {
    catalog.add_symbol(SymbolKind::option, {.name = name, .open = true, .offered = false});
  }
}

void add_triggers(BasicCatalog& catalog) {
  catalog.add_symbol(SymbolKind::trigger, {.name = "cron", .parameters = {required("spec")}});
  catalog.add_symbol(SymbolKind::trigger, {.name = "pollSCM",
                                           .parameters = {required("scmpoll_spec"),
                                                          optional("ignorePostCommitHooks", ParameterType::boolean)}});
  catalog.add_symbol(SymbolKind::trigger,
                     {.name = "upstream", .parameters = {required("upstreamProjects"), optional("threshold")}});
  catalog.add_symbol(SymbolKind::trigger, {.name = "githubPush"});
  catalog.add_symbol(SymbolKind::trigger, {.name = "GenericTrigger", .open = true});
  for (const auto* name : {"artifactoryTrigger",
                           "bitbucketPush",
                           "bitBucketTrigger",
                           "bitbucketServer",
                           "dockerHubTrigger",
                           "eventTrigger",
                           "gerrit",
                           "githubBranches",
                           "githubComment",
                           "githubPullRequests",
                           "giteaPush",
                           "gitee",
                           "gitlab",
                           "gitlabPush",
                           "issueCommentTrigger",
                           "jiraTrigger",
                           "jiraChangelogTrigger",
                           "jobDsl",
                           "mavenSnapshot",
                           "parameterizedCron",
                           "pullRequestReview",
                           "pullRequestReviewTrigger",
                           "rabbitMQ",
                           "rtTrigger",
                           "pollURL",
                           "URLTrigger",
                           "snapshotDependencies",
                           "urlTrigger",
                           "fsTrigger",
                           "xtrigger",
                           "periodicFolderTrigger",
                           "prComment",
                           "ciBuildTrigger",
                           "activeMQ",
                           "stash",
                           "teamPushTrigger"}) {
    catalog.add_symbol(SymbolKind::trigger, {.name = name, .open = true, .offered = false});
  }
}

void add_parameters(BasicCatalog& catalog) {
  auto parameter = [&catalog](std::initializer_list<const char*> names, std::vector<Parameter> parameters) {
    for (const auto* name : names) {
      catalog.add_symbol(SymbolKind::parameter, {.name = name, .parameters = parameters});
    }
  };
  const auto flag = ParameterType::boolean;
  parameter({"string", "stringParam"},
            {required("name"), optional("defaultValue"), optional("description"), optional("trim", flag)});
  parameter({"text", "textParam"},
            {required("name"), optional("defaultValue"), optional("description"), optional("trim", flag)});
  parameter({"booleanParam"}, {required("name"), optional("defaultValue", flag), optional("description")});
  parameter({"choice", "choiceParam"},
            {required("name"), optional("choices", ParameterType::object), optional("description")});
  parameter({"password", "nonStoredPasswordParam"},
            {required("name"), optional("defaultValue", ParameterType::object),
             optional("defaultValueAsSecret", ParameterType::object), optional("description")});
  parameter({"credentials"}, {required("name"), optional("credentialType"), optional("defaultValue"),
                              optional("description"), optional("required", flag)});
  parameter({"file", "fileParam"}, {required("name"), optional("description")});
  parameter({"run", "runParam"}, {required("name"), optional("projectName"), optional("description"),
                                  optional("filter"), optional("defaultValue")});
  for (const auto* name : {"activeChoice",
                           "activeChoiceParam",
                           "activeChoiceHtml",
                           "base64File",
                           "cascadeChoiceParameter",
                           "cascadeChoice",
                           "choiceParameter",
                           "dynamicReference",
                           "extendedChoice",
                           "gitParameter",
                           "hidden",
                           "imageTag",
                           "jobParam",
                           "labelParam",
                           "listGitBranches",
                           "mavenMetadata",
                           "multiselect",
                           "nodeParam",
                           "persistentBoolean",
                           "persistentChoice",
                           "persistentString",
                           "persistentText",
                           "reactiveChoice",
                           "reactiveChoiceParam",
                           "reactiveReference",
                           "s3Param",
                           "separator",
                           "stashedFile",
                           "subversionTag",
                           "validatingString",
                           "validatingYamlParam",
                           "yesNoParam",
                           "dateParam",
                           "dateTime",
                           "randomString",
                           "readOnlyString",
                           "hubImage"}) {
    catalog.add_symbol(SymbolKind::parameter, {.name = name, .open = true, .offered = false});
  }
}

void add_tools(BasicCatalog& catalog) {
  for (const auto* name :
       {"allure",    "ant",     "cmake",   "customTool",      "dockerTool",   "git",        "go",
        "gradle",    "groovy",  "jdk",     "jfrog",           "jgit",         "jgitapache", "maven",
        "mercurial", "msbuild", "msBuild", "nodejs",          "oc",           "perl",       "python",
        "ruby",      "sbt",     "snyk",    "sonarQubeRunner", "sonarScanner", "terraform",  "xcode"}) {
    catalog.add_symbol(SymbolKind::tool, {.name = name});
  }
}

}  // namespace

BasicCatalog::BasicCatalog() {
  add_agents(*this);
  add_conditions(*this);
  add_options(*this);
  add_triggers(*this);
  add_parameters(*this);
  add_tools(*this);
  add_symbol(SymbolKind::describable,
             {.name = "logRotator",
              .parameters = {optional("daysToKeepStr"), optional("numToKeepStr"), optional("artifactDaysToKeepStr"),
                             optional("artifactNumToKeepStr"), optional("removeLastBuild", ParameterType::boolean)}});
}

void BasicCatalog::add_step(Signature step) { add_step(std::move(step), {}); }
void BasicCatalog::add_step(Signature step, std::function<std::vector<Parameter>()> parameters) {
  steps_.erase(step.name);
  Step& added = steps_[step.name];
  added.signature = std::move(step);
  added.parameters = std::move(parameters);
}
void BasicCatalog::add_symbol(SymbolKind kind, Signature symbol) {
  auto name = symbol.name;
  symbols_[kind].insert_or_assign(std::move(name), std::move(symbol));
}
void BasicCatalog::add_global(std::string name) { globals_.insert(std::move(name)); }
void BasicCatalog::set_installations(const std::string& tool_type, std::vector<std::string> names) {
  installations_.insert_or_assign(tool_type, std::move(names));
}

const Signature* BasicCatalog::find_step(std::string_view name) const {
  auto found = steps_.find(name);
  if (found == steps_.end()) return nullptr;
  Step& step = found->second;
  if (step.parameters) std::call_once(step.once, [&step] { step.signature.parameters = step.parameters(); });
  return &step.signature;
}

bool BasicCatalog::may_wrap(const Signature& step) const {
  if (!step.takes_body || step.needs_workspace) return false;
  for (const auto* never : kNeverWrappers) {
    if (step.name == never) return false;
  }
  return true;
}

const Signature* BasicCatalog::find_symbol(SymbolKind kind, std::string_view name) const {
  if (auto of_kind = symbols_.find(kind); of_kind != symbols_.end()) {
    if (auto found = of_kind->second.find(name); found != of_kind->second.end()) return &found->second;
  }
  if (kind == SymbolKind::option || kind == SymbolKind::stage_option) {
    const auto* step = find_step(name);
    if (step != nullptr && may_wrap(*step)) return step;
  }
  return nullptr;
}

std::vector<std::string> BasicCatalog::symbol_names(SymbolKind kind) const {
  if (kind == SymbolKind::agent) return {"any", "docker", "dockerfile", "kubernetes", "label", "none"};
  std::vector<std::string> out;
  if (auto of_kind = symbols_.find(kind); of_kind != symbols_.end()) {
    for (const auto& [name, symbol] : of_kind->second) {
      if (symbol.offered && !(kind == SymbolKind::option && symbol.open)) out.push_back(name);
    }
  }
  if (kind == SymbolKind::option || kind == SymbolKind::stage_option) {
    for (const auto& [name, step] : steps_) {
      if (may_wrap(step.signature)) out.push_back(name);
    }
  }
  return out;
}

std::optional<std::vector<std::string>> BasicCatalog::find_installations(std::string_view tool_type) const {
  auto found = installations_.find(tool_type);
  if (found == installations_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> BasicCatalog::function_names() const {
  std::vector<std::string> out(globals_.begin(), globals_.end());
  for (const auto& [name, step] : steps_) out.push_back(name);
  return out;
}

}  // namespace windlass::jenkinsfile
