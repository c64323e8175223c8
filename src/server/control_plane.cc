#include "server/control_plane.h"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "controllers/credential_controller.h"
#include "controllers/events.h"
#include "controllers/jenkinsfile_controller.h"
#include "controllers/pipeline_controller.h"
#include "controllers/pipeline_run_controller.h"
#include "controllers/project_controller.h"
#include "controllers/project_limits.h"
#include "controllers/retention_controller.h"
#include "controllers/run_port.h"
#include "controllers/template_origin.h"
#include "controllers/timer_controller.h"
#include "controllers/upload_controller.h"

namespace windlass::server {

using controllers::Controller;
using controllers::ControllerOptions;

namespace {

const objects::ResourceType& kind(std::string_view name, std::string_view group = "devops.kubesphere.io") {
  return *objects::find_kind(group, name);
}

/// `default` is where events of objects without a namespace go; the other one holds KubeSphere's configuration.
constexpr std::string_view kNamespaces[] = {"default", "kubesphere-devops-system"};
constexpr std::chrono::milliseconds kTogether{200};

}  // namespace

struct ControlPlane::Impl {
  Impl(boost::asio::io_context& io_, objects::ObjectStore& store_, runs::RunService& run_service,
       const controllers::RunFacts& facts, const controllers::JobFacts& job_facts, controllers::TriggerIndex& triggers,
       rt::Worker& worker, const jenkinsfile::Catalog& catalog, ControlPlaneOptions options_)
      : io(io_),
        store(store_),
        options(std::move(options_)),
        run_port(run_service),
        project_events(store, "project-controller", options.now_millis, options.log),
        pipeline_events(store, "pipeline-controller", options.now_millis, options.log),
        script_events(store, "jenkinsfile-controller", options.now_millis, options.log),
        run_events(store, "pipelinerun-controller", options.now_millis, options.log),
        credential_events(store, "credential-controller", options.now_millis, options.log),
        project_rules(store, project_events, options.now_millis, options.forget_members, options.fault),
        pipeline_rules(store, pipeline_events, facts, job_facts, options.now_millis),
        script_rules(store, script_events, worker, catalog),
        credential_rules(store, credential_events, options.now_millis, options.keyed_hash),
        run_rules(store, run_port, job_facts, run_events, options.now_millis,
                  {.are_claimed = options.runs_are_claimed, .saw_all = [this] { return runs.synced(); }}),
        timer_rules(store, job_facts, pipeline_events, options.now_millis),
        retention_events(store, "retention-controller", options.now_millis, options.log),
        retention_rules(store, job_facts, retention_events, options.now_millis),
        limit_rules(store, run_port, project_events),
        upload_rules(store, *options.uploads),
        origin_rules(store, *options.rendered, worker),
        projects(io, store, kind("DevOpsProject"), project_rules, named("project")),
        pipelines(io, store, kind("Pipeline"), pipeline_rules, named("pipeline")),
        scripts(io, store, kind("Pipeline"), script_rules, named("jenkinsfile")),
        credentials(io, store, kind("Secret", ""), credential_rules, of_credentials()),
        runs(io, store, kind("PipelineRun"), run_rules, of_runs()),
        timers(io, store, kind("Pipeline"), timer_rules, named("timer")),
        retention(io, store, kind("Pipeline"), retention_rules, named("retention")),
        expiry(io, store, options.now_millis, options.log),
        limits(io, store, kind("DevOpsProject"), limit_rules, named("limits")),
        tokens(io, store, kind("Pipeline"), triggers, named("triggers")),
        uploads(io, store, kind("S2iBinary"), upload_rules, of_uploads()),
        origins(io, store, kind("Pipeline"), origin_rules, of_origins()) {
    retention.also(kind("PipelineRun"), controllers::RetentionReconciler::pipeline_of_ended_run, true);
    projects.also(kind("Namespace", ""), controllers::ProjectReconciler::project_of_namespace);
  }

  [[nodiscard]] ControllerOptions named(std::string name) {
    ControllerOptions out;
    out.name = std::move(name);
    out.log = options.log;
    out.hub = &feeds;
    return out;
  }

  /// A watch of Secrets is of what they are called; their content is read by name, of those that matter.
  [[nodiscard]] ControllerOptions of_credentials() {
    auto out = named("credential");
    out.metadata_only = true;
    out.fields = controllers::CredentialReconciler::not_of_others();
    return out;
  }

  [[nodiscard]] ControllerOptions of_uploads() {
    auto out = named("upload");
    out.metadata_only = true;
    return out;
  }

  [[nodiscard]] ControllerOptions of_origins() {
    auto out = named("origin");
    out.parallel = 1;
    out.wanted = [this](const data::Value& object) { return origin_rules.saw(object); };
    return out;
  }

