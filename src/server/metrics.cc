#include "server/metrics.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <unistd.h>

namespace windlass::server {

namespace {

constexpr std::size_t kMostProjects = 50;  ///< by name

std::string number(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out += "# HELP " + std::string(name) + " " + std::string(help) + "\n# TYPE " + std::string(name) + " " +
         std::string(type) + "\n";
}

void line(std::string& out, std::string_view name, const std::string& labels, const std::string& value) {
  out += std::string(name) + (labels.empty() ? "" : "{" + labels + "}") + " " + value + "\n";
}

std::string label(std::string_view name, std::string_view value) {
  std::string out = std::string(name) + "=\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + "\"";
}

template <class Histogram, class Bounds>
void histogram(std::string& out, std::string_view name, const std::string& labels, const Histogram& values,
               const Bounds& bounds) {
  const auto prefix = labels.empty() ? std::string() : labels + ",";
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    line(out, std::string(name) + "_bucket", prefix + label("le", number(bounds[i])), std::to_string(values.below[i]));
  }
  line(out, std::string(name) + "_bucket", prefix + "le=\"+Inf\"", std::to_string(values.count));
  line(out, std::string(name) + "_sum", labels, number(values.sum));
  line(out, std::string(name) + "_count", labels, std::to_string(values.count));
}

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

template <std::size_t N>
void Metrics::Histogram<N>::add(const std::array<double, N>& bounds, double value) {
  for (std::size_t i = 0; i < N; ++i) below[i] += value <= bounds[i] ? 1 : 0;
  ++count;
  sum += value;
}

void Metrics::count_request(std::string_view surface, std::string_view method, std::string_view route, int status,
                            double seconds) {
  // Methods are the client's words: only those that are served are kept apart.
  constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};
  const auto* known = std::find(std::begin(kMethods), std::end(kMethods), method);
  ++requests_[{surface, known == std::end(kMethods) ? std::string_view("other") : *known, route, status}];
  durations_[surface].add(kBounds, seconds);
}

void Metrics::note_run(const runs::RunInfo& run) {
  const auto found = known_.find(run.uid);
  if (found == known_.end()) {
    if (run.phase == runs::Phase::ended && run.started_millis == 0) {
      ++accepted_;
      ++ended_[run.result];
      return;
    }
    ++accepted_;
  }
  const auto before = found == known_.end() ? runs::Phase::queued : found->second.phase;
  if (before == runs::Phase::queued && run.started_millis != 0) {
    queue_seconds_.add(kRunBounds, static_cast<double>(run.started_millis - run.queued_millis) / 1000);
  }
  if (run.phase == runs::Phase::ended) {
    ++ended_[run.result];
    run_seconds_.add(kRunBounds, static_cast<double>(run.ended_millis - run.started_millis) / 1000);
    known_.erase(run.uid);
    return;
  }
  Known now{.phase = run.phase, .reasons = {}};
  if (!run.reason.code.empty()) now.reasons.push_back(run.reason.code);
  for (const auto& one : run.waiting) {
    if (std::find(now.reasons.begin(), now.reasons.end(), one.code) == now.reasons.end())
      now.reasons.push_back(one.code);
  }
  known_[run.uid] = std::move(now);
}

std::string Metrics::text_of_storage(const std::map<std::string, runs::ProjectStorage>& projects, std::uint64_t limit) {
  if (limit == 0) return {};
  std::vector<std::pair<std::string, runs::ProjectStorage>> most(projects.begin(), projects.end());
  std::ranges::sort(most, [](const auto& a, const auto& b) { return a.second.bytes > b.second.bytes; });
  runs::ProjectStorage rest;
  while (most.size() > kMostProjects) {
    rest.bytes += most.back().second.bytes;
    rest.runs += most.back().second.runs;
    most.pop_back();
  }
  if (rest.runs != 0) most.emplace_back("", rest);
  std::string out;
  head(out, "windlass_project_storage_bytes", "gauge",
       "what runs take on disk; without a project: all others together");
  for (const auto& [name, now] : most) {
    line(out, "windlass_project_storage_bytes", label("project", name), std::to_string(now.bytes));
  }
  head(out, "windlass_project_storage_runs", "gauge", "runs on disk");
  for (const auto& [name, now] : most) {
    line(out, "windlass_project_storage_runs", label("project", name), std::to_string(now.runs));
  }
  head(out, "windlass_project_storage_limit_bytes", "gauge", "what a project may take before it starts no more runs");
  line(out, "windlass_project_storage_limit_bytes", "", std::to_string(limit));
  return out;
}

