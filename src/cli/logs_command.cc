// windlass logs: the console log of a stored run; of a running one as it grows.
#include <chrono>
#include <thread>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/state.h"
#include "cli/terminal_text.h"
#include "data/json.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kOptions[] = {
    {"ID", "ID", Shape::value, {"which run (default: the newest)", "哪次运行（默认最新的）"}},
    {"--follow", "", Shape::flag, {"go on until the run has ended", "持续输出直到运行结束"}},
    {"--tail", "LINES", Shape::value, {"only so many lines at the end (--server)", "只输出最后若干行（--server）"}},
    {"--search",
     "PATTERN",
     Shape::value,
     {"only lines that a regular expression finds, with their numbers (--server)",
      "只输出正则表达式匹配的行及其行号（--server）"}},
    {"--server",
     "",
     Shape::flag,
     {"of a run on the server: ID is PROJECT/PIPELINE[#N]", "服务器上的运行：ID 为 项目/流水线[#编号]"}},
    {"--state", "FOLDER", Shape::value, {"the state folder", "状态目录"}},
    {"--output",
     "table|plain|json|yaml",
     Shape::value,
     {"the text, or an object a line of it with number, time and step (--server)",
      "文本，或每行一个含行号、时间与步骤的对象（--server）"}},
};

constexpr Example kExamples[] = {
    {"windlass logs", {"of the newest run", "最新一次运行的日志"}},
    {"windlass logs --follow app#7", {"of a run that another terminal started", "跟随另一个终端启动的运行"}},
};

constexpr std::size_t kPiece = 1 << 20;
constexpr std::chrono::milliseconds kPause{200};

/// Lines by number, from the server's own search.
int search(const Invocation& in, const Client& client, const RunName& name, const std::string& pattern, Form form) {
  for (std::string next = "1";;) {
    auto part = client.send(
        "GET", Client::view_path(name) + "/log/search?pattern=" + percent_encoded(pattern) + "&from=" + next);
    if (!part) return complain_of("logs", part.error(), in.language);
    if (part->status != 200) return complain("logs: " + without_controls(part->body), kExitUsage);
    std::string done;
    for (std::size_t at = 0; at < part->body.size();) {
      const auto end = std::min(part->body.find('\n', at), part->body.size());
      auto one = data::parse_json(std::string_view(part->body).substr(at, end - at));
      at = end + 1;
      if (!one) return complain("logs: the server answered with what is no JSON", kExitInternal);
      if (one->find("text") != nullptr && form != Form::words) {
        if (!print(as_item(form, *one))) return kExitSuccess;
      } else if (one->find("text") != nullptr) {
        if (!print(std::to_string(one->get_int("number")) + ": " + one->get_string("text") + "\n")) return kExitSuccess;
      } else if (one->find("done") != nullptr) {
        done = one->get_string("done");
        next = std::to_string(one->get_int("next"));
        if (done == "pattern" || done == "error") {
          return complain("logs: " + without_controls(one->get_string("message")), kExitUsage);
        }
      }
    }
    if (done == "end") return kExitSuccess;
    if (done.empty()) {
      return complain("logs: " + say(in.language, {"the search was cut off", "搜索中断"}), kExitInternal);
    }
  }
}

/// From a line on, and then as it grows.
int follow_from(const Invocation& in, const Client& client, const RunName& name, const std::string& where,
                bool follow) {
  auto lines = client.json("GET", Client::view_path(name) + "/log/lines" + where + "&count=1");
  if (!lines) return complain_of("logs", lines.error(), in.language);
  const auto* first = lines->find("lines");
  const auto start =
      first != nullptr && first->size() != 0 ? first->items()[0].get_int("offset") : lines->get_int("bytes");
  if (follow) {
    auto ended = follow_log(client, name, static_cast<std::uint64_t>(start));
    return ended ? kExitSuccess : complain_of("logs", ended.error(), in.language);
  }
  auto part = client.send("GET", Client::view_path(name) + "/log?start=" + std::to_string(start));
  if (!part) return complain_of("logs", part.error(), in.language);
  if (part->status != 200) return complain("logs: " + without_controls(part->body), kExitUsage);
  print(part->body);
  return kExitSuccess;
}

