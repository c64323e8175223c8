#include "cli/cluster_report.h"

#include "cli/output.h"
#include "cli/terminal_text.h"

namespace windlass::cli {
namespace {

using cluster::AppliedObject;
using data::Value;
using State = AppliedObject::State;

Text word_of(State state) {
  switch (state) {
    case State::made:
      return {"made", "已创建"};
    case State::changed:
      return {"changed", "已更新"};
    case State::same:
      return {"as it was", "无变化"};
    case State::kept:
      return {"kept as it is", "保持原样"};
    case State::refused:
      return {"not ours", "非本程序所有"};
    case State::failed:
      return {"failed", "失败"};
    case State::removed:
      return {"removed", "已删除"};
  }
  return {};
}

std::string name_of(const AppliedObject& one) {
  return one.kind + " " + (one.namespace_.empty() ? std::string() : one.namespace_ + "/") + one.name;
}

Value facts(const AppliedObject& one) {
  Value out = Value::map_of("kind", one.kind, "name", one.name, "state", cluster::to_string(one.state));
  if (!one.namespace_.empty()) out.set("namespace", one.namespace_);
  if (!one.message.empty()) out.set("message", one.message);
  return out;
}

}  // namespace

void ClusterReport::tell(const AppliedObject& one) const {
  if (form_ != Form::words) {
    print(as_item(form_, facts(one)));
    return;
  }
  const bool bad = one.state == State::refused || one.state == State::failed;
  if (bad) return void(complain(name_of(one) + ": " + without_controls(one.message), kExitFailure));
  print(padded(word_of(one.state).in(language_), 14) + " " + name_of(one) + "\n");
}

void ClusterReport::trouble(const std::string& why) const {
  complain(say(language_, {"the server does not run yet: {}", "服务器尚未运行：{}"}, {without_controls(why)}),
           kExitFailure);
}

}  // namespace windlass::cli