  /// Most of a visit of a run is a wait for disks, and what waits together is one commit.
  [[nodiscard]] ControllerOptions of_runs() {
    auto out = named("pipelinerun");
    out.parallel = 32;
    out.wanted = [this](const data::Value& object) {
      run_rules.saw(object);
      return controllers::PipelineRunReconciler::concerns(object);
    };
    return out;
  }

  boost::asio::awaitable<void> make_namespaces() {
    for (const auto name : kNamespaces) {
      auto made = co_await store.create(kind("Namespace", ""), "",
                                        data::Value::map_of("metadata", data::Value::map_of("name", name)));
      if (!made && made.error().code != 409 && options.log) {
        options.log("the namespace " + std::string(name) + " cannot be made: " + made.error().message);
      }
    }
  }

  [[nodiscard]] std::array<Controller*, 10> all() {
    return {&projects, &pipelines, &scripts, &credentials, &runs, &timers, &retention, &limits, &tokens, &origins};
  }

  boost::asio::io_context& io;
  objects::ObjectStore& store;
  ControlPlaneOptions options;
  controllers::FeedHub feeds;  ///< six controllers look at Pipelines
  controllers::ServiceRuns run_port;
  controllers::EventRecorder project_events, pipeline_events, script_events, run_events, credential_events;
  controllers::ProjectReconciler project_rules;
  controllers::PipelineReconciler pipeline_rules;
  controllers::JenkinsfileReconciler script_rules;
  controllers::CredentialReconciler credential_rules;
  controllers::PipelineRunReconciler run_rules;
  controllers::TimerReconciler timer_rules;
  controllers::EventRecorder retention_events;
  controllers::RetentionReconciler retention_rules;
  controllers::ProjectLimitsReconciler limit_rules;
  controllers::UploadReconciler upload_rules;
  controllers::TemplateOriginReconciler origin_rules;
  Controller projects, pipelines, scripts, credentials, runs, timers, retention;
  controllers::EventExpiry expiry;
  Controller limits, tokens, uploads, origins;
};

ControlPlane::ControlPlane(boost::asio::io_context& io, objects::ObjectStore& store, runs::RunService& runs,
                           const controllers::RunFacts& facts, const controllers::JobFacts& job_facts,
                           controllers::TriggerIndex& triggers, rt::Worker& worker, const jenkinsfile::Catalog& catalog,
                           ControlPlaneOptions options)
    : impl_(std::make_unique<Impl>(io, store, runs, facts, job_facts, triggers, worker, catalog, std::move(options))) {}

ControlPlane::~ControlPlane() { stop(); }

void ControlPlane::start() {
  boost::asio::co_spawn(impl_->io, impl_->make_namespaces(), boost::asio::detached);
  for (auto* controller : impl_->all()) controller->start();
  if (impl_->options.expire_events) {
    impl_->expiry.start();
    impl_->uploads.start();
  }
}

void ControlPlane::stop() {
  for (auto* controller : impl_->all()) controller->stop();
  impl_->uploads.stop();
  impl_->expiry.stop();
}

void ControlPlane::pipeline_changed(const controllers::Key& key) {
  if (impl_->options.runs_are_claimed) {
    impl_->pipelines.enqueue_after(key, kTogether);
  } else {
    impl_->pipelines.enqueue(key);
  }
}

std::uint64_t ControlPlane::visits() const {
  std::uint64_t out = 0;
  for (const auto* controller : impl_->all()) out += controller->visits();
  return out + impl_->uploads.visits();
}

boost::asio::awaitable<void> ControlPlane::tidy_uploads() {
  const auto keys = co_await impl_->options.uploads->keys();
  if (!keys) co_return;
  for (const auto& key : *keys) {
    // What cannot be asked about now stays until it can be.
    (void)co_await impl_->upload_rules.reconcile({key.space, key.name});
  }
}

void ControlPlane::properties_changed(const std::string& job) {
  const auto slash = job.find('/');
  if (slash == std::string::npos) return;
  const auto rest = job.substr(slash + 1);
  const controllers::Key key{job.substr(0, slash), rest.substr(0, rest.find('/'))};
  impl_->pipelines.enqueue(key);
  impl_->timers.enqueue(key);
  impl_->retention.enqueue(key);
  impl_->tokens.enqueue(key);
}

void ControlPlane::run_changed(const runs::RunInfo& run, bool at_once) {
  at_once |= impl_->run_rules.run_changed(run);
  const auto key = controllers::PipelineRunReconciler::key_of(run);
  if (at_once && impl_->options.runs_are_claimed && run.phase != runs::Phase::ended) {
    // Four requests each time, beside those that the run itself waits for: what comes together is shown together.
    impl_->runs.enqueue_after(key, kTogether);
  } else if (at_once) {
    impl_->runs.enqueue(key);
  } else {
    impl_->runs.enqueue_after(key, std::chrono::seconds(1));
  }
}

}  // namespace windlass::server
