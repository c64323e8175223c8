#include "steps/scm_history.h"

namespace windlass::steps {

ScmHistory read_scm_history(EffectContext& context, const std::string& key) {
  ScmHistory out;
  const auto runs = context.run.runs_of(context.run.fact("job"));
  if (!runs) return out;
  const auto own = std::strtoull(context.run.fact("number").c_str(), nullptr, 10);
  std::size_t looked_at = 0;
  for (const auto& run : *runs) {
    if (run.result.empty() || (own != 0 && run.number >= own)) continue;
    if (++looked_at > kMostScmHistory) break;
    const auto content = context.run.read_run(run, "scm");
    if (!content) continue;
    for (const auto& [name, payload] : content->records) {
      if (name != key) continue;
      const auto revision = payload.get_string("revision");
      if (out.previous.empty()) out.previous = revision;
      if (out.successful.empty() && (run.result == "SUCCESS" || run.result == "UNSTABLE")) out.successful = revision;
    }
    if (!out.previous.empty() && !out.successful.empty()) break;
  }
  return out;
}

RecordWrite make_scm_record(const std::string& key, const std::string& revision) {
  return {.kind = "scm", .key = key, .payload = data::Value::map_of("revision", revision)};
}

}  // namespace windlass::steps
