// windlass replay: a stored run's journal, and what its variables held at any entry of it.
#include <algorithm>
#include <charconv>
#include <ctime>

#include "cli/commands.h"
#include "cli/run_list.h"
#include "cli/state.h"
#include "cli/terminal_text.h"
#include "data/json.h"
#include "engine/replay.h"
#include "engine/step_restart.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kOptions[] = {
    {"ID", "ID", Shape::value, {"which run (default: the newest)", "哪次运行（默认最新的）"}},
    {"--until",
     "ENTRY",
     Shape::value,
     {"show all variables as they were right after this entry of the journal; last is the newest",
      "显示执行到该记录时的全部变量；last 表示最新一条"}},
    {"--steps",
     "",
     Shape::flag,
     {"list the steps at which --restart-step can begin", "列出 --restart-step 可用的起点步骤"}},
    {"--output", "plain|json", Shape::value, {"for people, or JSON", "供阅读的文本，或 JSON"}},
    {"--state", "FOLDER", Shape::value, {"the state folder", "状态目录"}},
};

constexpr Example kExamples[] = {
    {"windlass replay app#7 --steps",
     {"where windlass run --restart-step can begin", "windlass run --restart-step 的可用起点"}},
    {"windlass replay app#7", {"the entries of its journal", "列出其运行记录"}},
    {"windlass replay app#7 --until 12", {"the variables at entry 12", "显示第 12 条时的变量"}},
    {"windlass replay app#7 --until last --output json | jq .branches[0]", {"the same as JSON", "以 JSON 输出"}},
};

std::string_view type_name(journal::EntryType type) {
  switch (type) {
    case journal::EntryType::intent:
      return "asked";
    case journal::EntryType::progress:
      return "progress";
    case journal::EntryType::result:
      return "result";
    case journal::EntryType::abort:
      return "abort";
    case journal::EntryType::timer:
      return "timer";
    case journal::EntryType::input:
      return "input";
    case journal::EntryType::limit:
      return "limit";
    case journal::EntryType::order:
      return "order";
    case journal::EntryType::env_edit:
      return "edit";
    case journal::EntryType::resumed:
      return "resumed";
    case journal::EntryType::note:
      return "note";
    case journal::EntryType::restarted:
      return "restarted";
  }
  return "";
}

std::string clock_time(std::int64_t millis) {
  std::time_t seconds = millis / 1000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char buffer[32];
  std::strftime(buffer, sizeof buffer, "%H:%M:%S", &parts);
  return buffer;
}

data::Value entry_json(const journal::Entry& entry) {
  auto value = data::Value::map_of("entry", static_cast<std::int64_t>(entry.sequence), "type", type_name(entry.type),
                                   "branch", entry.key.branch, "step", entry.step, "time", entry.time_ms);
  if (entry.line > 0) value.set("line", static_cast<std::int64_t>(entry.line));
  return value;
}

std::string place_text(std::string_view branch, std::int64_t line, Language language) {
  std::string out;
  if (line > 0) out += say(language, {" line {}", " 第 {} 行"}, {std::to_string(line)});
  if (!branch.empty()) out += say(language, {" branch {}", " 分支 {}"}, {branch});
  return out;
}

int list_entries(journal::RunReader& reader, bool json, const Invocation& in) {
  bool color = in.color();
  auto done = reader.visit_entries([&](journal::Entry&& entry) {
    if (json) return print(data::format_json(entry_json(entry)) + "\n");
    auto number = std::to_string(entry.sequence);
    std::string line = std::string(number.size() < 6 ? 6 - number.size() : 0, ' ') + number + "  ";
    line += paint(clock_time(entry.time_ms), Ink::dim, color) + "  ";
    line += padded(type_name(entry.type), 10) + paint(entry.step, Ink::cyan, color);
    line += paint(place_text(entry.key.branch, entry.line, in.language), Ink::dim, color);
    return print(line + "\n");
  });
  return done ? kExitSuccess : complain("replay: " + error_text(done.error(), in.language), kExitInternal);
}

