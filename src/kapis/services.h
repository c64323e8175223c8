// What handlers work with, handed down from the server. No globals: a test makes its own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "controllers/generic_trigger.h"
#include "controllers/template_origin.h"
#include "identity/identity.h"
#include "jenkinsfile/catalog.h"
#include "jenkinsfile/source_ranges.h"
#include "kapis/event_hub.h"
#include "net/http.h"
#include "objects/object_store.h"
#include "rights/rights.h"
#include "rt/task.h"
#include "rt/worker.h"
#include "runs/run_service.h"
#include "uploads/upload_store.h"

namespace windlass::kapis {

struct Expected;
class RunGraphs;

struct Services {
  objects::ObjectStore& store;
  runs::RunService& runs;
  EventHub& events;
  uploads::UploadStore& uploads;
  rt::Worker& worker;                   ///< parsing and converting
  const jenkinsfile::Catalog& catalog;  ///< of steps; read on the worker's thread
  const controllers::TriggerIndex& triggers;
  std::function<std::int64_t()> now_millis;
  std::function<std::string(std::string_view)> keyed_hash;                 ///< a text only this server can compute
  std::function<std::vector<std::string>()> node_labels;                   ///< labels that agents have now
  std::function<std::optional<rights::User>(std::string_view)> find_user;  ///< by name
  std::function<std::optional<rights::User>(const net::Request&)> authenticate;  ///< who calls, as of now
  std::string version;                                                           ///< of Windlass
  identity::Identity* book = nullptr;  ///< accounts of this server, if it keeps any

  std::function<rt::Task<net::Response>()> backup = {};  ///< of the whole server, as it is made
  std::function<rt::Task<>()> rotate_key = {};
  /// Whether the cluster lets them do what roles here do not; an error: it cannot be asked. Empty: it is not.
  std::function<rt::Task<bool>(rights::User, rights::Attributes)> also_allowed = {};
  std::function<data::Value()> configuration = {};        ///< Configuration as Code as it holds, without secrets
  std::function<rt::Task<>()> reload_configuration = {};  ///< an error: why what is there is not taken
  controllers::RenderedTemplates* rendered = nullptr;     ///< whom templates are filled in for is noted there
  /// Whether that is the account's password: 429 where its caller (ADDRESS:PORT) has guessed too often. Empty: the
  /// server keeps no accounts.
  std::function<objects::ApiTask<bool>(std::string peer, std::string user, std::string password)> check_password = {};

  // ---- of the handlers themselves
  std::set<std::string> names_being_made;  ///< "workspace/name" of projects between check and creation
  /// Answers of `view` that hold until their run changes, by who asks and path.
  struct Kept {
    std::string body;  ///< without its end: the time is put behind it
    std::string tag;
    std::shared_ptr<const bool> holds;
  };
  std::unordered_map<std::string, Kept> kept;
  std::map<std::string, int> jobs;                                  ///< on the worker or waiting for it, by user
  std::map<std::string, std::shared_ptr<const Expected>> expected;  ///< durations, by job
  std::shared_ptr<RunGraphs> graphs;
  std::map<std::string, std::shared_ptr<const jenkinsfile::SourceRanges>> ranges;  ///< by run
};

}  // namespace windlass::kapis
