#include "runs/run_phases.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "data/binary.h"

namespace windlass::runs {

namespace {

struct Asked {
  std::string step;
  std::uint32_t line = 0;
  std::int64_t begin = 0, end = 0;  ///< 0: no result yet
  data::Value holder;
};

std::int64_t Phases::* phase_of(std::string_view step) {
  if (step == "node.acquire" || step == "throttle.acquire") return &Phases::queue;
  if (step == "lock.acquire") return &Phases::lock;
  if (step == "input") return &Phases::input;
  if (step == "build") return &Phases::build;
  if (step == "sleep") return &Phases::sleep;
  return &Phases::run;
}

}  // namespace

Result<std::map<std::uint64_t, Phases>> read_phases(journal::RunReader& run, const FlowNodes& nodes,
                                                    std::int64_t now_millis) {
  std::map<std::pair<std::string, std::uint64_t>, Asked> asked;
  WL_CHECK_OK(run.visit_entries([&](journal::Entry&& entry) {
    if (entry.key.ordinal == 0) return true;
    if (entry.type == journal::EntryType::intent) {
      asked.try_emplace({entry.key.branch, entry.key.ordinal},
                        Asked{entry.step, static_cast<std::uint32_t>(std::max(entry.line, 0)), entry.time_ms, 0, {}});
    } else if (entry.type == journal::EntryType::result) {
      const auto found = asked.find({entry.key.branch, entry.key.ordinal});
      if (found == asked.end()) return true;
      found->second.end = entry.time_ms;
      if (found->second.step != "lock.acquire") return true;
      if (const auto result = data::decode_binary(entry.payload)) {
        const auto* value = result->find("value");
        if (const auto* holder = value == nullptr ? nullptr : value->find("waited")) found->second.holder = *holder;
      }
    }
    return true;
  }));
  std::map<std::string, std::int64_t> connects;  ///< by branch and ordinal
  for (const auto& record : WL_TRY(run.records("connect"))) {
    std::int64_t millis = 0;
    std::from_chars(record.payload.data(), record.payload.data() + record.payload.size(), millis);
    connects[record.key] = millis;
  }
  // Effects of a branch come in their order, and so do its nodes: each effect belongs to the node of its name and line
  // that goes on, or to the next one. Times alone would not do, since an effect has that of the turn it came in.
  struct Track {
    std::vector<const engine::FlowNode*> nodes;
    std::size_t at = 0;
    std::set<std::string> asked_for;  ///< by the node that it is at
  };
  std::map<std::tuple<std::string, std::string, std::uint32_t>, Track> tracks;
  for (const auto& node : nodes) tracks[{node.branch, node.step, node.line}].nodes.push_back(&node);
  std::map<std::uint64_t, Phases> out;
  for (const auto& [key, one] : asked) {
    const auto name = one.step.substr(0, one.step.find('.'));
    auto found = tracks.find({key.first, name, one.line});
    if (found == tracks.end()) found = tracks.find({key.first, name, 0});  // Declarative made it
    if (found == tracks.end()) continue;
    auto& track = found->second;
    while (track.at + 1 < track.nodes.size()) {
      const auto& now = *track.nodes[track.at];
      const bool over =
          now.ended_millis != 0 &&
          (now.ended_millis < one.begin || (now.ended_millis == one.begin && track.asked_for.contains(one.step)));
      if (!over && track.nodes[track.at + 1]->started_millis > one.begin) break;
      ++track.at;
      track.asked_for.clear();
    }
    track.asked_for.insert(one.step);
    const auto* best = track.nodes[track.at];
    auto& phases = out[best->id];
    const auto whole = std::max<std::int64_t>((one.end != 0 ? one.end : now_millis) - one.begin, 0);
    const auto waited = connects.find(key.first + " " + std::to_string(key.second));
    const auto connect = waited == connects.end() ? 0 : std::clamp<std::int64_t>(waited->second, 0, whole);
    phases.connect += connect;
    phases.*phase_of(one.step) += whole - connect;
    if (!one.holder.is_null()) phases.holder = one.holder;
    phases.open = phases.open || (one.end == 0 && best->ended_millis == 0);
  }
  return out;
}

}  // namespace windlass::runs
