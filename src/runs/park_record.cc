#include "runs/park_record.h"

#include "data/binary.h"

namespace windlass::runs {

using data::Value;
using Claims = engine::SharedResources::Claims;

namespace {

constexpr std::int64_t kVersion = 1;

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t unsigned_of(const Value& value, std::string_view name) {
  return static_cast<std::uint64_t>(value.get_int(name));
}

Value names_of(const std::vector<std::string>& names) {
  auto out = Value::list();
  for (const auto& name : names) out.push(name);
  return out;
}

std::vector<std::string> names_in(const Value& value) {
  std::vector<std::string> out;
  if (const auto* list = value.find("names")) {
    for (const auto& name : list->items()) out.push_back(name.text());
  }
  return out;
}

template <class Take>
void each(const Value& value, std::string_view name, Take take) {
  if (const auto* list = value.find(name)) {
    for (const auto& one : list->items()) take(one);
  }
}

}  // namespace

Result<std::string> encode(const ParkRecord& record) {
  auto waiting = Value::list();
  for (const auto& one : record.waiting) {
    auto entry = Value::map_of("branch", one.branch, "code", one.code, "detail", one.detail, "node", number(one.node),
                               "since", one.since_millis);
    if (!one.input.is_null()) entry.set("input", one.input);
    if (!one.holder.is_null()) entry.set("holder", one.holder);
    if (!one.evidence.is_null()) entry.set("evidence", one.evidence);
    waiting.push(std::move(entry));
  }
  const auto& claims = record.claims;
  auto locks = Value::list();
  for (const auto& lock : claims.locks) {
    locks.push(Value::map_of("lease", number(lock.lease), "names", names_of(lock.names), "branch", lock.branch));
  }
  auto nodes = Value::list();
  for (const auto& node : claims.nodes) {
    nodes.push(Value::map_of("lease", number(node.lease), "node", node.node, "workspace", node.workspace, "executor",
                             node.executor, "only", node.workspace_only));
  }
  auto lock_queue = Value::list();
  for (const auto& wait : claims.lock_queue) {
    lock_queue.push(Value::map_of("ticket", number(wait.ticket), "names", names_of(wait.names), "front", wait.front,
                                  "since", wait.since));
  }
  auto executor_queue = Value::list();
  for (const auto& wait : claims.executor_queue) {
    executor_queue.push(Value::map_of("ticket", number(wait.ticket), "node", wait.node, "since", wait.since));
  }
  auto out = Value::map_of("version", kVersion, "due", record.due_millis, "passed", claims.passed, "sequence",
                           number(record.sequence));
  if (record.forbids_resume) out.set("forbids_resume", true);
  out.set("waiting", std::move(waiting));
  if (locks.size() != 0) out.set("locks", std::move(locks));
  if (nodes.size() != 0) out.set("nodes", std::move(nodes));
  if (lock_queue.size() != 0) out.set("lock_queue", std::move(lock_queue));
  if (executor_queue.size() != 0) out.set("executor_queue", std::move(executor_queue));
  return data::encode_binary(out);
}

Result<ParkRecord> decode_park_record(std::string_view bytes) {
  const auto value = WL_TRY(data::decode_binary(bytes));
  if (!value.is_map() || value.get_int("version") != kVersion) {
    return fail(ErrorKind::unsupported, "the record of a parked run is not of this version");
  }
  ParkRecord out;
  out.due_millis = value.get_int("due");
  out.sequence = unsigned_of(value, "sequence");
  out.forbids_resume = value.get_bool("forbids_resume");
  const auto part = [](const Value& one, std::string_view name) {
    const auto* found = one.find(name);
    return found != nullptr ? *found : Value();
  };
  each(value, "waiting", [&](const Value& one) {
    out.waiting.push_back({one.get_string("branch"), one.get_string("code"), one.get_string("detail"),
                           unsigned_of(one, "node"), one.get_int("since"), part(one, "input"), part(one, "holder"),
                           part(one, "evidence")});
  });
  auto& claims = out.claims;
  claims.passed = value.get_int("passed", -1);
  each(value, "locks", [&](const Value& one) {
    claims.locks.push_back({unsigned_of(one, "lease"), names_in(one), one.get_string("branch")});
  });
  each(value, "nodes", [&](const Value& one) {
    claims.nodes.push_back({unsigned_of(one, "lease"), one.get_string("node"), one.get_string("workspace"),
                            static_cast<int>(one.get_int("executor")), one.get_bool("only")});
  });
  each(value, "lock_queue", [&](const Value& one) {
    claims.lock_queue.push_back(
        {unsigned_of(one, "ticket"), names_in(one), one.get_bool("front"), one.get_int("since")});
  });
  each(value, "executor_queue", [&](const Value& one) {
    claims.executor_queue.push_back({unsigned_of(one, "ticket"), one.get_string("node"), one.get_int("since")});
  });
  return out;
}

}  // namespace windlass::runs