std::string Metrics::text(const runs::Load& load, std::int64_t uptime_millis) const {
  std::string out;
  head(out, "windlass_http_requests_total", "counter", "requests answered, by surface, route and status");
  for (const auto& [key, count] : requests_) {
    line(out, "windlass_http_requests_total",
         label("surface", std::get<0>(key)) + "," + label("method", std::get<1>(key)) + "," +
             label("route", std::get<2>(key)) + "," + label("code", std::to_string(std::get<3>(key))),
         std::to_string(count));
  }
  head(out, "windlass_http_request_seconds", "histogram", "from the request to the head of its answer");
  for (const auto& [surface, values] : durations_) {
    histogram(out, "windlass_http_request_seconds", label("surface", surface), values, kBounds);
  }
  head(out, "windlass_runs", "gauge", "runs that have not ended, by phase");
  line(out, "windlass_runs", label("phase", "queued"), std::to_string(load.queued));
  line(out, "windlass_runs", label("phase", "running"), std::to_string(load.running));
  line(out, "windlass_runs", label("phase", "stuck"), std::to_string(load.stuck));
  head(out, "windlass_runs_waiting", "gauge",
       "runs that do not move, or a branch of which does not, by phase and reason");
  std::map<std::pair<std::string_view, std::string_view>, std::uint64_t> waiting;
  for (const auto& [uid, known] : known_) {
    const std::string_view phase = known.phase == runs::Phase::queued    ? "queued"
                                   : known.phase == runs::Phase::running ? "running"
                                                                         : "stuck";
    for (const auto& reason : known.reasons) ++waiting[{phase, reason}];
  }
  for (const auto& [key, count] : waiting) {
    line(out, "windlass_runs_waiting", label("phase", key.first) + "," + label("reason", key.second),
         std::to_string(count));
  }
  head(out, "windlass_journal_entries_total", "counter", "entries of journals made durable");
  line(out, "windlass_journal_entries_total", "", std::to_string(load.journal_entries));
  head(out, "windlass_log_bytes_total", "counter", "bytes of logs of runs");
  line(out, "windlass_log_bytes_total", "", std::to_string(load.log_bytes));
  head(out, "windlass_runs_parked", "gauge", "runs of phase running that only wait and are out of memory");
  line(out, "windlass_runs_parked", "", std::to_string(load.parked));
  head(out, "windlass_runs_accepted_total", "counter", "runs accepted, or found at the start");
  line(out, "windlass_runs_accepted_total", "", std::to_string(accepted_));
  head(out, "windlass_runs_ended_total", "counter", "runs that have ended, by result");
  for (const auto& [result, count] : ended_) {
    line(out, "windlass_runs_ended_total", label("result", result), std::to_string(count));
  }
  head(out, "windlass_run_seconds", "histogram", "from the start of a run to its end");
  histogram(out, "windlass_run_seconds", "", run_seconds_, kRunBounds);
  head(out, "windlass_run_queue_seconds", "histogram", "from the acceptance of a run to its start");
  histogram(out, "windlass_run_queue_seconds", "", queue_seconds_, kRunBounds);
  head(out, "windlass_executors", "gauge", "executors of nodes");
  for (const auto& node : load.nodes) {
    line(out, "windlass_executors", label("node", node.node) + ",state=\"busy\"", std::to_string(node.busy));
    if (node.executors != 0) {
      line(out, "windlass_executors", label("node", node.node) + ",state=\"free\"",
           std::to_string(std::max(0, node.executors - node.busy)));
    }
    line(out, "windlass_executors", label("node", node.node) + ",state=\"waited_for\"", std::to_string(node.waiting));
  }
  head(out, "process_resident_memory_bytes", "gauge", "resident memory");
  line(out, "process_resident_memory_bytes", "", std::to_string(resident_bytes()));
  head(out, "windlass_uptime_seconds", "gauge", "since the start");
  line(out, "windlass_uptime_seconds", "", number(static_cast<double>(uptime_millis) / 1000));
  return out;
}

}  // namespace windlass::server
