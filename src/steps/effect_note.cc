#include "steps/effect_note.h"

#include "steps/place_files.h"

namespace windlass::steps {

namespace {

std::string path_of(const EffectContext& context) {
  const auto branch = context.key.substr(0, context.key.rfind(':'));
  const auto name = files::hash_bytes(context.run.fact("run_folder") + "\n" + branch, files::Hash::sha256);
  return context.place.workspace_tmp + "/effect-" + name.substr(0, 16);
}

}  // namespace

std::optional<std::string> read_note(const EffectContext& context) {
  const auto root = machine_root();
  if (!root) return std::nullopt;
  const auto text = root->read(path_of(context), 4096);
  const auto begin = context.key + "\n";
  if (!text || !text->starts_with(begin)) return std::nullopt;
  return text->substr(begin.size());
}

Result<void> write_note(const EffectContext& context, std::string_view text) {
  const auto root = WL_TRY(machine_root());
  return root.write(path_of(context), context.key + "\n" + std::string(text));
}

}  // namespace windlass::steps
