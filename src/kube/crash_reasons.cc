#include "kube/crash_reasons.h"

#include <algorithm>

namespace windlass::kube {

using data::Value;

namespace {

constexpr std::size_t kMostKinds = 8;
constexpr std::size_t kMostName = 253;

/// What stands between two quotes from `at` on, which a log of JSON lines has escaped; moves behind them.
std::string_view quoted(std::string_view log, std::size_t& at) {
  if (at < log.size() && log[at] == '\\') ++at;
  if (at >= log.size() || log[at] != '"') return {};
  const auto begin = at + 1;
  const auto end = log.find_first_of("\"\\\n", begin);
  if (end == std::string_view::npos || log[end] == '\n' || end - begin > kMostName) return {};
  at = log[end] == '\\' ? end + 2 : end + 1;
  return log.substr(begin, end - begin);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '/';
  });
}

}  // namespace

std::vector<MissingKind> missing_kinds_in(std::string_view log) {
  constexpr std::string_view kWords = "no matches for kind ", kIn = " in version ";
  std::vector<MissingKind> out;
  for (auto at = log.find(kWords); at != std::string_view::npos && out.size() < kMostKinds; at = log.find(kWords, at)) {
    at += kWords.size();
    const auto kind = quoted(log, at);
    if (!log.substr(std::min(at, log.size())).starts_with(kIn)) continue;
    at += kIn.size();
    const auto version = quoted(log, at);
    if (!is_name(kind) || !is_name(version)) continue;
    MissingKind found{std::string(kind), std::string(version)};
    if (std::ranges::find(out, found) == out.end()) out.push_back(std::move(found));
  }
  return out;
}

std::vector<CrashingContainer> crashing_containers(const Value& pod) {
  std::vector<CrashingContainer> out;
  const auto* status = pod.find("status");
  for (const auto* which : {"initContainerStatuses", "containerStatuses"}) {
    const auto* list = status == nullptr ? nullptr : status->find(which);
    for (const auto& one : list == nullptr ? Value::List{} : list->items()) {
      const auto* state = one.find("state");
      const auto* waiting = state == nullptr ? nullptr : state->find("waiting");
      if (waiting == nullptr || waiting->get_string("reason") != "CrashLoopBackOff") continue;
      CrashingContainer found;
      found.name = one.get_string("name");
      found.restarts = one.get_int("restartCount");
      const auto* last = one.find("lastState");
      if (const auto* ended = last == nullptr ? nullptr : last->find("terminated")) {
        found.last_end = ended->get_string("reason") + ", exit code " + std::to_string(ended->get_int("exitCode"));
      }
      out.push_back(std::move(found));
    }
  }
  return out;
}

}  // namespace windlass::kube