void add_variables(std::string& out, const data::Value& variables, std::string_view indent, const Invocation& in) {
  std::size_t widest = 0;
  for (const auto& [name, value] : variables.members()) widest = std::max(widest, name.size());
  widest = std::min<std::size_t>(widest, 24);
  for (const auto& [name, value] : variables.members()) {
    auto head = std::string(indent) + padded(without_controls(name), widest) + " = ";
    auto text = without_controls(data::format_json(value));
    auto room = in.columns > head.size() + 10 ? in.columns - head.size() : 400;
    out += std::string(indent) + paint(padded(without_controls(name), widest), Ink::cyan, in.color()) + " = " +
           shortened(text, room) + "\n";
  }
}

std::string as_text(const engine::Replay& replay, const std::string& id, const Invocation& in) {
  auto language = in.language;
  auto out = paint(say(language, {"{} at entry {} of {}: ", "{} 第 {} 条，共 {} 条："},
                       {id, std::to_string(replay.at.sequence), std::to_string(replay.entries)}),
                   Ink::bold, in.color());
  out += std::string(type_name(replay.at.type)) + " " + replay.at.step +
         place_text(replay.at.key.branch, replay.at.line, language) + ", " + clock_time(replay.at.time_ms) + "\n";
  if (replay.ended) out += say(language, {"\nThe script has ended.\n", "\n脚本已结束。\n"});
  if (!replay.binding.members().empty()) {
    out += "\n" + paint(say(language, {"variables of the script", "脚本变量"}), Ink::bold, in.color()) + "\n";
    add_variables(out, replay.binding, "  ", in);
  }
  for (const auto& branch : replay.branches) {
    auto title = branch.path.empty() ? say(language, {"main branch", "主分支"})
                                     : say(language, {"branch {}", "分支 {}"}, {branch.path});
    out += "\n" + paint(title, Ink::bold, in.color());
    out += branch.step.empty()
               ? say(language, {", waits for its branches", "，等待其各分支"})
               : say(language, {", next: {}", "，下一步：{}"}, {branch.step}) + place_text("", branch.line, language);
    out += "\n";
    for (const auto& frame : branch.frames) {
      out += "  " + frame.function +
             paint(" (" + frame.source + ":" + std::to_string(frame.line) + ")", Ink::dim, in.color()) + "\n";
      add_variables(out, frame.variables, "    ", in);
    }
  }
  return out;
}

data::Value as_json(const engine::Replay& replay, const std::string& id) {
  auto branches = data::Value::list();
  for (const auto& branch : replay.branches) {
    auto frames = data::Value::list();
    for (const auto& frame : branch.frames) {
      frames.push(data::Value::map_of("function", frame.function, "source", frame.source, "line",
                                      static_cast<std::int64_t>(frame.line), "variables", frame.variables));
    }
    auto value = data::Value::map_of("branch", branch.path, "frames", std::move(frames));
    if (!branch.step.empty()) value.set("next", branch.step);
    if (branch.line != 0) value.set("line", static_cast<std::int64_t>(branch.line));
    branches.push(std::move(value));
  }
  return data::Value::map_of("id", id, "at", entry_json(replay.at), "entries",
                             static_cast<std::int64_t>(replay.entries), "ended", replay.ended, "variables",
                             replay.binding, "branches", std::move(branches));
}

