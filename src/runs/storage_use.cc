#include "runs/storage_use.h"

#include <algorithm>
#include <chrono>
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

constexpr std::chrono::milliseconds kPause{2'000};  ///< between what a run does and the look at it …
constexpr int kRest = 10;                           ///< … or so many times as long as the last look took

/// JOB/NUMBER below the folder; empty for a job that is no name.
std::string place_of(const RunInfo& run) {
  const auto job = journal::encode_job(run.job);
  return job ? *job + "/" + std::to_string(run.number) : std::string();
}

/// Names of projects are written as they are; what parts them from the pipeline is not.
std::string project_of(const std::string& place) { return place.substr(0, place.find('%')); }

}  // namespace

struct StorageUse::State : std::enable_shared_from_this<StorageUse::State> {
  State(engine::Reactor& reactor_, std::string folder_, std::uint64_t most_)
      : reactor(reactor_), folder(std::move(folder_)), most(most_) {}

  struct Measured {
    std::uint64_t bytes = 0;
    std::uint64_t turn = 0;  ///< when that was looked at: a later look counts, whichever comes first
  };
  struct Look {
    std::string place;
    std::function<bool()> is_kept;
    std::uint64_t bytes = 0;
  };

  engine::Reactor& reactor;
  std::string folder;
  std::uint64_t most;
  bool is_known = false;                               ///< all were measured once
  std::map<std::string, Measured> runs;                ///< by place
  std::map<std::string, ProjectStorage> projects;      ///< by name
  std::map<std::string, std::function<bool()>> moved;  ///< by place: to be measured
  bool is_looking = false;                             ///< at what has moved, or it will soon
  std::uint64_t turns = 0;

  void set(const std::string& place, std::optional<Measured> now) {
    const auto before = runs.find(place);
    if (now && before != runs.end() && before->second.turn > now->turn) return;
    auto& project = projects[project_of(place)];
    if (before != runs.end()) {
      project.bytes -= before->second.bytes;
      --project.runs;
      runs.erase(before);
    }
    if (now) {
      runs[place] = *now;
      project.bytes += now->bytes;
      ++project.runs;
    }
    if (project.runs == 0) projects.erase(project_of(place));
  }

  /// Measures these one after the other on the pool; `then` gets how long that took.
  void measure(std::vector<Look> looks, std::function<void(State&, std::chrono::milliseconds)> then) {
    reactor.offload([weak = weak_from_this(), looks = std::move(looks), then = std::move(then), base = folder,
                     turn = ++turns, &loop = reactor]() mutable {
      const auto began = std::chrono::steady_clock::now();
      for (auto& one : looks) {
        if (weak.expired()) return;
        one.bytes = bytes_below(base + "/" + one.place);
      }
      const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
      loop.post([weak, looks = std::move(looks), then = std::move(then), turn, took] {
        const auto state = weak.lock();
        if (!state) return;
        for (const auto& one : looks) {
          if (one.is_kept()) state->set(one.place, Measured{one.bytes, turn});
        }
        then(*state, took);
      });
    });
  }

  void look_soon(std::chrono::milliseconds pause) {
    if (std::exchange(is_looking, true)) return;
    reactor.after(pause, [weak = weak_from_this()] {
      const auto state = weak.lock();
      if (!state) return;
      std::vector<Look> looks;
      for (auto& [place, is_kept] : std::exchange(state->moved, {})) looks.push_back({place, std::move(is_kept), 0});
      state->measure(std::move(looks), [](State& self, std::chrono::milliseconds took) {
        self.is_looking = false;
        if (!self.moved.empty()) self.look_soon(std::max(kPause, took * kRest));
      });
    });
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
      // What was measured alone meanwhile was measured later than this.
      for (const auto& [place, bytes] : found) {
        if (!state->runs.contains(place)) state->set(place, State::Measured{bytes, 0});
      }
      state->is_known = true;
    });
  });
}

void StorageUse::measure(const RunInfo& run, std::function<bool()> is_kept) {
  const auto place = place_of(run);
  if (state_->most == 0 || place.empty()) return;
  state_->moved.erase(place);
  state_->measure({{place, std::move(is_kept), 0}}, [](State&, std::chrono::milliseconds) {});
}

void StorageUse::moved(const RunInfo& run, std::function<bool()> is_kept) {
  if (state_->most == 0) return;
  const auto place = place_of(run);
  if (place.empty()) return;
  state_->moved.insert_or_assign(place, std::move(is_kept));
  state_->look_soon(kPause);
}

void StorageUse::forget(const RunInfo& run) {
  if (state_->most != 0) state_->set(place_of(run), std::nullopt);
}

const std::map<std::string, ProjectStorage>& StorageUse::all() const {
  static const std::map<std::string, ProjectStorage> kNone;
  return state_->is_known ? state_->projects : kNone;
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
