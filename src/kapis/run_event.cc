#include "kapis/run_event.h"

#include "data/json.h"

namespace windlass::kapis {

using data::Value;
using runs::Event;
using runs::EventKind;

Event run_event(EventKind kind, const runs::RunInfo& run, std::int64_t now_millis) {
  Event out;
  out.kind = kind;
  out.group = kDevops;
  out.resource = "pipelineruns";
  out.space = run.job.substr(0, run.job.find('/'));
  out.name = run.name;
  out.job = run.job;
  out.number = run.number;
  out.time_millis = now_millis;
  out.thing = std::string(runs::to_string(kind)) + "/" + run.uid;
  return out;
}

Value run_members(const runs::RunInfo& run, std::int64_t now_millis) {
  const auto slash = run.job.find('/');
  const auto rest = slash == std::string::npos ? std::string() : run.job.substr(slash + 1);
  const auto second = rest.find('/');
  auto out = Value::map_of("time", now_millis, "project", run.job.substr(0, slash), "pipeline", rest.substr(0, second),
                           "number", static_cast<std::int64_t>(run.number), "name", run.name, "uid", run.uid);
  if (second != std::string::npos) out.set("branch", rest.substr(second + 1));
  return out;
}

Event asked_event(const runs::RunInfo& run, const runs::Waiting& input, std::int64_t now_millis,
                  const Approvals* approvals) {
  const auto id = input.input.get_string("id");
  auto out = run_event(EventKind::approval, run, now_millis);
  out.thing += "/" + id;
  auto data = run_members(run, now_millis);
  data.set("id", id);
  data.set("waits", true);
  data.set("node", static_cast<std::int64_t>(input.node));
  data.set("message", input.input.get_string("message"));
  data.set("since", input.since_millis);
  if (approvals != nullptr) data.set("approvals", approvals_value(*approvals));
  out.data = data::format_json(data);
  return out;
}

}  // namespace windlass::kapis
