// windlass runs: what the state folder holds; checking a journal for damage; deleting runs.
#include <algorithm>
#include <charconv>
#include <ctime>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/run_list.h"
#include "cli/state.h"
#include "cli/terminal_text.h"
#include "data/value.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kOptions[] = {
    {"PIPELINE",
     "PROJECT/PIPELINE",
     Shape::value,
     {"runs of a pipeline on the server, as --server", "服务器上流水线的运行，同 --server"}},
    {"--job", "NAME", Shape::value, {"only runs of this job", "只列出此任务的运行"}},
    {"--limit",
     "N",
     Shape::value,
     {"at most so many, newest first (default 20)", "最多显示多少条，最新在前（默认 20）"}},
    kOutputRow,
    {"--verify",
     "ID",
     Shape::repeated,
     {"read a run's journal completely and report damage", "完整读取运行记录并报告损坏"}},
    {"--remove", "ID", Shape::repeated, {"delete a run: journal, log, artifacts", "删除运行：记录、日志与产物"}},
    {"--server",
     "PROJECT/PIPELINE",
     Shape::value,
     {"of a pipeline on the server instead", "改为列出服务器上流水线的运行"}},
    {"--state", "FOLDER", Shape::value, {"the state folder", "状态目录"}},
};

constexpr Example kExamples[] = {
    {"windlass runs", {"the newest twenty", "最新的二十条"}},
    {"windlass runs shop/build", {"of a pipeline on the server", "服务器上某流水线的运行"}},
    {"windlass runs --output json | jq -r 'select(.state==\"FAILURE\").cause'", {"why runs failed", "列出失败原因"}},
    {"windlass runs --verify app#7", {"is the journal whole?", "检查运行记录是否完整"}},
};

struct Line {
  const journal::RunInfo& run;
  std::string cause;
};

std::string local_time(std::int64_t millis) {
  std::time_t seconds = millis / 1000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char buffer[32];
  std::strftime(buffer, sizeof buffer, "%Y-%m-%d %H:%M:%S", &parts);
  return buffer;
}

Ink ink_of(std::string_view state) {
  if (state == "SUCCESS") return Ink::green;
  if (state == "UNSTABLE" || state == "interrupted") return Ink::yellow;
  if (state == "suspended") return Ink::red;
  if (state == "FAILURE" || state == "damaged") return Ink::red;
  if (state == "running") return Ink::cyan;
  return Ink::magenta;
}

std::string why(journal::StateFolder& state, const journal::RunInfo& run) {
  if (!run.problem.empty()) return run.problem;
  if (!run.end) return "";
  auto reader = state.read_run(run);
  if (!reader) return reader.error().text();
  auto nodes = flow_of(**reader);
  if (!nodes) return nodes.error().text();
  const auto* node = first_cause(*nodes, run.end->result);
  return node == nullptr ? "" : cause_text(*nodes, *node);
}

data::Value facts_of(const Line& line) {
  const auto& run = line.run;
  auto value = data::Value::map_of("id", run.id(), "job", run.job, "number", static_cast<std::int64_t>(run.number),
                                   "state", state_name(run), "started", run.created_ms);
  if (run.end) {
    value.set("ended", run.end->ended_ms);
    value.set("duration", run.end->ended_ms - run.created_ms);
  }
  if (run.owner_pid != 0) value.set("pid", run.owner_pid);
  if (!line.cause.empty()) value.set("cause", line.cause);
  return value;
}

std::string as_text(const Line& line, std::size_t id_width, const Invocation& in) {
  const auto& run = line.run;
  auto state = state_name(run);
  auto head = padded(run.id(), id_width + 2);
  auto middle = padded(state, 13);
  std::string rest = local_time(run.created_ms) + "  ";
  rest += padded(run.end ? short_duration(run.end->ended_ms - run.created_ms) : "", 8);
  if (run.state == journal::RunInfo::State::interrupted && !run.problem.empty()) {
    rest += say(in.language,
                {"{}; go on with the version of Windlass that began it, or delete it: windlass runs --remove {}",
                 "{}；请用开始它的 Windlass 版本继续，或删除：windlass runs --remove {}"},
                {without_controls(line.cause), run.id()});
  } else if (run.state == journal::RunInfo::State::interrupted) {
    rest += say(in.language, {"go on with: windlass run --resume {}", "继续：windlass run --resume {}"}, {run.id()});
  } else if (run.state == journal::RunInfo::State::running) {
    rest += say(in.language, {"process {}", "进程 {}"}, {std::to_string(run.owner_pid)});
  } else {
    rest += without_controls(line.cause);
  }
  while (rest.ends_with(' ')) rest.pop_back();
  auto used = id_width + 2 + 13;
  if (in.columns > used + 20) rest = shortened(rest, in.columns - used);
  return head + paint(middle, ink_of(state), in.color()) + rest;
}

