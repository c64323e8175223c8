#include "steps/artifact_store.h"

#include "steps/place_files.h"

namespace windlass::steps {

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
