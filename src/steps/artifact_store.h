// Where archived files of a run are: run_folder("artifacts")/PATH, one record "artifact" each.
#pragma once

#include <string>

#include "base/result.h"
#include "steps/effect.h"

namespace windlass::steps {

/// Copies the file `source` (absolute) into the run's artifacts under the relative path `name` and gives the record
/// {"size", "modified"} that names it. Errors: forbidden (the name leaves the folder), those of files.
Result<RecordWrite> store_artifact(EffectContext& context, const std::string& source, const std::string& name);

}  // namespace windlass::steps