int verify(journal::StateFolder& state, const std::vector<std::string>& ids, Language language) {
  int code = kExitSuccess;
  for (const auto& id : ids) {
    auto found = find_stored_run(state, id, language);
    if (!found) return complain("runs: " + error_text(found.error(), language), kExitUsage);
    auto reader = state.read_run(*found);
    if (!reader) {
      code = complain("runs: " + error_text(reader.error(), language), kExitInternal);
      continue;
    }
    auto report = (*reader)->verify();
    if (!report) {
      code = complain("runs: " + error_text(report.error(), language), kExitInternal);
      continue;
    }
    print(say(language, {"{}: {} entries, {} bytes of log, no damage\n", "{}：{} 条记录，日志 {} 字节，无损坏\n"},
              {found->id(), std::to_string(report->entries), std::to_string(report->log_bytes)}));
  }
  return code;
}

int remove(journal::StateFolder& state, const std::vector<std::string>& ids, Language language) {
  for (const auto& id : ids) {
    auto found = find_stored_run(state, id, language);
    if (!found) return complain("runs: " + error_text(found.error(), language), kExitUsage);
    auto done = state.remove_run(*found);
    if (!done) return complain("runs: " + error_text(done.error(), language), kExitInternal);
    print(found->id() + "\n");
  }
  return kExitSuccess;
}

Result<std::size_t> limit_of(const ParsedOptions& options, Language language) {
  const auto text = options.get("--limit", "20");
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error == std::errc() && end == text.data() + text.size() && limit != 0) return limit;
  return fail(ErrorKind::invalid,
              say(language,
                  {"runs: --limit needs a whole number above 0, not {}", "runs：--limit 需要大于 0 的整数，而不是 {}"},
                  {text}));
}

int run_on_server(const Invocation& in, const ParsedOptions& options) {
  auto name = parse_run_name(options.get("--server", options.get("PIPELINE")), false, in.language);
  if (!name) return complain_of("runs", name.error(), in.language);
  auto client = Client::open(in);
  if (!client) return complain_of("runs", client.error(), in.language);
  const auto limit = limit_of(options, in.language);
  if (!limit) return complain(limit.error().message, kExitUsage);
  auto list = client->json("GET", Client::view_path(*name) + "?limit=" + std::to_string(*limit));
  if (!list) return complain_of("runs", list.error(), in.language);
  const auto form = form_of(options);
  std::string out;
  const auto* items = list->find("items");
  if (items == nullptr || items->size() == 0) {
    if (auto there = client->pipeline(*name); !there) return complain_of("runs", there.error(), in.language);
    if (form == Form::words) print(say(in.language, {"no runs yet\n", "还没有运行。\n"}));
  }
  for (const auto& run : items == nullptr ? data::Value::List{} : items->items()) {
    if (form != Form::words) {
      out += as_item(form, run);
      continue;
    }
    const auto ended = run.get_string("phase") == "ended";
    const auto state = ended ? run.get_string("result") : run.get_string("phase");
    const auto began = run.get_int("started") != 0 ? run.get_int("started") : run.get_int("queued");
    const auto until = ended ? run.get_int("ended") : list->get_int("now");
    out += padded("#" + std::to_string(run.get_int("number")), 7) + " " +
           paint(padded(state, 10), ink_of(state), in.color()) + " " + local_time(began) + " " +
           padded(short_duration(until - began), 8) + " " + without_controls(run.get_string("cause")) + "\n";
  }
  print(out);
  return kExitSuccess;
}

int run(const Invocation& in, const ParsedOptions& options) {
  if (options.has("--server") || options.has("PIPELINE")) return run_on_server(in, options);
  auto state = open_state(in, options.get("--state"));
  if (!state) return complain("runs: " + error_text(state.error(), in.language), kExitInternal);
  if (options.has("--verify")) return verify(**state, options.all("--verify"), in.language);
  if (options.has("--remove")) return remove(**state, options.all("--remove"), in.language);
  std::size_t limit = 20;
  if (auto given = limit_of(options, in.language)) {
    limit = *given;
  } else {
    return complain(given.error().message, kExitUsage);
  }
  auto job = options.get("--job");
  auto runs = (*state)->list(job.empty() ? limit : SIZE_MAX);
  if (!runs) return complain("runs: " + error_text(runs.error(), in.language), kExitInternal);
  if (!job.empty()) std::erase_if(*runs, [&](const auto& r) { return r.job != job; });
  if (runs->size() > limit) runs->resize(limit);
  const auto form = form_of(options);
  std::size_t width = 4;
  for (const auto& r : *runs) width = std::max(width, r.id().size());
  for (const auto& r : *runs) {
    Line line{r, why(**state, r)};
    if (!print(form == Form::words ? as_text(line, width, in) + "\n" : as_item(form, facts_of(line)))) {
      return kExitInternal;
    }
  }
  if (runs->empty() && form == Form::words) print(say(in.language, {"no runs yet\n", "还没有运行。\n"}));
  return kExitSuccess;
}

}  // namespace

const Command kRunsCommand{
    "runs",
    {"list runs with result, duration and cause; check or delete them", "列出运行及其结果、时长与原因；检查或删除"},
    "[PROJECT/PIPELINE] [--job NAME] [--output table|json|yaml] [OPTION…]",
    kOptions,
    {"An ID is JOB#NUMBER; the number alone is enough where only one job has it.",
     "ID 为 任务#编号；若只有一个任务有该编号，只写编号即可。"},
    run,
    Group::runs,
    kExamples};

}  // namespace windlass::cli
