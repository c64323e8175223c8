// windlass audit: is the audit log of a server whole?
#include "cli/commands.h"
#include "cli/terminal_text.h"
#include "server/audit.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kOptions[] = {
    {"--data", "FOLDER", Shape::value, {"the server's folder", "服务器的数据目录"}},
};
constexpr ExitCode kExits[] = {
    {0, {"every line fits", "全部一致"}},
    {1, {"a line was changed, taken out or put in", "有记录被修改、删除或插入"}},
};

int run(const Invocation& in, const ParsedOptions& options) {
  if (options.get("--data").empty()) {
    return complain(
        say(in.language, {"audit: --data FOLDER names the server's folder", "audit：请用 --data 指定服务器的数据目录"}),
        kExitUsage);
  }
  const auto count = server::verify_audit(options.get("--data") + "/audit.log");
  if (!count) {
    return complain("audit: " + error_text(count.error(), in.language),
                    count.error().kind == ErrorKind::corrupt ? kExitFailure : kExitUsage);
  }
  print(say(in.language, {"{} lines, all as they were written", "{} 条记录，全部未被改动"}, {std::to_string(*count)}) +
        "\n");
  return kExitSuccess;
}

}  // namespace

const Command kAuditCommand{
    "audit",
    {"check the audit log of a server", "校验服务器的审计日志"},
    "--data FOLDER",
    kOptions,
    {"Each line of FOLDER/audit.log says who changed what, and has a checksum over itself and all "
     "before it. That the newest lines are\nthere only a copy elsewhere can show.",
     "FOLDER/audit.log 的每一行记录谁改了什么，并带有覆盖此前全部内容的校验值。"},
    run,
    Group::server,
    {},
    kExits};

}  // namespace windlass::cli
