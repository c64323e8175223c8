#include "cli/plain_view.h"

#include "data/json.h"

namespace windlass::cli {

using data::Value;

namespace {

Value node_event(std::string_view event, const engine::FlowNode& node) {
  Value v = Value::map_of("event", event, "id", static_cast<std::int64_t>(node.id), "parent",
                          static_cast<std::int64_t>(node.parent), "step", node.step);
  if (!node.label.empty()) v.set("label", node.label);
  if (node.line != 0) v.set("line", static_cast<std::int64_t>(node.line));
  if (node.failed_line != 0) v.set("failedLine", static_cast<std::int64_t>(node.failed_line));
  v.set("branch", node.branch);
  v.set("started", node.started_millis);
  if (node.ended_millis != 0) v.set("ended", node.ended_millis);
  if (!node.result.empty()) v.set("result", node.result);
  if (!node.cause.empty()) v.set("cause", node.cause);
  return v;
}

}  // namespace

void JsonView::emit(const Value& event) { write_(data::format_json(event) + "\n"); }

void JsonView::on_run(std::string_view job, std::uint64_t number) {
  emit(Value::map_of("event", "run", "id", std::string(job) + "#" + std::to_string(number), "job", job, "number",
                     static_cast<std::int64_t>(number)));
}
void JsonView::on_log(std::string_view branch, std::uint64_t node, std::string_view text) {
  emit(Value::map_of("event", "log", "branch", branch, "node", static_cast<std::int64_t>(node), "text", text));
}
void JsonView::on_node_started(const engine::FlowNode& node) { emit(node_event("start", node)); }
void JsonView::on_node_ended(const engine::FlowNode& node) { emit(node_event("end", node)); }
void JsonView::on_waiting(const std::vector<engine::Waiting>& waiting) {
  Value list = Value::list();
  for (const auto& w : waiting) list.push(Value::map_of("branch", w.branch, "code", w.code, "detail", w.detail));
  emit(Value::map_of("event", "waiting", "waiting", std::move(list)));
}
void JsonView::on_aborting() { emit(Value::map_of("event", "aborting")); }
void JsonView::on_finished(std::string_view result) { emit(Value::map_of("event", "finished", "result", result)); }

}  // namespace windlass::cli
