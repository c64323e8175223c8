// windlass events: what happens on the server, one line each, as it happens. It goes on where it was when the
// connection or the server went away meanwhile.
#include <chrono>
#include <thread>

#include "cli/approvals_text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/terminal_text.h"
#include "data/json.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
using data::Value;

constexpr OptionRow kOptions[] = {
    {"PLACE", "PROJECT[/PIPELINE[#N]]", Shape::value, {"only what belongs to it", "只显示属于它的事件"}},
    {"--kinds",
     "KIND,…",
     Shape::value,
     {"run, node, log, approval, queue, agent, object", "事件种类：run、node、log、approval、queue、agent、object"}},
    {"--cursor", "CURSOR", Shape::value, {"go on from there", "从该处继续"}},
    {"--once", "", Shape::flag, {"end when there is nothing more", "没有更多事件时结束"}},
    {"--output", "plain|json", Shape::value, {"words, or one JSON object a line", "文字，或每行一个 JSON 对象"}},
};
constexpr Example kExamples[] = {
    {"windlass events shop", {"all that happens in a project", "一个项目中发生的一切"}},
    {"windlass events --kinds approval", {"questions that wait for an answer", "等待回答的问题"}},
};

constexpr std::chrono::seconds kPause{1};

std::string words_of(const std::string& kind, const Value& data, Language language) {
  const auto text = [&](std::string_view name) { return without_controls(data.get_string(name)); };
  const auto run = text("project") + "/" + text("pipeline") + "#" + std::to_string(data.get_int("number"));
  if (kind == "gap") {
    return data.get_string("reason") == "unknown"
               ? say(language,
                     {"something may have been missed: the server has started anew", "可能有遗漏：服务器已重新启动"})
               : say(language, {"something was missed: too much has happened meanwhile", "有遗漏：期间发生的事件过多"});
  }
  if (kind == "run") {
    const auto result = text("result");
    return run + " " + (result.empty() ? text("phase") : result);
  }
  if (kind == "node") {
    const auto* node = data.find("node");
    if (node == nullptr) return run;
    auto out = run + " " + without_controls(node->get_string("step"));
    if (const auto label = without_controls(node->get_string("label")); !label.empty()) out += " " + label;
    const auto result = node->get_string("result");
    return out + (result.empty() ? say(language, {" begins", " 开始"}) : " " + result);
  }
  if (kind == "log") {
    return say(language, {"{} log: {} bytes", "{} 日志：{} 字节"}, {run, std::to_string(data.get_int("bytes"))});
  }
  if (kind == "approval") {
    if (!data.get_bool("waits")) return say(language, {"{} asks no more", "{} 不再询问"}, {run});
    const auto approvals = approvals_text(data, language);
    return say(language, {"{} asks: {}", "{} 询问：{}"}, {run, text("message")}) +
           (approvals.empty() ? "" : say(language, {" ({})", "（{}）"}, {approvals}));
  }
  if (kind == "queue") {
    const auto* reason = data.find("reason");
    return data.get_bool("waits") ? say(language, {"{} waits: {}", "{} 正在等待：{}"},
                                        {run, reason == nullptr ? "" : without_controls(reason->get_string("code"))})
                                  : say(language, {"{} has left the queue", "{} 已离开队列"}, {run});
  }
  if (kind == "agent") {
    return say(language, {"node {}: {} of {} executors busy, {} waiting", "节点 {}：{}/{} 个执行器忙，{} 个等待"},
               {text("node"), std::to_string(data.get_int("busy")), std::to_string(data.get_int("executors")),
                std::to_string(data.get_int("waiting"))});
  }
  if (kind == "object") {
    const auto space = text("namespace");
    return text("kind") + " " + (space.empty() ? "" : space + "/") + text("name") + " " + text("change");
  }
  return kind;
}

/// Prints the events of a part of the stream; the newest id goes to `cursor`. False: nobody reads.
struct Shown {
  bool json = false, hello = false;
  Language language;
  std::size_t events = 0;  ///< told in the last part
};
bool print_events(const std::string& stream, Shown& shown, std::string& cursor) {
  shown.events = 0;
  std::string kind, data;
  for (std::size_t at = 0; at < stream.size();) {
    const auto end = std::min(stream.find('\n', at), stream.size());
    const auto line = std::string_view(stream).substr(at, end - at);
    at = end + 1;
    if (line.starts_with("event: ")) kind = line.substr(7);
    if (line.starts_with("id: ")) cursor = line.substr(4);
    if (line.starts_with("data: ")) data = line.substr(6);
    if (!line.empty()) continue;
    const bool hello = kind == "hello";
    if (!data.empty() && !hello) ++shown.events;
    if (!data.empty() && (!hello || (shown.json && shown.hello))) {
      auto value = data::parse_json(data);
      if (value && value->is_map()) {
        if (shown.json) {
          auto one = Value::map_of("event", kind, "cursor", cursor);
          for (const auto& [name, member] : value->members()) one.set(name, member);
          if (!print(data::format_json(one) + "\n")) return false;
        } else if (!print(words_of(kind, *value, shown.language) + "\n")) {
          return false;
        }
      }
    }
    kind.clear();
    data.clear();
  }
  return true;
}

int run(const Invocation& in, const ParsedOptions& options) {
  std::string query;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) query += "&" + std::string(name) + "=" + percent_encoded(value);
  };
  if (const auto place = options.get("PLACE"); !place.empty()) {
    if (place.find('/') == std::string::npos) {
      add("project", place);
    } else {
      auto name = parse_run_name(place, false, in.language);
      if (!name) return complain_of("events", name.error(), in.language);
      add("project", name->project);
      add("pipeline", name->pipeline);
      if (name->number != 0) add("run", std::to_string(name->number));
    }
  }
  add("kinds", options.get("--kinds"));
  const bool once = options.has("--once");
  Shown shown{.json = options.get("--output", "plain") == "json", .hello = true, .language = in.language};
  auto client = Client::open(in);
  if (!client) return complain_of("events", client.error(), in.language);
  auto cursor = options.get("--cursor");
  bool answered = false;
  for (;;) {
    auto part = client->send("GET", std::string("/kapis/windlass.io/v1/events?wait=") + (once ? "0" : "50") + query +
                                        (cursor.empty() ? std::string() : "&cursor=" + percent_encoded(cursor)));
    if (!part) {
      // A server that was there comes back: its first word will be whether something was missed.
      if (!answered || once) return complain_of("events", part.error(), in.language);
      std::this_thread::sleep_for(kPause);
      continue;
    }
    if (part->status != 200) return complain("events: " + without_controls(part->body), kExitUsage);
    answered = true;
    if (!print_events(part->body, shown, cursor)) return kExitSuccess;
    shown.hello = false;
    if (once && shown.events == 0) return kExitSuccess;
  }
}

}  // namespace

const Command kEventsCommand{"events",
                             {"what happens on the server, as it happens", "实时显示服务器上发生的事件"},
                             "[PROJECT[/PIPELINE[#N]]]",
                             kOptions,
                             {"", ""},
                             run,
                             Group::server,
                             kExamples};

}  // namespace windlass::cli
