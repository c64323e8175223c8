// The table of remote_effect.h. An effect that is missing here is found by the test that walks effect_table().
#include <algorithm>
#include <set>

#include "steps/credential_store.h"
#include "steps/remote_effect.h"

namespace windlass::steps {

namespace {

using data::Value;

constexpr EffectNeeds kNeeds[] = {
    {.name = "readFile", .where = Where::in_pod},
    {.name = "writeFile", .where = Where::in_pod},
    {.name = "fileExists", .where = Where::in_pod},
    {.name = "file.find", .where = Where::in_pod},
    {.name = "file.digest", .where = Where::in_pod},
    {.name = "file.touch", .where = Where::in_pod},
    {.name = "file.manifest", .where = Where::in_pod},
    {.name = "deleteDir", .where = Where::in_pod},
    {.name = "cleanWs", .where = Where::in_pod},
    {.name = "zip", .where = Where::in_pod, .writes_records = "artifact", .writes_files = "artifacts"},
    {.name = "unzip", .where = Where::in_pod},
    {.name = "tar", .where = Where::in_pod, .writes_records = "artifact", .writes_files = "artifacts"},
    {.name = "untar", .where = Where::in_pod},
    {.name = "stash",
     .where = Where::in_pod,
     .reads_records = "stash",
     .writes_records = "stash",
     .writes_files = "stashes"},
    {.name = "unstash", .where = Where::in_pod, .reads_records = "stash", .reads_files = "stashes"},
    {.name = "archiveArtifacts",
     .where = Where::in_pod,
     .writes_records = "artifact fingerprint",
     .writes_files = "artifacts"},
    {.name = "fingerprint", .where = Where::in_pod, .writes_records = "fingerprint"},
    {.name = "unarchive", .where = Where::in_pod, .reads_records = "artifact", .reads_files = "artifacts"},
    {.name = "copyArtifacts",
     .where = Where::in_pod,
     .reads_runs = "artifact",
     .reads_files = "artifacts",
     .writes_records = "fingerprint"},
    {.name = "junit", .where = Where::in_pod, .writes_records = "junit", .writes_files = "junit"},
    {.name = "tests.read", .reads_runs = "junit"},
    {.name = "publishHTML", .where = Where::in_pod, .writes_records = "html", .writes_files = "html"},
    {.name = "report.store", .where = Where::in_pod, .writes_records = "report", .writes_files = "reports"},
    {.name = "scm.checkout",
     .where = Where::in_pod,
     .reads_runs = "scm",
     .reads_files = "scm",
     .writes_records = "scm changes"},
    // What has no workspace: they read the project and repositories of libraries.
    {.name = "scm.changes", .reads_runs = "scm"},
    {.name = "readTrusted"},
    {.name = "readScmFile"},
    {.name = "resolveScm"},
    {.name = "tool", .where = Where::in_pod, .reads_records = "tool", .writes_records = "tool"},
    {.name = "credentials.bind", .where = Where::in_pod},
    {.name = "credentials.release", .where = Where::in_pod},
    {.name = "sshagent.start", .where = Where::in_pod},
    {.name = "sshagent.stop", .where = Where::in_pod},
    {.name = "kubeconfig.bind", .where = Where::in_pod},
    {.name = "configfiles.provide", .where = Where::in_pod},
    {.name = "maven.prepare", .where = Where::in_pod},
    {.name = "docker.program", .where = Where::in_pod},
    {.name = "docker.login", .where = Where::in_pod},
    {.name = "docker.server", .where = Where::in_pod},
    {.name = "kubernetesDeploy", .where = Where::in_pod},
    // Services are called by the server: addresses, proxies and certificates are its own.
    {.name = "httpRequest", .where = Where::at_server_files},
    {.name = "mail", .where = Where::at_server_files},
    {.name = "s3Upload", .where = Where::at_server_files},
    {.name = "azure.secrets", .where = Where::at_server_files},
    {.name = "sonar.gate", .where = Where::at_server_files},
    {.name = kReadEffect, .where = Where::in_pod, .writes_files = kMirrorFolder},
    {.name = "sonar.env"},
    {.name = "aws.role"},
    {.name = "chat"},
    {.name = "commit.status"},
    {.name = "githubNotify"},
    {.name = "updateGitlabCommitStatus"},
    {.name = "publishChecks"},
    {.name = "badge"},
};

/// What lends only variables.
bool lends_a_file(const Value& binding, RunServices& run) {
  static constexpr std::string_view kVariables[] = {
      "usernamePassword", "usernameColonPassword", "string", "vaultString", "aws", "azureServicePrincipal"};
  const auto kind = binding.get_string("$class");
  if (std::ranges::find(kVariables, kind) != std::end(kVariables)) return false;
  if (kind != "DeclarativeCredentials") return true;
  const auto credential = run.credential(binding.get_string("credentialsId"));
  if (!credential) return false;
  const auto type = credential_type(*credential);
  return type == CredentialType::file || type == CredentialType::kubeconfig || type == CredentialType::ssh_key;
}

/// Under these keys stand ids of credentials, or lists of them.
constexpr std::string_view kIdKeys[] = {
    "credentialsId", "credentialsIds", "credentials", "fileId", "mavenSettingsConfig", "globalMavenSettingsConfig",
    "kubeconfigId",  "kubeConfigId",
};

}  // namespace

const EffectNeeds* find_needs(std::string_view effect) {
  const auto* found = std::ranges::find(kNeeds, effect, &EffectNeeds::name);
  return found == std::end(kNeeds) ? nullptr : found;
}

bool acts_in_pod(std::string_view effect) {
  const auto* needs = find_needs(effect);
  return needs != nullptr && needs->where == Where::in_pod;
}

bool acts_in_pod(std::string_view effect, const Value& arguments, RunServices& run) {
  if (effect == "credentials.release") {
    const auto* lease = arguments.find("lease");
    return lease != nullptr && !lease->is_null() && (lease->is_string() || lease->size() != 0);
  }
  if (effect == "credentials.bind") {
    const auto* bindings = arguments.find("bindings");
    if (bindings == nullptr) return false;
    return std::ranges::any_of(bindings->items(), [&run](const Value& one) { return lends_a_file(one, run); });
  }
  return acts_in_pod(effect);
}

std::string_view release_of(std::string_view effect) {
  static constexpr std::string_view kLending[] = {"credentials.bind", "kubeconfig.bind", "configfiles.provide",
                                                  "maven.prepare",    "docker.login",    "docker.server"};
  if (effect == "sshagent.start") return "sshagent.stop";
  return std::ranges::find(kLending, effect) == std::end(kLending) ? "" : "credentials.release";
}

std::vector<std::string> credential_ids(const Value& arguments) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  auto take = [&](const Value& value) {
    if (value.is_string() && !value.text().empty() && seen.insert(value.text()).second) out.push_back(value.text());
  };
  std::vector<const Value*> waiting{&arguments};
  while (!waiting.empty()) {
    const auto* value = waiting.back();
    waiting.pop_back();
    for (const auto& item : value->items()) waiting.push_back(&item);
    for (const auto& [key, member] : value->members()) {
      if (std::ranges::find(kIdKeys, key) != std::end(kIdKeys)) {
        take(member);
        for (const auto& item : member.items()) take(item);
      }
      waiting.push_back(&member);
    }
  }
  return out;
}

}  // namespace windlass::steps
