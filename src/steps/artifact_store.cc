#include "steps/artifact_store.h"

#include <charconv>
#include <filesystem>

#include "steps/place_files.h"

namespace windlass::steps {

namespace {

namespace fs = std::filesystem;

/// 0: no limit.
std::uint64_t most_file_bytes(const EffectContext& context) {
  const auto text = context.run.fact("most_file_bytes");
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

std::optional<std::uint64_t> room_for_files(EffectContext& context, const std::set<std::string>& again) {
  const auto most = most_file_bytes(context);
  if (most == 0) return std::nullopt;
  std::uint64_t kept = 0;
  for (const std::string name : {"artifacts", "stashes"}) {
    const auto folder = context.run.run_folder(name);
    if (!folder) continue;
    std::error_code problem;
    for (auto it = fs::recursive_directory_iterator(*folder, problem); !problem && it != fs::end(it);
         it.increment(problem)) {
      std::error_code gone;
      if (!it->is_regular_file(gone) || it->is_symlink(gone)) continue;
      const auto size = it->file_size(gone);
      if (!gone && !again.contains(name + it->path().string().substr(folder->size()))) kept += size;
    }
  }
  return kept < most ? most - kept : 0;
}

std::string no_room_for_files(const EffectContext& context) {
  return "The files that this run keeps (artifacts and stashes) would be more than " +
         std::to_string(most_file_bytes(context) >> 20) +
         " MiB, the limit of this server (windlass.maxFilesMiB): keep fewer or smaller ones";
}

Result<RecordWrite> store_artifact(EffectContext& context, const std::string& source, const std::string& name) {
  const auto folder = WL_TRY(context.run.run_folder("artifacts"));
  const auto machine = WL_TRY(machine_root());
  const auto store = WL_TRY(files::Root::confined(folder));
  WL_CHECK_OK(copy_file(machine, source, store, name));
  const auto entry = WL_TRY(store.stat(name));
  return RecordWrite{
      .kind = "artifact",
      .key = name,
      .payload = data::Value::map_of("size", static_cast<std::int64_t>(entry.size), "modified", entry.modified)};
}

}  // namespace windlass::steps
