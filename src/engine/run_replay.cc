// How the journal of a dead process is fed to a new evaluation, and how the run goes live where it ends.
//
// Invariant: while the journal is not used up nothing is performed, nothing is committed and nothing new is shown; what
// the evaluation asks must be what was asked before, or the run is suspended with both records.
#include <algorithm>

#include "data/binary.h"
#include "engine/run_actor.h"
#include "engine/stored_run.h"

namespace windlass::engine {

using data::Value;

namespace {

/// How long agents may take to tell what ended while we were down, before due timers fire.
constexpr std::chrono::seconds kAgentPatience{30};

std::string branch_name(const std::string& branch) { return branch.empty() ? "the main branch" : "branch " + branch; }

}  // namespace

Result<> RunActor::load_journal(std::uint64_t until) {
  auto entries = WL_TRY(journal_.load_entries());
  for (auto& entry : entries) {
    std::pair<std::string, std::uint64_t> key{entry.key.branch, entry.key.ordinal};
    if (entry.type == journal::EntryType::intent) {
      intents_.emplace(std::move(key), std::move(entry));
    } else if (entry.type == journal::EntryType::progress) {
      progress_[key].push_back(WL_TRY(data::decode_binary(entry.payload)));
    } else if (entry.type == journal::EntryType::limit) {
      WL_CHECK_OK(know_limit(entry));
    } else if (entry.type != journal::EntryType::resumed && entry.sequence <= until) {
      replay_.push_back(std::move(entry));
    }
  }
  if (inspecting_) return {};
  for (auto& record : WL_TRY(journal_.records("agent"))) {
    constexpr std::string_view kOfOne = "instance ";
    const auto id = record.key.starts_with(kOfOne) ? record.key.substr(kOfOne.size()) : std::string();
    agent_instances_[id] = std::move(record.payload);
  }
  WL_CHECK_OK(know_pause());
  WL_CHECK_OK(know_agents());
  auto nodes = WL_TRY(journal_.nodes());
  for (const auto& stored : nodes) {
    auto node = flow_node_from(stored);
    stored_nodes_.emplace(node.id, std::move(node));
  }
  if (!hooks_.retells) {
    last_output_millis_ = WL_TRY(journal_.last_log_millis());
    return {};
  }
  constexpr std::size_t kRows = 256;
  constexpr std::size_t kTail = 4096;
  for (std::uint64_t first = 1;;) {
    auto rows = WL_TRY(journal_.read_log_rows(first, kRows));
    if (rows.empty()) break;
    first += rows.size();
    for (const auto& row : rows) {
      hooks_.observer->on_log("", 0, row.bytes);
      last_output_millis_ = std::max(last_output_millis_, row.time_ms);
      if (row.token.empty() || row.node == 0) continue;
      auto& tail = earlier_output_[row.node];
      tail += row.bytes;
      if (tail.size() > kTail) tail.erase(0, tail.size() - kTail);
    }
  }
  return {};
}

/// Takes over what the journal knows of this effect; false: it knows nothing, or the run is suspended.
bool RunActor::match_intent(PendingEffect& effect, const journal::Digest& digest) {
  std::pair<std::string, std::uint64_t> key{effect.key.branch, effect.key.ordinal};
  auto found = intents_.find(key);
  if (found == intents_.end()) return false;
  const auto& intent = found->second;
  // Where the secrets are gone, arguments made of their stand-ins differ.
  bool same_arguments = intent.arguments == digest || inspecting_;
  if (intent.step != effect.kind || !same_arguments) {
    suspend("entry " + std::to_string(intent.sequence) + " of the journal is " + intent.step + " at line " +
            std::to_string(intent.line) + " (effect " + std::to_string(effect.key.ordinal) + " of " +
            branch_name(effect.key.branch) + "); this evaluation asks for " + effect.kind + " at line " +
            std::to_string(effect.line) + (intent.step == effect.kind ? " with other arguments" : "") + " there");
    return false;
  }
  effect.in_doubt = true;
  effect.intent = intent.sequence;
  effect.asked_millis = intent.time_ms;
  if (auto progress = progress_.find(key); progress != progress_.end()) effect.progress = progress->second;
  intents_.erase(found);
  return true;
}

/// What a recorded result is to the evaluation.
Happening RunActor::taken_up(PendingEffect effect, Value payload, std::int64_t time_millis) {
  note_result(effect, payload, time_millis);
  if (effect.interruption && !payload.get_bool("interrupted")) {
    interrupt_next_.emplace(effect.fiber, *effect.interruption);  // the result was first
  }
  Happening happening;
  happening.time_millis = time_millis;
  happening.payload = std::move(payload);
  happening.key = std::move(effect.key);
  happening.fiber = effect.fiber;
  happening.kind = std::move(effect.kind);
  happening.scope = std::move(effect.scope);
  return happening;
}

/// The next entry that the evaluation is to be told, or nothing: from here on the run is live.
std::optional<Happening> RunActor::next_recorded() {
  while (!replay_.empty()) {
    auto entry = std::move(replay_.front());
    replay_.pop_front();
    Happening happening;
    happening.type = entry.type;
    happening.time_millis = entry.time_ms;
    if (!entry.payload.empty()) {
      auto payload = data::decode_binary(entry.payload);
      if (!payload) {
        die(std::move(payload).error());
        return std::nullopt;
      }
      happening.payload = std::move(*payload);
    }
    if (entry.type == journal::EntryType::abort) {
      ++aborts_ordered_;
      return happening;
    }
    if (entry.type == journal::EntryType::timer) {
      happening.timeout = entry.key.ordinal;
      if (auto found = timeouts_.find(entry.key.ordinal); found != timeouts_.end()) {
        found->second.fired = true;
        found->second.fired_millis = entry.time_ms;
      }
      return happening;
    }
    if (entry.type != journal::EntryType::result) continue;
    auto waiting =
        std::find_if(pending_.begin(), pending_.end(), [&](const auto& item) { return item.second.key == entry.key; });
    if (waiting == pending_.end()) {
      suspend("entry " + std::to_string(entry.sequence) + " of the journal is the result of " + entry.step +
              " at line " + std::to_string(entry.line) + " (effect " + std::to_string(entry.key.ordinal) + " of " +
              branch_name(entry.key.branch) + "), which this evaluation does not ask for");
      return std::nullopt;
    }
    auto effect = std::move(waiting->second);
    pending_.erase(waiting);
    if (entry.wiped && inspecting_) happening.payload = stand_in(effect);
    return taken_up(std::move(effect), std::move(happening.payload), entry.time_ms);
  }
  return std::nullopt;
}

void RunActor::suspend(const std::string& why) {
  if (!inspecting_) {
    if (auto noted = journal_.note_suspension(why); !noted && hooks_.complain) hooks_.complain(noted.error().text());
  }
  die(Error(ErrorKind::conflict, "the run " + inputs_.job + "#" + std::to_string(inputs_.number) +
                                     " is suspended: " + why +
                                     "; nothing was performed, journal and workspace are kept. Go on with the version "
                                     "of Windlass that began it, or delete it and start a new run"));
}

/// The journal is used up: what waits is live from here on.
void RunActor::go_live() {
  live_ = true;
  if (!resumed_) {
    for (auto& [id, timeout] : timeouts_) arm_timeout(timeout);  // of a restart: their time has begun
    return;
  }
  if (!intents_.empty()) {
    const auto& intent = intents_.begin()->second;
    return suspend("entry " + std::to_string(intent.sequence) + " of the journal asks for " + intent.step +
                   " at line " + std::to_string(intent.line) + " (effect " + std::to_string(intent.key.ordinal) +
                   " of " + branch_name(intent.key.branch) + "), which this evaluation does not");
  }
  resumed_ = false;
  attach_remote_nodes();
  if (was_away_) {
    for (auto& [id, timeout] : timeouts_) arm_timeout(timeout);
    if (abort_asked_) order_end(*std::exchange(abort_asked_, std::nullopt));
    return;
  }
  timers_held_ = true;
  if (auto done = journal_.note_suspension({}); !done) return die(std::move(done).error());
  if (auto copied = tees_.rebuild(journal_); !copied) return die(std::move(copied).error());
  auto now = hooks_.now_millis();
  journal::NewEntry entry;
  entry.type = journal::EntryType::resumed;
  entry.step = "resumed";
  entry.time_ms = now;
  if (auto done = journal_.append(entry); !done) return die(std::move(done).error());
  say_of_run("Resuming build at " + format_time(now) + " after Jenkins restart\nReady to run at " + format_time(now) +
             "\n");
  if (resume_disabled_ && aborts_ordered_ == 0) abort_run("Resuming is disabled for this build");
  if (auto asked = std::exchange(abort_asked_, std::nullopt)) order_end(std::move(*asked));
}

/// Called when all that waits has been started again: from now on only the agents' answers are waited for.
void RunActor::release_timers() {
  if (!timers_held_) return;
  if (!unanswered_.empty()) {
    if (!patience_) {
      patience_ = reactor_.after(kAgentPatience, [this] {
        unanswered_.clear();
        release_timers();
      });
    }
    return;
  }
  timers_held_ = false;
  if (patience_) reactor_.cancel(*patience_);
  for (auto& [id, timeout] : timeouts_) arm_timeout(timeout);
  for (auto& [fiber, effect] : pending_) {
    if (effect.kind == "timer" && effect.started) arm_timer(effect);
  }
}

void RunActor::task_answered(const std::string& token) {
  if (unanswered_.erase(token) != 0) release_timers();
}

}  // namespace windlass::engine
