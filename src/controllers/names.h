// The names that KubeSphere's clients know: annotations, labels, finalizers, types of credentials. One place, because a
// letter wrong here is silent. Source: kubesphere CRDs as docs/compat/kubesphere.md lists them.
#pragma once

#include <string_view>

namespace windlass::controllers::names {

inline constexpr std::string_view kGroup = "devops.kubesphere.io";

// ---- common
inline constexpr std::string_view kCreator = "kubesphere.io/creator";
inline constexpr std::string_view kDescription = "kubesphere.io/description";
inline constexpr std::string_view kWorkspaceLabel = "kubesphere.io/workspace";
inline constexpr std::string_view kProjectLabel = "kubesphere.io/devopsproject";
inline constexpr std::string_view kManagedLabel = "devops.kubesphere.io/managed";

// ---- projects
inline constexpr std::string_view kProjectFinalizer = "devopsproject.finalizers.kubesphere.io";
inline constexpr std::string_view kProjectSync = "devopsproject.devops.kubesphere.io/";

// ---- pipelines
inline constexpr std::string_view kPipelineFinalizer = "pipeline.finalizers.kubesphere.io";
inline constexpr std::string_view kPipelineSync = "pipeline.devops.kubesphere.io/";
inline constexpr std::string_view kPipelineSpecHash = "pipeline.devops.kubesphere.io/spechash";
inline constexpr std::string_view kPipelineMetadata = "pipeline.devops.kubesphere.io/jenkins-metadata";
inline constexpr std::string_view kPipelineJson = "pipeline.devops.kubesphere.io/jenkinsfile";
inline constexpr std::string_view kPipelineEditMode = "pipeline.devops.kubesphere.io/jenkinsfile.edit.mode";
inline constexpr std::string_view kPipelineValidate = "pipeline.devops.kubesphere.io/jenkinsfile.validate";
/// Ours: which script the JSON was made from, so that a script changed by `kubectl apply` is noticed.
inline constexpr std::string_view kPipelineConverted = "windlass.io/converted-script";
/// Ours: the minute a timer fired for last (milliseconds), and what to do about minutes that nobody saw.
inline constexpr std::string_view kTimerLast = "windlass.io/timer-last";
inline constexpr std::string_view kTimerMissed = "windlass.io/timer-missed";
inline constexpr std::string_view kPipelineLabel = "devops.kubesphere.io/pipeline";
/// Ours, on a pipeline or project: who must approve an input; on a run: who has, with seals of the server.
inline constexpr std::string_view kApprovals = "windlass.io/approvals";
inline constexpr std::string_view kSelfApproval = "windlass.io/self-approval";
inline constexpr std::string_view kApprovedBy = "windlass.io/approved-by";
/// Ours, on a run: never discarded.
inline constexpr std::string_view kKeep = "windlass.io/keep";

// ---- runs
inline constexpr std::string_view kRunFinalizer = "pipelinerun.finalizers.kubesphere.io";
inline constexpr std::string_view kRunId = "devops.kubesphere.io/jenkins-pipelinerun-id";
inline constexpr std::string_view kRunStatus = "devops.kubesphere.io/jenkins-pipelinerun-status";
inline constexpr std::string_view kRunCreator = "devops.kubesphere.io/creator";
inline constexpr std::string_view kRunTrigger = "devops.kubesphere.io/trigger";
inline constexpr std::string_view kRunOrphan = "devops.kubesphere.io/jenkins-pipelinerun-orphan";
inline constexpr std::string_view kRunKeepRecord = "devops.kubesphere.io/keep-jenkins-record";
/// Ours: which run store began it; written before anything of it happens.
inline constexpr std::string_view kRunClaim = "windlass.io/claim";
/// Ours: which spec.action Pause or Resume was carried out last ("Pause 3": of the object's generation 3), so that what
/// people do by another way afterwards holds.
inline constexpr std::string_view kActionTaken = "windlass.io/action-taken";
/// Ours: a run that restarts another one of its pipeline.
inline constexpr std::string_view kRunReplayOf = "windlass.io/replay-of";
inline constexpr std::string_view kRunRestartStage = "windlass.io/restart-stage";
inline constexpr std::string_view kRunRestartStep = "windlass.io/restart-step";
inline constexpr std::string_view kRunRestartOf = "windlass.io/restart-of";
/// Ours: the order of another run's `build` step that this run is for, and that run ("project/pipeline#7").
inline constexpr std::string_view kRunOrder = "windlass.io/order";
inline constexpr std::string_view kRunUpstream = "windlass.io/upstream";
/// Ours: what was asked for with the Idempotency-Key that its name follows from.
inline constexpr std::string_view kIdempotency = "windlass.io/idempotency";
/// Ours: the first line of its log and variables of its environment (a JSON map), of a run that a trigger started.
inline constexpr std::string_view kRunCause = "windlass.io/cause";
inline constexpr std::string_view kRunEnvironment = "windlass.io/environment";
/// Ours: what had started the run that this one follows.
inline constexpr std::string_view kUpstreamCause = "windlass.io/upstream-cause";
/// Ours: limits of a project's runs; the first one also on a pipeline.
inline constexpr std::string_view kMaxRunning = "windlass.io/max-running";
inline constexpr std::string_view kMaxQueued = "windlass.io/max-queued";
/// Ours, on a pipeline or its project: whose runs may start it, besides those of the same project ("a, b" or "*").
inline constexpr std::string_view kBuildsFrom = "windlass.io/builds-from";

/// Ours, on a pipeline: the template that it was made from, "Template/NAME" or "ClusterTemplate/NAME"; whoever makes
/// the pipeline says so, or it is found out (template_origin.h).
inline constexpr std::string_view kFromTemplate = "windlass.io/from-template";
/// Ours, on a pipeline or its project: which other projects' pipelines may follow its runs by a trigger `upstream`.
inline constexpr std::string_view kFollowedBy = "windlass.io/followed-by";

// ---- credentials
inline constexpr std::string_view kCredentialFinalizer = "finalizers.kubesphere.io/credential";
inline constexpr std::string_view kCredentialSync = "credential.devops.kubesphere.io/";
inline constexpr std::string_view kCredentialHash = "credential.devops.kubesphere.io/datahash";
inline constexpr std::string_view kCredentialAutoSync = "credential.devops.kubesphere.io/autosync";
inline constexpr std::string_view kBasicAuth = "credential.devops.kubesphere.io/basic-auth";
inline constexpr std::string_view kSshAuth = "credential.devops.kubesphere.io/ssh-auth";
inline constexpr std::string_view kSecretText = "credential.devops.kubesphere.io/secret-text";
inline constexpr std::string_view kKubeconfig = "credential.devops.kubesphere.io/kubeconfig";

// ---- behind kProjectSync, kPipelineSync, kCredentialSync
inline constexpr std::string_view kSyncStatus = "syncstatus";
inline constexpr std::string_view kSyncTime = "synctime";
inline constexpr std::string_view kSyncMessage = "syncmsg";

}  // namespace windlass::controllers::names
