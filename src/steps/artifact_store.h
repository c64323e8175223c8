// Where archived files of a run are: run_folder("artifacts")/PATH, one record "artifact" each; and how much a run may
// keep of them and of stashes, where the server says so (the fact "most_file_bytes").
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "steps/effect.h"

namespace windlass::steps {

/// Copies the file `source` (absolute) into the run's artifacts under the relative path `name` and gives the record
/// {"size", "modified"} that names it. Errors: forbidden (the name leaves the folder), those of files.
Result<RecordWrite> store_artifact(EffectContext& context, const std::string& source, const std::string& name);

/// How many bytes of files the run may still keep; nothing: any number. `again`: files that are kept already and will
/// be written anew ("artifacts/a.jar"), which do not count. Walks all that the run keeps, where there is a limit.
std::optional<std::uint64_t> room_for_files(EffectContext& context, const std::set<std::string>& again = {});
/// What is said where there is none: what is too much, which limit, what to do.
std::string no_room_for_files(const EffectContext& context);

}  // namespace windlass::steps
