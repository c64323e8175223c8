// A sorted table of names that real Jenkinsfiles call and that need a plugin we do not stand in for. It is no list of
// what is missing: a step comes off it when it is offered (a test holds that).
#include "catalog/alternatives.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace windlass::catalog {
namespace {

struct Alternative {
  std::string_view step;
  std::string_view instead;
};

constexpr Alternative kAlternatives[] = {
    {"Artifactory", "sh 'jf rt …' inside withCredentials"},
    {"GhprbPullRequestMerge", "sh 'gh pr merge …' inside withCredentials"},
    {"addSummary", "currentBuild.description"},
    {"ansiblePlaybook", "sh 'ansible-playbook …' inside sshagent"},
    {"ansibleVault", "sh 'ansible-vault …'"},
    {"awsCodeBuild", "sh 'aws codebuild …' inside withAWS"},
    {"azureCLI", "sh 'az …' inside withCredentials"},
    {"azureKeyVault", "withCredentials with a credential of the project"},
    {"azureUpload", "sh 'az storage blob upload …' inside withCredentials"},
    {"buildPlugin", "the shared library that has it: --library pipeline-library=URL"},
    {"cfnUpdate", "sh 'aws cloudformation deploy …' inside withAWS"},
    {"checkpoint", "nothing: every run goes on after a crash, and any step can be restarted"},
    {"createSummary", "currentBuild.description"},
    {"cucumber", "archiveArtifacts or publishHTML"},
    {"dependencyCheck", "sh 'dependency-check …' and archiveArtifacts"},
    {"dependencyCheckPublisher", "archiveArtifacts or publishHTML"},
    {"dependencyTrackPublisher", "httpRequest with uploadFile"},
    {"ecrLogin", "sh 'aws ecr get-login-password …' inside withAWS"},
    {"ftpPublisher", "sh 'curl --upload-file …'"},
    {"googleStorageUpload", "sh 'gsutil cp …' inside withCredentials"},
    {"googlechatnotification", "httpRequest"},
    {"helm", "sh 'helm …' inside withKubeConfig"},
    {"hub_detect", "sh with its command line"},
    {"influxDbPublisher", "httpRequest"},
    {"jiraAddComment", "httpRequest"},
    {"jiraComment", "httpRequest"},
    {"jiraSendBuildInfo", "httpRequest"},
    {"jiraSendDeploymentInfo", "httpRequest"},
    {"kubernetesApply", "sh 'kubectl apply …' inside withKubeConfig"},
    {"mattermostSend", "httpRequest"},
    {"nexusArtifactUploader", "sh 'mvn deploy:deploy-file …' or httpRequest with uploadFile"},
    {"nexusPublisher", "sh 'mvn deploy:deploy-file …' or httpRequest with uploadFile"},
    {"openshift", "sh 'oc …' inside withKubeConfig"},
    {"openshiftBuild", "sh 'oc start-build …' inside withKubeConfig"},
    {"openshiftDeploy", "sh 'oc rollout …' inside withKubeConfig"},
    {"openshiftTag", "sh 'oc tag …' inside withKubeConfig"},
    {"openshiftVerifyDeployment", "sh 'oc rollout status …' inside withKubeConfig"},
    {"perfReport", "archiveArtifacts"},
    {"plot", "archiveArtifacts"},
    {"rocketSend", "httpRequest"},
    {"rtBuildInfo", "sh 'jf rt build-collect-env …'"},
    {"rtDownload", "sh 'jf rt download …'"},
    {"rtMavenDeployer", "sh 'jf mvn …'"},
    {"rtMavenRun", "sh 'jf mvn …'"},
    {"rtPublishBuildInfo", "sh 'jf rt build-publish …'"},
    {"rtServer", "sh 'jf config add …' inside withCredentials"},
    {"rtUpload", "sh 'jf rt upload …'"},
    {"s3Delete", "sh 'aws s3 rm …' inside withAWS"},
    {"s3Download", "sh 'aws s3 cp …' inside withAWS"},
    {"snsPublish", "sh 'aws sns publish …' inside withAWS"},
    {"snykSecurity", "sh 'snyk test'"},
    {"sshCommand", "sh 'ssh HOST COMMAND' inside sshagent"},
    {"sshGet", "sh 'scp HOST:FROM TO' inside sshagent"},
    {"sshPublisher", "sh 'scp FROM HOST:TO' inside sshagent"},
    {"sshPut", "sh 'scp FROM HOST:TO' inside sshagent"},
    {"sshRemove", "sh 'ssh HOST rm FILE' inside sshagent"},
    {"sshScript", "sh 'ssh HOST sh < FILE' inside sshagent"},
    {"withSecrets", "withCredentials with a credential of the project"},
    {"withVault", "withCredentials with a credential of the project"},
    {"wsCleanup", "cleanWs()"},
    {"xrayScanBuild", "sh 'jf build-scan …'"},
};
static_assert(std::ranges::is_sorted(kAlternatives, {}, &Alternative::step));

}  // namespace

std::vector<std::string_view> steps_with_alternative() {
  std::vector<std::string_view> out;
  for (const auto& one : kAlternatives) out.push_back(one.step);
  return out;
}

std::string_view instead_of(std::string_view step) {
  const auto* found = std::ranges::lower_bound(kAlternatives, step, {}, &Alternative::step);
  return found != std::end(kAlternatives) && found->step == step ? found->instead : std::string_view();
}

std::string hint_for_unknown(const Catalog& catalog, std::string_view name) {
  if (const auto instead = instead_of(name); !instead.empty()) return "; use " + std::string(instead) + " instead";
  if (const auto near = catalog.nearest_step(name)) return "; did you mean \"" + std::string(*near) + "\"?";
  return "";
}

}  // namespace windlass::catalog
