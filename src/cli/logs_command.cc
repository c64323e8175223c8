// windlass logs: the console log of a stored run; of a running one as it grows.
#include <chrono>
#include <thread>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/state.h"
#include "cli/terminal_text.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kOptions[] = {
    {"ID", "ID", Shape::value, {"which run (default: the newest)", "哪次运行（默认最新的）"}},
    {"--follow", "", Shape::flag, {"go on until the run has ended", "持续输出直到运行结束"}},
    {"--server",
     "",
     Shape::flag,
     {"of a run on the server: ID is PROJECT/PIPELINE[#N]", "服务器上的运行：ID 为 项目/流水线[#编号]"}},
    {"--state", "FOLDER", Shape::value, {"the state folder", "状态目录"}},
};

constexpr Example kExamples[] = {
    {"windlass logs", {"of the newest run", "最新一次运行的日志"}},
    {"windlass logs --follow app#7", {"of a run that another terminal started", "跟随另一个终端启动的运行"}},
};

constexpr std::size_t kPiece = 1 << 20;
constexpr std::chrono::milliseconds kPause{200};

int run_on_server(const Invocation& in, const ParsedOptions& options) {
  auto name = parse_run_name(options.get("ID"), false, in.language);
  if (!name) return complain_of("logs", name.error());
  auto client = Client::open(in);
  if (!client) return complain_of("logs", client.error());
  auto found = client->resolve(*name);
  if (!found) return complain_of("logs", found.error());
  if (!options.has("--follow")) {
    auto part = client->send("GET", Client::runs_path(*found) + "/log/?start=0");
    if (!part) return complain_of("logs", part.error());
    if (part->status != 200) return complain("logs: " + without_controls(part->body), kExitUsage);
    print(part->body);
    return kExitSuccess;
  }
  auto ended = follow_log(*client, *found);
  if (!ended) return complain_of("logs", ended.error());
  return kExitSuccess;
}

int run(const Invocation& in, const ParsedOptions& options) {
  if (options.has("--server")) return run_on_server(in, options);
  auto state = open_state(in, options.get("--state"));
  if (!state) return complain("logs: " + state.error().text(), kExitInternal);
  auto found = find_stored_run(**state, options.get("ID"));
  if (!found) return complain("logs: " + found.error().message, kExitUsage);
  std::uint64_t offset = 0;
  for (;;) {
    // Opened anew each time: another process writes this file, and an ended run may be packed differently.
    auto reader = (*state)->read_run(*found);
    if (!reader) return complain("logs: " + reader.error().text(), kExitInternal);
    auto end = (*reader)->end();
    if (!end) return complain("logs: " + end.error().text(), kExitInternal);
    for (;;) {
      auto bytes = (*reader)->read_log(offset, kPiece);
      if (!bytes) return complain("logs: " + bytes.error().text(), kExitInternal);
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
