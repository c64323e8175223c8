// What editors of pipelines ask: is this script right, is this cron line right and when does it fire, the script as
// JSON and back. Everything is computed here, so nothing depends on the language or version of somebody's HTML (ill
// 10). Source: kubesphere API 5; the texts of problems are those of `windlass lint`.
#include <optional>

#include "jenkinsfile/script_json.h"
#include "kapis/answers.h"
#include "kapis/crud.h"
#include "kapis/job.h"
#include "objects/metadata.h"
#include "text/cron.h"
#include "text/date_format.h"

namespace windlass::kapis {

using data::Value;
using jenkinsfile::Converted;
using net::Response;
using objects::ApiTask;

namespace {

ApiTask<Response> check_script(Call& call) {
  const auto script = call.form("value");
  const auto problems = co_await call.services.worker.run(
      [script, catalog = &call.services.catalog] { return jenkinsfile::check_script(script, *catalog); });
  if (problems.empty()) co_return json_answer(Value::map_of("status", "success"));
  const auto& first = problems.front();
  co_return json_answer(Value::map_of("column", static_cast<std::int64_t>(first.position.column), "line",
                                      static_cast<std::int64_t>(first.position.line), "message", first.message,
                                      "status", "fail"));
}

/// `{"status":"ok","data":{"result":"success","json":…}}`, or what is wrong.
Response converted_answer(const Converted& made, std::string_view key) {
  Value data = Value::map_of("result", made.good() ? "success" : "failure");
  if (made.good()) {
    data.set(std::string(key), made.text);
  } else {
    Value errors = Value::list();
    for (const auto& problem : made.problems) {
      Value location = Value::list();
      for (const auto& part : problem.location) location.push(part);
      std::string text = problem.message;
      if (problem.position.line > 0) {
        text += " @ line " + std::to_string(problem.position.line) + ", column " +
                std::to_string(problem.position.column) + ".";
      }
      errors.push(Value::map_of("location", std::move(location), "error", text));
    }
    data.set("errors", std::move(errors));
  }
  return json_answer(Value::map_of("status", "ok", "data", std::move(data)));
}

ApiTask<Response> to_json(Call& call) {
  const auto script = call.form("jenkinsfile");
  const auto made = co_await call.services.worker.run(
      [script, catalog = &call.services.catalog] { return jenkinsfile::script_to_json(script, *catalog); });
  co_return converted_answer(made, "json");
}

ApiTask<Response> to_jenkinsfile(Call& call) {
  const auto json = call.form("json"), current = call.form("jenkinsfile");
  const auto made = WL_API_TRY(co_await run_job(call, [json, current, catalog = &call.services.catalog] {
    return jenkinsfile::json_to_script(json, current, *catalog);
  }));
  co_return converted_answer(made, "jenkinsfile");
}

std::string for_people(std::int64_t millis, const text::TimeZone& zone) {
  return text::format_simple_date("EEEE, MMMM d, yyyy 'at' h:mm:ss a z", millis, zone).value_or("");
}

ApiTask<Response> check_cron(Call& call) {
  const auto body = WL_API_TRY(call.object());
  const auto cron = body.get_string("cron");
  // The original reads pipelineName and its own console sends name.
  auto pipeline = body.get_string("pipelineName");
  if (pipeline.empty()) pipeline = body.get_string("name");
  auto table = text::CronTable::parse(cron, call.at("d") + "/" + pipeline);
  if (!table) co_return json_answer(Value::map_of("result", "error", "message", table.error().message));
  const auto now = call.services.now_millis();
  const auto last = table->previous_before(now), next = table->next_after(now);
  std::string message;
  for (const auto& warning : table->warnings()) message += (message.empty() ? "" : " ") + warning;
  Value out = Value::map_of("result", message.empty() ? "ok" : "warning");
  if (table->lines().empty()) {
    out.set("result", "warning");
    message = "No schedules so will never run";
  } else if (!last || !next) {
    out.set("result", "warning");
    message = "There is no time within 28 years at which this fires";
  } else if (message.empty()) {
    message = "Would last have run at " + for_people(*last, table->zone()) + "; would next run at " +
              for_people(*next, table->zone()) + ".";
  }
  out.set("message", message);
  if (last) out.set("lastTime", text::format_iso_offset(*last, table->zone()));
  if (next) out.set("nextTime", text::format_iso_offset(*next, table->zone()));
  co_return json_answer(out);
}

constexpr Right kAnybody{};

constexpr Route kRoutes[] = {
    {"POST",
     "v1alpha2",
     "/DP/pipelines/{p}/checkScriptCompile",
     {"get", kDevops, "pipelines", "d", "p"},
     Failures::plain,
     check_script,
     "whether a Jenkinsfile (form field value) compiles, and the first error"},
    {"POST",
     "v1alpha2",
     "/DP/checkCron",
     {"list", kDevops, "pipelines", "d", ""},
     Failures::plain,
     check_cron,
     "whether a cron text is right, when it last fired and when it fires next"},
    {"POST", "v1alpha2", "/tojson", kAnybody, Failures::plain, to_json, "a Declarative script as JSON"},
    {"POST", "v1alpha2", "/tojenkinsfile", kAnybody, Failures::plain, to_jenkinsfile, "JSON as a script"},
};

}  // namespace

std::span<const Route> editor_routes() { return kRoutes; }

}  // namespace windlass::kapis