int list_steps(journal::StateFolder& state, const journal::RunInfo& run, bool json, const Invocation& in) {
  auto trace = engine::trace_run(state, run);
  if (!trace) {
    return complain("replay: " + error_text(trace.error(), in.language),
                    trace.error().kind == ErrorKind::invalid ? kExitUsage : kExitInternal);
  }
  const auto points = engine::restart_points(*trace);
  if (!json && !points.empty()) {
    print(paint(padded(say(in.language, {"step", "步骤"}), 8) + padded(say(in.language, {"entry", "记录"}), 8) +
                    padded(say(in.language, {"line", "行"}), 7) + say(in.language, {"what", "内容"}) + "\n",
                Ink::dim, in.color()));
  }
  for (const auto& point : points) {
    if (json) {
      auto value = data::Value::map_of("node", static_cast<std::int64_t>(point.flow_node), "entry",
                                       static_cast<std::int64_t>(point.entry), "step", point.step);
      if (!point.label.empty()) value.set("label", point.label);
      if (point.line != 0) value.set("line", static_cast<std::int64_t>(point.line));
      if (!point.stage.empty()) value.set("stage", point.stage);
      if (!point.branch.empty()) value.set("branch", point.branch);
      if (!print(data::format_json(value) + "\n")) return kExitInternal;
      continue;
    }
    auto line = padded(std::to_string(point.flow_node), 8) + padded("@" + std::to_string(point.entry), 8) +
                padded(point.line == 0 ? "" : std::to_string(point.line), 7) + paint(point.step, Ink::cyan, in.color());
    if (!point.label.empty()) line += " (" + without_controls(point.label) + ")";
    if (!point.stage.empty()) line += say(in.language, {" in stage {}", " 阶段 {}"}, {without_controls(point.stage)});
    if (!point.branch.empty()) line += say(in.language, {", branch {}", "，分支 {}"}, {without_controls(point.branch)});
    if (!print(line + "\n")) return kExitInternal;
  }
  if (points.empty() && !json) {
    print(say(in.language, {"no step at which a restart could begin\n", "没有可作为重启起点的步骤\n"}));
  }
  return kExitSuccess;
}

int run(const Invocation& in, const ParsedOptions& options) {
  auto state = open_state(in, options.get("--state"));
  if (!state) return complain("replay: " + error_text(state.error(), in.language), kExitInternal);
  auto found = find_stored_run(**state, options.get("ID"), in.language);
  if (!found) return complain("replay: " + error_text(found.error(), in.language), kExitUsage);
  bool json = options.get("--output", "plain") == "json";
  if (options.has("--steps")) return list_steps(**state, *found, json, in);
  if (!options.has("--until")) {
    auto reader = (*state)->read_run(*found);
    if (!reader) return complain("replay: " + error_text(reader.error(), in.language), kExitInternal);
    return list_entries(**reader, json, in);
  }
  std::uint64_t until = 0;
  auto text = options.get("--until");
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), until);
  if (text == "last") {
    until = engine::kLastEntry;
  } else if (error != std::errc() || end != text.data() + text.size() || until == 0) {
    return complain(say(in.language,
                        {"replay: --until needs the number of an entry, or last; not {}",
                         "replay：--until 需要记录编号或 last，而不是 {}"},
                        {text}),
                    kExitUsage);
  }
  auto replay = engine::replay_until(**state, *found, until);
  if (!replay) {
    bool theirs = replay.error().kind == ErrorKind::not_found || replay.error().kind == ErrorKind::invalid;
    return complain("replay: " + error_text(replay.error(), in.language), theirs ? kExitUsage : kExitInternal);
  }
  auto out = json ? data::format_json(as_json(*replay, found->id())) + "\n" : as_text(*replay, found->id(), in);
  return print(out) ? kExitSuccess : kExitInternal;
}

}  // namespace

const Command kReplayCommand{
    "replay",
    {"list a run's journal, and show its variables at any entry", "列出运行记录，并显示任意时刻的变量"},
    "[ID] [--until ENTRY | --steps]",
    kOptions,
    {"The program is evaluated again and fed the recorded results; nothing is performed. What is shown is masked as "
     "the "
     "log is, and what withCredentials bound is never shown.",
     "重新求值程序并代入已记录的结果，不执行任何操作。输出与日志同样经过脱敏，withCredentials 绑定的值绝不显示。"},
    run,
    Group::runs,
    kExamples};

}  // namespace windlass::cli
