#include "worker/perform.h"

#include <cerrno>
#include <filesystem>
#include <sys/statvfs.h>
#include <unistd.h>

#include "files/root.h"
#include "steps/place_files.h"
#include "steps/remote_effect.h"
#include "worker/pod_effects.h"
#include "worker/pod_run.h"

namespace windlass::worker {

namespace {

using steps::Outcome;

/// One folder of the run: all of its files, as the server will keep them.
Result<void> send_folder(const std::string& folder, const std::string& name, const std::atomic<bool>& cancelled,
                         Output& output) {
  auto root = files::Root::confined(folder);
  if (!root) return root.error().kind == ErrorKind::not_found ? Result<void>() : fail(root.error());
  std::string buffer(steps::kMostFileBytesFrame, '\0');
  auto all = [](const std::string&, bool) { return true; };
  auto send = [&](const files::Entry& entry) -> Result<void> {
    if (cancelled.load(std::memory_order_relaxed)) return fail(ErrorKind::cancelled, "the step was asked to stop");
    if (entry.kind != files::EntryKind::file) return {};
    const auto file = WL_TRY(root->open_read(entry.path));
    output.write(steps::encode_file_begin(name + "/" + entry.path, entry.mode, entry.modified));
    for (;;) {
      const auto count = ::read(file.get(), buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail(files::make_error(errno, "read", entry.path));
      if (count == 0) break;
      output.write(steps::encode_file_bytes({buffer.data(), static_cast<std::size_t>(count)}));
    }
    output.write(steps::encode_file_end());
    return {};
  };
  return root->walk(".", all, send);
}

Result<void> send_files(const steps::RemoteRequest& request, const std::atomic<bool>& cancelled, Output& output) {
  const auto* needs = steps::find_needs(request.effect);
  auto names = needs == nullptr ? std::string_view() : needs->writes_files;
  while (!names.empty()) {
    const auto end = std::min(names.find(' '), names.size());
    const std::string name(names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
    WL_CHECK_OK(send_folder(request.scratch + "/files/" + name, name, cancelled, output));
  }
  return {};
}

Outcome outcome_of(const steps::RemoteRequest& request, const std::atomic<bool>& cancelled, Output& output,
                   int log_fd) {
  const auto* effect = find_pod_effect(request.effect);
  if (effect == nullptr) {
    return steps::abort_with("this windlass-worker cannot perform " + request.effect +
                             "; the agent image and the server must be of one release");
  }
  PodRun run(request, cancelled, output, log_fd);
  steps::EffectContext context{.key = request.key, .step = request.step, .place = request.place, .run = run};
  auto outcome = effect->perform(context, request.arguments);
  if (!outcome) {
    if (const auto why = explain_place(request.place); !why.empty()) run.log("ERROR: " + why + "\n");
    return outcome;
  }
  if (auto sent = send_files(request, cancelled, output); !sent) return steps::io_error(sent.error());
  return outcome;
}

}  // namespace

std::string explain_place(const steps::Place& place) {
  std::error_code ignored;
  auto folder = std::filesystem::path(place.workspace.empty() ? place.cwd : place.workspace);
  while (folder.has_relative_path() && !std::filesystem::exists(folder, ignored)) folder = folder.parent_path();
  if (folder.empty()) return {};
  const auto name = folder.string();
  if (::access(name.c_str(), W_OK) != 0) {
    if (errno == EROFS) return "the file system of " + name + " is read-only in this container; mount a volume there";
    if (errno == EACCES) {
      return "the user " + std::to_string(::getuid()) + " of this container may not write in " + name +
             "; run it as the user of the agent's container, or set fsGroup in the pod's securityContext";
    }
  }
  struct statvfs info = {};
  constexpr std::uint64_t kLeastFree = 64U << 10U;
  if (::statvfs(name.c_str(), &info) == 0 && info.f_blocks != 0 &&
      std::uint64_t{info.f_bavail} * info.f_frsize < kLeastFree) {
    return "no space is left on the volume of " + name + "; give the workspace a larger one";
  }
  return {};
}

void perform(std::string_view document, const std::atomic<bool>& cancelled, Output& output, int log_fd) {
  output.write(steps::encode_greeting());
  const auto request = steps::decode_request(document);
  if (!request) return output.write(steps::encode_result(steps::abort_with(request.error().message)));
  const auto outcome = outcome_of(*request, cancelled, output, log_fd);
  if (const auto root = steps::machine_root();
      root && request->scratch.starts_with(request->place.workspace_tmp + "/")) {
    // What cannot be removed goes with the workspace.
    static_cast<void>(root->remove(request->scratch));
  }
  output.write(steps::encode_result(outcome));
}

}  // namespace windlass::worker
