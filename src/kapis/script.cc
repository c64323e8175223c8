// The parser as a service: what is wrong with a script, what stages it has, and changes to it as edits that touch
// nothing else. Texts in both languages are the client's; messages of the parser are Jenkins' words.
#include "data/json.h"
#include "groovy/ast.h"
#include "jenkinsfile/outline.h"
#include "jenkinsfile/script_json.h"
#include "jenkinsfile/text_edits.h"
#include "kapis/answers.h"
#include "kapis/job.h"
#include "kapis/run_access.h"
#include "runs/run_record.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;

namespace {

Value position_value(const groovy::Position& position) {
  return Value::map_of("line", static_cast<std::int64_t>(position.line), "column",
                       static_cast<std::int64_t>(position.column));
}

Value outline_value(const jenkinsfile::Outline& outline) {
  auto entries = Value::list();
  for (const auto& one : outline.entries) {
    entries.push(
        Value::map_of("kind", one.kind == jenkinsfile::OutlineEntry::Kind::stage ? "stage" : "branch", "name", one.name,
                      "path", one.path, "parent",
                      one.parent < 0 ? Value() : Value(outline.entries[static_cast<std::size_t>(one.parent)].path),
                      "repeated", one.repeated, "begin", position_value(one.begin), "end", position_value(one.end)));
  }
  return Value::map_of("entries", std::move(entries), "whole", outline.whole);
}

Value problems_value(const std::vector<jenkinsfile::ScriptProblem>& problems) {
  auto out = Value::list();
  for (const auto& one : problems) {
    auto problem = Value::map_of("message", one.message);
    if (one.position.line != 0) {
      problem.set("line", static_cast<std::int64_t>(one.position.line));
      problem.set("column", static_cast<std::int64_t>(one.position.column));
    }
    if (!one.location.empty()) {
      auto location = Value::list();
      for (const auto& part : one.location) location.push(part);
      problem.set("location", std::move(location));
    }
    out.push(std::move(problem));
  }
  return out;
}

objects::Outcome<std::string> script_of(const Value& body) {
  const auto* script = body.find("script");
  if (script == nullptr || !script->is_string()) {
    return objects::bad_request("the body needs the text of a Jenkinsfile: {\"script\": TEXT}");
  }
  return script->text();
}

/// {"script"} → problems, the model as JSON where it has one, the outline.
ApiTask<Response> check(Call& call) {
  const auto body = WL_API_TRY(call.object());
  const auto script = WL_API_TRY(script_of(body));
  co_return json_answer(WL_API_TRY(co_await run_job(call, [script, catalog = &call.services.catalog] {
    auto out = Value::map_of("problems", problems_value(jenkinsfile::check_script(script, *catalog)));
    const auto made = jenkinsfile::script_to_json(script, *catalog);
    auto json = made.good() && !made.text.empty() ? data::parse_json(made.text) : Result<Value>(Value());
    out.set("model", json ? std::move(*json) : Value());
    out.set("outline", outline_value(jenkinsfile::outline_of(script)));
    return out;
  })));
}

/// {"script", "model"} → edits that make the script say what the model says.
ApiTask<Response> edits(Call& call) {
  const auto body = WL_API_TRY(call.object());
  const auto script = WL_API_TRY(script_of(body));
  const auto* model = body.find("model");
  if (model == nullptr || !model->has_members()) {
    co_return objects::bad_request(
        "the body needs the model that the script is to have: {\"model\": {\"pipeline\": …}}");
  }
  auto json = data::format_json(*model);
  co_return json_answer(WL_API_TRY(co_await run_job(call, [script, json, catalog = &call.services.catalog] {
    const auto made = jenkinsfile::json_to_script(json, script, *catalog);
    auto out = Value::map_of("problems", problems_value(made.problems));
    auto list = Value::list();
    if (made.good()) {
      const groovy::Source source("WorkflowScript", script);
      for (const auto& edit : jenkinsfile::edits_between(script, made.text)) {
        list.push(Value::map_of("begin", position_value(source.position(static_cast<std::uint32_t>(edit.begin))), "end",
                                position_value(source.position(static_cast<std::uint32_t>(edit.end))), "offset",
                                static_cast<std::int64_t>(edit.begin), "length",
                                static_cast<std::int64_t>(edit.end - edit.begin), "text", edit.text));
      }
    }
    out.set("edits", std::move(list));
    return out;
  })));
}

/// Of the Jenkinsfile that a run began with: there before its first stage begins.
ApiTask<Response> outline(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  const auto record = std::make_shared<runs::RunRecord>();
  const auto begun =
      WL_API_TRY(to_outcome(co_await call.services.runs.look_into(run.uid, [record](auto& journal) -> Result<> {
        *record = WL_TRY(runs::read_record(journal));
        return {};
      })));
  if (!begun) co_return json_answer(Value::map_of("entries", Value::list(), "whole", false));
  co_return json_answer(WL_API_TRY(co_await run_job(
      call, [script = std::move(record->script)] { return outline_value(jenkinsfile::outline_of(script)); })));
}

constexpr Route kRoutes[] = {
    {"POST",
     "windlass",
     "/script/check",
     {},
     Failures::plain,
     check,
     "what is wrong with a Jenkinsfile, its model as JSON, its outline"},
    {"POST",
     "windlass",
     "/script/edits",
     {},
     Failures::plain,
     edits,
     "text edits that bring a Jenkinsfile to a model and touch nothing else"},
    {"GET",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs/{r}/outline",
     {"get", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     outline,
     "stages and branches of its Jenkinsfile, with the paths that its nodes get"},
};

}  // namespace

std::span<const Route> script_routes() { return kRoutes; }

}  // namespace windlass::kapis
