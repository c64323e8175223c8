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

struct Sending {
  const std::atomic<bool>& cancelled;
  Output& output;
  std::string buffer = std::string(steps::kMostFileBytesFrame, '\0');

  /// One file, as `name`.
  Result<void> send(const files::Root& root, const std::string& path, const std::string& name) {
    if (cancelled.load(std::memory_order_relaxed)) return fail(ErrorKind::cancelled, "the step was asked to stop");
    const auto file = WL_TRY(root.open_read(path));
    const auto entry = WL_TRY(root.stat(path));
    output.write(steps::encode_file_begin(name, entry.mode, entry.modified));
    for (;;) {
      const auto count = ::read(file.get(), buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail(files::make_error(errno, "read", path));
      if (count == 0) break;
      output.write(steps::encode_file_bytes({buffer.data(), static_cast<std::size_t>(count)}));
    }
    output.write(steps::encode_file_end());
    return {};
  }
};

/// One folder of the run: all of its files, as the server will keep them.
Result<void> send_folder(const std::string& folder, const std::string& name, Sending& sending) {
  auto root = files::Root::confined(folder);
  if (!root) return root.error().kind == ErrorKind::not_found ? Result<void>() : fail(root.error());
  auto all = [](const std::string&, bool) { return true; };
  auto send = [&](const files::Entry& entry) -> Result<void> {
    if (entry.kind != files::EntryKind::file) return {};
    return sending.send(*root, entry.path, name + "/" + entry.path);
  };
  return root->walk(".", all, send);
}

Result<void> send_files(const steps::RemoteRequest& request, Sending sending) {
  const auto* needs = steps::find_needs(request.effect);
  auto names = needs == nullptr ? std::string_view() : needs->writes_files;
  while (!names.empty()) {
    const auto end = std::min(names.find(' '), names.size());
    const std::string name(names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
    WL_CHECK_OK(send_folder(request.scratch + "/files/" + name, name, sending));
  }
  return {};
}

/// What an effect of the server reads: files as they are now; one that is not there is for the effect to miss.
Result<void> send_wanted(steps::EffectContext& context, const data::Value& arguments, Sending sending) {
  const auto machine = WL_TRY(steps::machine_root());
  const std::string top(steps::kMirrorFolder);
  const auto* wanted = arguments.find("wanted");
  for (const auto& one : wanted == nullptr ? data::Value::List{} : wanted->items()) {
    const auto path = one.get_string("path");
    const auto entry = machine.stat(path);
    if (!entry || !path.starts_with('/')) continue;
    if (entry->kind == files::EntryKind::file) {
      WL_CHECK_OK(sending.send(machine, path, top + path));
      continue;
    }
    const auto includes = one.get_string("includes");
    if (includes.empty()) continue;
    const auto patterns = text::AntFileSet::compile(includes, one.get_string("excludes"),
                                                    {.default_excludes = one.get_bool("defaults", true)});
    if (!patterns) continue;  // the effect says what is wrong with them
    for (const auto& file : WL_TRY(steps::find_files(context, path, *patterns))) {
      WL_CHECK_OK(sending.send(machine, file.from, top + path + "/" + file.path));
    }
  }
  return {};
}

Outcome outcome_of(const steps::RemoteRequest& request, const std::atomic<bool>& cancelled, Output& output,
                   int log_fd) {
  PodRun run(request, cancelled, output, log_fd);
  steps::EffectContext context{.key = request.key, .step = request.step, .place = request.place, .run = run};
  Sending sending{.cancelled = cancelled, .output = output};
  if (request.effect == steps::kReadEffect) {
    auto sent = send_wanted(context, request.arguments, std::move(sending));
    return sent ? Outcome() : steps::io_error(sent.error());
  }
  const auto* effect = find_pod_effect(request.effect);
  if (effect == nullptr) {
    return steps::abort_with("this windlass-worker cannot perform " + request.effect +
                             "; the agent image and the server must be of one release");
  }
  auto outcome = effect->perform(context, request.arguments);
  if (!outcome) {
    if (const auto why = explain_place(request.place); !why.empty()) run.log("ERROR: " + why + "\n");
    return outcome;
  }
  if (auto sent = send_files(request, std::move(sending)); !sent) return steps::io_error(sent.error());
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
