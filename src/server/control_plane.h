// The controllers of the server, wired: what keeps projects, pipelines and credentials in order. One place to add a
// reconciler; docs/architecture.md says what each may see.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/fault.h"
#include "base/result.h"
#include "controllers/controller.h"
#include "controllers/generic_trigger.h"
#include "controllers/job_facts.h"
#include "controllers/run_facts.h"
#include "controllers/template_origin.h"
#include "jenkinsfile/catalog.h"
#include "objects/object_store.h"
#include "rt/worker.h"
#include "runs/run_service.h"
#include "uploads/upload_store.h"

namespace windlass::server {

struct ControlPlaneOptions {
  std::function<std::int64_t()> now_millis;
  std::function<std::string(std::string_view)> keyed_hash;  ///< a text that only this server can compute
  std::function<void(std::string_view)> log;
  std::function<Result<>(const std::string& project)> forget_members;  ///< nobody has a right in it any more, durably
  uploads::UploadStore* uploads = nullptr;                             ///< files of S2iBinaries
  const controllers::RenderedTemplates* rendered = nullptr;            ///< what templates were filled in to lately
  bool expire_events = true;      ///< old Events go; where an API server keeps them, that is its own work
  Fault* fault = nullptr;         ///< crash tests
  bool runs_are_claimed = false;  ///< on their objects, before they begin
};

class ControlPlane {
 public:
  /// Everything given must outlive the io_context's last run.
  ControlPlane(boost::asio::io_context& io, objects::ObjectStore& store, runs::RunService& runs,
               const controllers::RunFacts& facts, const controllers::JobFacts& job_facts,
               controllers::TriggerIndex& triggers, rt::Worker& worker, const jenkinsfile::Catalog& catalog,
               ControlPlaneOptions options);
  ~ControlPlane();

  /// Makes the namespaces that every cluster has, then begins.
  void start();
  void stop();
  /// Of all controllers, since the start.
  [[nodiscard]] std::uint64_t visits() const;
  /// For those who change what RunFacts answers of a pipeline: its object is to show it.
  void pipeline_changed(const controllers::Key& key);
  /// A Jenkinsfile says other things about its pipeline ("project/pipeline"): its triggers and its old runs are looked
  /// at.
  void properties_changed(const std::string& job);
  /// Files whose objects went while nobody watched go: objects of a cluster, which may not even have the kind, are not
  /// followed for it.
  boost::asio::awaitable<void> tidy_uploads();
  /// A run has changed: its object is to show it, at once where clients wait for it, else within a second, so that a
  /// run of many steps is not a write for each.
  void run_changed(const runs::RunInfo& run, bool at_once);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace windlass::server