/// Its lines as objects, from `where` on; with `follow` until the run has ended. The server says when there is more.
int line_by_line(const Invocation& in, const Client& client, const RunName& name, const std::string& where, bool follow,
                 Form form) {
  std::string from = where;
  for (;;) {
    auto part = client.json("GET", Client::view_path(name) + "/log/lines?" + from + "&count=1000");
    if (!part) return complain_of("logs", part.error(), in.language);
    const bool ended = part->get_bool("ended");
    const auto* lines = part->find("lines");
    bool whole = true;
    std::string out;
    for (const auto& line : lines == nullptr ? data::Value::List{} : lines->items()) {
      whole = !line.get_bool("unfinished");
      if (whole || !follow || ended) out += as_item(form, line);  // else it is told when it is whole
    }
    if (!print(out)) return kExitSuccess;
    const auto next = part->get_int("next");
    from = "from=" + std::to_string(next);
    if (whole && !out.empty() && next <= part->get_int("total")) continue;
    if (!follow || ended) return kExitSuccess;
    const auto wait = Client::runs_path(name) + "/log/?start=" + std::to_string(part->get_int("bytes")) + "&wait=50";
    if (auto more = client.send("GET", wait); !more) return complain_of("logs", more.error(), in.language);
  }
}

int run_on_server(const Invocation& in, const ParsedOptions& options) {
  auto name = parse_run_name(options.get("ID"), false, in.language);
  if (!name) return complain_of("logs", name.error(), in.language);
  auto client = Client::open(in);
  if (!client) return complain_of("logs", client.error(), in.language);
  auto found = client->resolve(*name);
  if (!found) return complain_of("logs", found.error(), in.language);
  const auto form = form_of(options);
  if (const auto pattern = options.get("--search"); !pattern.empty()) return search(in, *client, *found, pattern, form);
  if (const auto tail = options.get("--tail"); !tail.empty()) {
    if (tail.size() > 9 || tail.find_first_not_of("0123456789") != std::string::npos) {
      return complain("logs: " + say(in.language, {"--tail takes a number of lines", "--tail 需要一个行数"}),
                      kExitUsage);
    }
    if (form != Form::words) return line_by_line(in, *client, *found, "tail=" + tail, options.has("--follow"), form);
    return follow_from(in, *client, *found, "?tail=" + tail, options.has("--follow"));
  }
  if (form != Form::words) return line_by_line(in, *client, *found, "from=1", options.has("--follow"), form);
  if (!options.has("--follow")) {
    auto part = client->send("GET", Client::runs_path(*found) + "/log/?start=0");
    if (!part) return complain_of("logs", part.error(), in.language);
    if (part->status != 200) return complain("logs: " + without_controls(part->body), kExitUsage);
    print(part->body);
    return kExitSuccess;
  }
  auto ended = follow_log(*client, *found);
  if (!ended) return complain_of("logs", ended.error(), in.language);
  return kExitSuccess;
}

int run(const Invocation& in, const ParsedOptions& options) {
  if (options.has("--server")) return run_on_server(in, options);
  if (form_of(options) != Form::words) {
    return complain("logs: " + say(in.language, {"--output json and yaml go with --server",
                                                 "--output json 与 yaml 须与 --server 合用"}),
                    kExitUsage);
  }
  auto state = open_state(in, options.get("--state"));
  if (!state) return complain("logs: " + error_text(state.error(), in.language), kExitInternal);
  const auto id = options.get("ID");
  auto found = find_stored_run(**state, id, in.language);
  if (!found) {
    const auto hint = id.find('/') == std::string::npos ? std::string()
                                                        : say(in.language,
                                                              {"; of a run on the server: windlass logs --server {}",
                                                               "；服务器上的运行请用：windlass logs --server {}"},
                                                              {without_controls(id)});
    return complain("logs: " + error_text(found.error(), in.language) + hint, kExitUsage);
  }
  std::uint64_t offset = 0;
  for (;;) {
    // Opened anew each time: another process writes this file, and an ended run may be packed differently.
    auto reader = (*state)->read_run(*found);
    if (!reader) return complain("logs: " + error_text(reader.error(), in.language), kExitInternal);
    auto end = (*reader)->end();
    if (!end) return complain("logs: " + error_text(end.error(), in.language), kExitInternal);
    for (;;) {
      auto bytes = (*reader)->read_log(offset, kPiece);
      if (!bytes) return complain("logs: " + error_text(bytes.error(), in.language), kExitInternal);
      if (bytes->empty()) break;
      if (!print(*bytes)) return kExitSuccess;
      offset += bytes->size();
    }
    if (*end || !options.has("--follow")) return kExitSuccess;
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

const Command kLogsCommand{
    "logs",   {"print the log of a run", "输出某次运行的日志"}, "[ID] [--follow]", kOptions, {"", ""}, run, Group::runs,
    kExamples};

}  // namespace windlass::cli
