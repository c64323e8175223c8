#include "engine/effect_services.h"

#include <cstdint>
#include <cstdlib>
#include <sys/stat.h>

#include "data/binary.h"
#include "data/json.h"
#include "engine/group_commit.h"
#include "engine/stored_run.h"
#include "steps/remote_effect.h"

namespace windlass::engine {

EffectRunServices::EffectRunServices(RunActor& actor, const PendingEffect& effect)
    : actor_(actor),
      branch_(effect.key.branch),
      token_("effect-" + effect.key.branch + "-" + std::to_string(effect.key.ordinal)),
      node_(effect.flow_node),
      now_(actor.hooks_.now_millis()),
      credentials_(actor.inputs_.credentials),
      folder_(actor.journal_.folder()),
      state_path_(actor.state_.path()),
      late_runs_(actor.state_.late_runs()),
      secrets_(actor.secrets_) {
  const auto& in = actor.inputs_;
  facts_ = {{"job", in.job},
            {"number", std::to_string(in.number)},
            {"display_name", actor.display_name_},
            {"result", actor.result_},
            {"previous_result", in.previous_result},
            {"project_folder", in.project_folder},
            {"user", in.user_name},
            {"started_millis", std::to_string(in.started_millis)},
            {"state_folder", in.state_folder},
            {"run_folder", folder_},
            {"url", actor.run_environment_["BUILD_URL"]}};
  if (in.scm) {
    facts_["scm_folder"] = in.scm->folder;
    facts_["scm_commit"] = in.scm->commit;
    facts_["scm_branch"] = in.scm->branch;
    facts_["scm_url"] = in.scm->url;
    facts_["scm_message"] = in.scm->message;
    facts_["scm_author_name"] = in.scm->author_name;
    facts_["scm_author_email"] = in.scm->author_email;
    facts_["scm_committer_name"] = in.scm->committer_name;
    facts_["scm_committer_email"] = in.scm->committer_email;
  }
  for (const auto& tool : in.tools) {
    // Of two kinds with one name, the step that says which kind it wants finds its own.
    facts_.try_emplace("tool:" + tool.name, tool.folder);
    if (!tool.kind.empty()) {
      facts_["typed_tools"] += tool.kind + "\t" + tool.name + "\t" + tool.folder + "\n";
    }
    facts_["tools"] += (facts_["tools"].empty() ? "" : "\n") + tool.name;
  }
  // What the server is configured to ask of services, with what opens them: a fact that is not among those that travel
  // to a pod, and that no script reads.
  for (const auto* service : {"mail", "sonar"}) {
    if (const auto* found = in.services.find(service))
      facts_["service:" + std::string(service)] = data::format_json(*found);
  }
  if (const auto most = in.services.get_int("mostFilesMiB"); most > 0) {
    facts_["most_file_bytes"] = std::to_string(static_cast<std::uint64_t>(most) << 20);
  }
  if (const auto retries = in.services.get_int("checkoutRetries"); retries > 0) {
    facts_["checkout_retries"] = std::to_string(retries);
  }
  const auto* needs = steps::find_needs(effect.kind);
  reads_runs_ = needs != nullptr && !needs->reads_runs.empty();
  // One of them perhaps waits for this one.
  if (reads_runs_ && actor.hooks_.group_commit != nullptr) actor.hooks_.group_commit->land_all();
  // Taken now, on the actor's thread: the journal belongs to it.
  records_ = actor.records();
  if (effect.kind == "mail" || effect.kind == "sonar.gate") {
    if (auto size = actor.journal_.log_size()) {
      constexpr std::uint64_t kTail = 1 << 20;
      if (auto text = actor.journal_.read_log(*size > kTail ? *size - kTail : 0, kTail)) tail_ = std::move(*text);
    }
  }
}

void EffectRunServices::follow_on() { said_ = actor_.journal_.stream_end(token_); }

void EffectRunServices::log(std::string_view text) {
  if (text.empty()) return;
  std::lock_guard lock(mutex_);
  pending_log_ += text;
  if (drain_posted_) return;
  drain_posted_ = true;
  actor_.reactor_.post([self = shared_from_this()] { self->drain(); });
}

void EffectRunServices::drain() {
  std::string text;
  std::vector<std::string> secrets;
  {
    std::lock_guard lock(mutex_);
    text.swap(pending_log_);
    secrets.swap(pending_secrets_);
    drain_posted_ = false;
  }
  for (const auto& secret : secrets) actor_.add_secret(secret);
  if (text.empty() || actor_.finished_) return;
  // Counted by bytes of the effect's own text: a repeated effect says it again, and what is stored already is dropped.
  auto begin = said_;
  said_ += text.size();
  auto stored = actor_.journal_.stream_end(token_);
  if (said_ <= stored) return;
  if (stored > begin) {
    text.erase(0, stored - begin);
    begin = stored;
  }
  auto masked = actor_.mask(text);
  actor_.journal_.mark_log(node_, actor_.hooks_.now_millis());
  auto done = actor_.journal_.append_output(branch_, token_, begin, said_, masked);
  if (!done) return actor_.die(std::move(done).error());
  actor_.events_.emplace_back(RunActor::LogEvent{branch_, node_, std::move(masked)});
  actor_.schedule_turn();
}

std::vector<std::pair<std::string, data::Value>> EffectRunServices::records(std::string_view kind,
                                                                            std::string_view key) {
  std::vector<std::pair<std::string, data::Value>> out;
  for (const auto& [name, value] : *records_) {
    if (name.first == kind && (key.empty() || name.second == key)) out.emplace_back(name.second, value);
  }
  return out;
}

Result<std::string> EffectRunServices::run_folder(std::string_view name) {
  std::string path = folder_ + "/files";
  ::mkdir(path.c_str(), 0700);
  path += "/" + std::string(name);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(ErrorKind::unavailable, {"cannot make {}: {}", "无法创建 {}：{}"}, {path, system_words(errno)});
  }
  return path;
}

