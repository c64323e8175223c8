// The old stack's values, read once and for all: of the chart ks-devops (or of its jenkins alone), or the
// ClusterConfiguration of ks-installer. What means something here becomes our two files, every other key a finding with
// the reason. Pure. Source: docs/compat/casc.md.
#pragma once

#include <vector>

#include "base/result.h"
#include "casc/casc.h"
#include "data/value.h"

namespace windlass::casc {

struct Imported {
  data::Value kubesphere;          ///< kubesphere.yaml; secrets are in it
  data::Value jenkins;             ///< jenkins.yaml; secrets are in it
  std::vector<Finding> findings;   ///< by line
  std::vector<std::string> taken;  ///< paths of keys that are in one of the two
};

/// Errors: invalid (no YAML, nothing of the old stack).
Result<Imported> import_values(const File& file);

}  // namespace windlass::casc
