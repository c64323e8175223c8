// Budgets: what reaching one does to a run, and how what the run still owes is done afterwards.
//
// Invariant: a limit is an entry with the count at which it was reached, and nothing that the script wrote sees it: no
// catch, no finally. What runs afterwards are endings (Declarative's post conditions, giving back what blocks took),
// each with an allowance of its own, and the lines that close what was open, innermost first. A replay reaches the
// limit where the journal says and nowhere else, whatever this build counts. Format: docs/formats/journal.md.
#include <algorithm>

#include "data/binary.h"
#include "engine/run_actor.h"

namespace windlass::engine {

using data::Value;

namespace {

std::string_view limit_name(vm::LimitKind kind) {
  return kind == vm::LimitKind::live_bytes ? "live_bytes" : "instructions";
}

vm::LimitKind kind_of(const Value& payload) {
  return payload.get_string("what") == limit_name(vm::LimitKind::live_bytes) ? vm::LimitKind::live_bytes
                                                                             : vm::LimitKind::instructions;
}

constexpr std::string_view kLimitCause = "a limit of the script was reached";

}  // namespace

Result<> RunActor::know_limit(const journal::Entry& entry) {
  auto payload = WL_TRY(data::decode_binary(entry.payload));
  KnownLimit known;
  known.sequence = entry.sequence;
  known.told = static_cast<std::uint64_t>(payload.get_int("told"));
  known.kind = kind_of(payload);
  known.instructions = static_cast<std::uint64_t>(payload.get_int("count"));
  known.time_millis = entry.time_ms;
  limits_.push_back(known);
  return {};
}

void RunActor::set_budgets() {
  if (feed_) {
    const auto* next = feed_->items.empty() ? nullptr : &feed_->items.front();
    if (next == nullptr || next->type != journal::EntryType::limit) return vm_->count_limits();
    return vm_->stop_at(kind_of(next->payload), static_cast<std::uint64_t>(next->payload.get_int("count")));
  }
  if (!limits_.empty() && limits_.front().told == told_count_) {
    vm_->stop_at(limits_.front().kind, limits_.front().instructions);
  } else if (!replay_.empty() || !limits_.empty() || !intents_.empty()) {
    vm_->count_limits();
  } else {
    vm_->enforce_limits();
  }
}

bool RunActor::limit_now() {
  auto kind = vm_->limit();
  auto time = hooks_.now_millis();
  const auto fiber = vm_->limited_fiber();
  const auto branch = vm_->path(fiber);
  const auto line = line_of(fiber);
  if (feed_) {
    if (feed_->items.empty() || feed_->items.front().type != journal::EntryType::limit) {
      suspend("the prefix knows of no limit that this evaluation reaches");
      return false;
    }
    kind = kind_of(feed_->items.front().payload);
    time = feed_->items.front().time_millis;
    feed_->items.pop_front();
  } else if (!limits_.empty()) {
    // Looking into the run before it came to this: here it stands.
    if (inspecting_ && limits_.front().sequence > inspected_until_) return false;
    kind = limits_.front().kind;
    time = limits_.front().time_millis;
    limits_.pop_front();
  } else if (inspecting_) {
    return false;
  } else {
    auto bytes = data::encode_binary(Value::map_of("what", limit_name(kind), "count",
                                                   static_cast<std::int64_t>(vm_->instructions()), "told",
                                                   static_cast<std::int64_t>(told_count_)));
    if (!bytes) {
      die(std::move(bytes).error());
      return false;
    }
    journal::NewEntry entry;
    entry.type = journal::EntryType::limit;
    entry.branch = branch;
    entry.step = limit_name(kind);
    entry.line = static_cast<std::int32_t>(line);
    entry.payload_kind = kPayloadValue;
    entry.payload = *bytes;
    entry.time_ms = time;
    if (auto done = journal_.append(entry); !done) {
      die(std::move(done).error());
      return false;
    }
  }
  if (trace_ != nullptr) {
    trace_->told.push_back(
        {.type = journal::EntryType::limit,
         .time_millis = time,
         .payload = Value::map_of("what", limit_name(kind), "count", static_cast<std::int64_t>(vm_->instructions()))});
  }
  told_millis_ = std::max(told_millis_, time);
  told_instructions_ = vm_->instructions();

  const auto place = line == 0 ? std::string() : " at line " + std::to_string(line);
  log_line(fiber, kind == vm::LimitKind::live_bytes
                      ? "ERROR: The live values of the script passed " + std::to_string(limit_bytes_ >> 20) + " MiB" +
                            place + "; its evaluation ends here. Raise the memory budget with --max-memory MIB\n"
                      : "ERROR: The script executed " + std::to_string(limit_instructions_) +
                            " instructions without waiting for a step" + place +
                            "; its evaluation ends here. Raise the instruction budget with --max-instructions N\n");
  worsen_result("FAILURE");

  // What branches wait for ends; nobody is told how.
  auto why = interruption("org.windlass.LimitReached", std::string(kLimitCause), "FAILURE");
  std::vector<std::pair<std::uint64_t, vm::FiberId>> waiting;
  for (const auto& [waits, effect] : pending_) waiting.emplace_back(effect.intent, waits);
  for (const auto& [sequence, waits] : waiting) abandoned_.insert(waits);
  for (const auto& queued : happenings_) {
    if (queued.type == journal::EntryType::result) abandoned_.insert(queued.fiber);
  }
  for (auto it = current_step_.begin(); it != current_step_.end();) {
    auto step = it++;
    if (abandoned_.contains(step->first)) continue;  // ended by its effect's result
    end_node(step->second.second, "FAILURE", kLimitCause);
    current_step_.erase(step);
  }
  unwinding_ = true;
  ending_.reset();
  vm_->abandon();
  interruptions_.clear();
  interrupt_next_.clear();
  std::sort(waiting.begin(), waiting.end());
  for (const auto& [sequence, waits] : waiting) {
    auto* effect = find_pending(waits);
    if (effect != nullptr && !is_cleanup(*effect)) interrupt_effect(*effect, why, true);
  }
  schedule_turn();
  return true;
}

bool RunActor::unwind() {
  while (!fatal_) {
    const auto block = blocks_.empty() ? 0 : blocks_.rbegin()->first;
    const auto ending = endings_.empty() ? 0 : endings_.rbegin()->first;
    OpenBlock* inner = nullptr;
    for (auto& [id, one] : blocks_) {
      if (one.body != 0 && (inner == nullptr || one.body > inner->body)) inner = &one;
    }
    if (block == 0 && ending == 0) return false;
    if (inner != nullptr && inner->body > std::max(block, ending)) {
      close_body(*inner);
      continue;
    }
    if (block > ending) {
      close_block(block);
      continue;
    }
    auto owed = std::move(endings_.rbegin()->second);
    endings_.erase(ending);
    if (owed.traced) trace_->leases[*owed.traced].until = trace_->told.size();
    auto closure = vm_->held(owed.closure);
    vm_->release(owed.closure);
    ending_ = vm_->start_call(closure, "call", {}, owed.path);
    vm_->set_tag(*ending_, owed.scope);
    return true;
  }
  return true;
}

void RunActor::ending_finished() {
  const auto fiber = *std::exchange(ending_, std::nullopt);
  auto failure = vm_->failure(fiber);
  if (!failure) return;
  print_failure(fiber, *failure);
  worsen_result(failure_result(*failure));
}

// The lines that its own code would have written.

void RunActor::close_body(OpenBlock& block) {
  block.body = 0;
  stage_marks_.erase(block.flow_node);
  scopes_.erase(block.scope);
  end_node(block.flow_node, "FAILURE", kLimitCause);
  log_at(block.path, 0, "[Pipeline] }\n");
  if (block.branch) log_at(block.path, 0, "Failed in branch " + block.label + "\n");
}

void RunActor::close_block(std::uint64_t id) {
  auto block = std::move(blocks_.extract(id).mapped());
  if (!block.branch) {
    log_at(block.path, 0, "[Pipeline] // " + block.step + "\n");
  } else if (block.flow_node == 0) {
    log_at(block.path, 0, "[Pipeline] }\n");  // announced, and never begun
  }
}

}  // namespace windlass::engine
