// Pauses: a person holds a run up and lets it go on. What happens meanwhile (a shell ends, a timer fires, somebody
// answers) is written down and told to the script afterwards, in its order; so a pause is no entry that a replay could
// tell from none. That a run is paused is a record of its journal, written with the line about it.
#include "data/binary.h"
#include "engine/run_actor.h"

namespace windlass::engine {

using data::Value;

namespace {

std::unexpected<Error> being_found() {
  return fail(ErrorKind::unavailable, "the run is being found again after a restart; try again in a moment");
}

}  // namespace

Result<> RunActor::pause(const std::string& by) {
  if (finished_ || is_over_) return fail(ErrorKind::conflict, {"the run has ended already", "该运行已经结束"});
  if (!live_) return being_found();
  if (pause_) return {};
  pause_ = {by, hooks_.now_millis(), journal_.last_sequence()};
  return note_pause("Pausing\n");
}

Result<> RunActor::resume(const std::string&) {
  if (finished_ || is_over_) return fail(ErrorKind::conflict, {"the run has ended already", "该运行已经结束"});
  if (!live_) return being_found();
  if (!pause_) return {};
  pause_.reset();
  return note_pause("Resuming\n");
}

Result<> RunActor::note_pause(const std::string& line) {
  auto state = pause_ ? Value::map_of("by", pause_->by, "since", pause_->since_millis, "after",
                                      static_cast<std::int64_t>(pause_->after))
                      : Value::map();
  auto bytes = WL_TRY(data::encode_binary(state));
  WL_CHECK_OK(journal_.put_record({"run", "pause", std::move(bytes)}, true));
  say_of_run(line);
  schedule_turn();
  if (!commit_and_flush()) return fail(ErrorKind::unavailable, "its journal cannot be written");
  announce_waiting();
  return {};
}

/// What an earlier process was told.
Result<> RunActor::know_pause() {
  const auto kept = WL_TRY(journal_.find_record("run", "pause"));
  if (!kept) return {};
  const auto state = WL_TRY(data::decode_binary(*kept));
  if (const auto by = state.get_string("by"); !by.empty()) {
    pause_ = {by, state.get_int("since"), static_cast<std::uint64_t>(state.get_int("after"))};
  }
  return {};
}

}  // namespace windlass::engine
