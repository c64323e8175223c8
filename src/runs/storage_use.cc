#include "runs/storage_use.h"

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "journal/state_folder.h"

namespace windlass::runs {

namespace {

namespace fs = std::filesystem;

std::uint64_t bytes_below(const std::string& folder) {
  std::uint64_t out = 0;
  std::error_code problem;
  for (auto it = fs::recursive_directory_iterator(folder, problem); !problem && it != fs::end(it);
       it.increment(problem)) {
    std::error_code gone;
    if (!it->is_regular_file(gone) || it->is_symlink(gone)) continue;
    const auto size = it->file_size(gone);
    if (!gone) out += size;
  }
  return out;
}

/// JOB/NUMBER below the folder; empty for a job that is no name.
std::string place_of(const RunInfo& run) {
  const auto job = journal::encode_job(run.job);
  return job ? *job + "/" + std::to_string(run.number) : std::string();
}

/// Names of projects are written as they are; what parts them from the pipeline is not.
std::string project_of(const std::string& place) { return place.substr(0, place.find('%')); }

}  // namespace

struct StorageUse::State {
  State(engine::Reactor& reactor_, std::string folder_, std::uint64_t most_)
      : reactor(reactor_), folder(std::move(folder_)), most(most_) {}

  engine::Reactor& reactor;
  std::string folder;
  std::uint64_t most;
  bool is_known = false;                           ///< all were measured once
  std::map<std::string, std::uint64_t> runs;       ///< by place
  std::map<std::string, ProjectStorage> projects;  ///< by name

  void set(const std::string& place, std::optional<std::uint64_t> bytes) {
    auto& project = projects[project_of(place)];
    if (const auto before = runs.find(place); before != runs.end()) {
      project.bytes -= before->second;
      --project.runs;
      runs.erase(before);
    }
    if (bytes) {
      runs[place] = *bytes;
      project.bytes += *bytes;
      ++project.runs;
    }
    if (project.runs == 0) projects.erase(project_of(place));
  }
};

StorageUse::StorageUse(engine::Reactor& reactor, std::string folder, std::uint64_t most)
    : state_(std::make_shared<State>(reactor, std::move(folder), most)) {}
StorageUse::~StorageUse() = default;

void StorageUse::measure_all() {
  if (state_->most == 0) return;
  state_->reactor.offload([weak = std::weak_ptr(state_), folder = state_->folder, &reactor = state_->reactor] {
    std::vector<std::pair<std::string, std::uint64_t>> found;
    std::error_code problem;
    for (auto job = fs::directory_iterator(folder, problem); !problem && job != fs::end(job); job.increment(problem)) {
      std::error_code inner;
      for (auto run = fs::directory_iterator(job->path(), inner); !inner && run != fs::end(run); run.increment(inner)) {
        if (weak.expired()) return;
        found.emplace_back(job->path().filename().string() + "/" + run->path().filename().string(),
                           bytes_below(run->path().string()));
      }
    }
    reactor.post([weak, found = std::move(found)] {
      const auto state = weak.lock();
      if (!state) return;
      // What ended meanwhile was measured later than this.
      for (const auto& [place, bytes] : found) {
        if (!state->runs.contains(place)) state->set(place, bytes);
      }
      state->is_known = true;
    });
  });
}

void StorageUse::measure(const RunInfo& run, std::function<bool()> is_kept) {
  const auto place = place_of(run);
  if (state_->most == 0 || place.empty()) return;
  state_->reactor.offload([weak = std::weak_ptr(state_), place, folder = state_->folder + "/" + place,
                           is_kept = std::move(is_kept), &reactor = state_->reactor] {
    const auto bytes = bytes_below(folder);
    reactor.post([weak, place, bytes, is_kept] {
      const auto state = weak.lock();
      if (state && is_kept()) state->set(place, bytes);
    });
  });
}

void StorageUse::forget(const RunInfo& run) {
  if (state_->most != 0) state_->set(place_of(run), std::nullopt);
}

ProjectStorage StorageUse::of(const std::string& project) const {
  const auto found = state_->projects.find(project);
  auto out = found == state_->projects.end() ? ProjectStorage() : found->second;
  out.most = state_->most;
  out.is_known = state_->is_known;
  return out;
}

bool StorageUse::is_full(const std::string& project) const {
  const auto now = of(project);
  return now.most != 0 && now.bytes >= now.most;
}

}  // namespace windlass::runs