std::optional<data::Value> EffectRunServices::credential(std::string_view id) {
  for (const auto& item : credentials_.items()) {
    if (item.get_string("id") == id) return item;
  }
  return std::nullopt;
}

void EffectRunServices::mask(std::string_view secret) {
  std::lock_guard lock(mutex_);
  pending_secrets_.emplace_back(secret);
  secrets_.emplace_back(secret);
}

std::string EffectRunServices::masked(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  return text::mask_all(*text::SecretSet::make(secrets_), text);
}

std::string EffectRunServices::fact(std::string_view name) const {
  auto found = facts_.find(std::string(name));
  return found == facts_.end() ? std::string() : found->second;
}

std::string EffectRunServices::log_tail(std::size_t max_bytes) {
  return tail_.size() <= max_bytes ? tail_ : tail_.substr(tail_.size() - max_bytes);
}

Result<std::vector<steps::OtherRun>> EffectRunServices::runs_of(std::string_view job) {
  if (!reads_runs_)
    return fail(ErrorKind::unsupported, "a step that has not said that it reads other runs asks for them");
  // A folder of our own: the actor's belongs to its thread.
  auto state = WL_TRY(journal::StateFolder::open(state_path_));
  const auto own = job == fact("job") ? std::strtoull(fact("number").c_str(), nullptr, 10) : 0;
  std::vector<steps::OtherRun> out;
  WL_CHECK_OK(state->look_through(job, UINT64_MAX, [&](const journal::RunInfo& info) {
    if (info.number != own && info.state != journal::RunInfo::State::damaged) {
      out.push_back({.job = info.job, .number = info.number, .result = info.end ? info.end->result : ""});
    }
    return true;
  }));
  return out;
}

Result<steps::OtherRunContent> EffectRunServices::read_run(const steps::OtherRun& run, std::string_view record_kind) {
  auto state = WL_TRY(journal::StateFolder::open(state_path_));
  state->share_late_runs(late_runs_);
  auto info = WL_TRY(state->find(run.job + "#" + std::to_string(run.number)));
  auto reader = WL_TRY(state->read_run(info));
  steps::OtherRunContent content;
  content.files = reader->folder() + "/files";
  if (auto known = stored_inputs(*reader)) content.parameters = std::move(known->parameters);
  for (auto& record : WL_TRY(reader->records(record_kind))) {
    content.records.emplace_back(record.key, WL_TRY(data::decode_binary(record.payload)));
  }
  return content;
}

}  // namespace windlass::engine
