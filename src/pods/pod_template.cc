#include "pods/pod_template.h"

namespace windlass::pods {

std::string_view to_string(Retention retention) {
  switch (retention) {
    case Retention::never:
      return "never";
    case Retention::always:
      return "always";
    case Retention::on_failure:
      return "onFailure";
    case Retention::evicted:
      return "evicted";
  }
  return "never";
}

std::string_view to_string(Volume::Kind kind) {
  switch (kind) {
    case Volume::Kind::empty_dir:
      return "emptyDirVolume";
    case Volume::Kind::host_path:
      return "hostPathVolume";
    case Volume::Kind::config_map:
      return "configMapVolume";
    case Volume::Kind::secret:
      return "secretVolume";
    case Volume::Kind::claim:
      return "persistentVolumeClaim";
    case Volume::Kind::nfs:
      return "nfsVolume";
    case Volume::Kind::dynamic_claim:
      return "dynamicPVC";
    case Volume::Kind::ephemeral:
      return "genericEphemeralVolume";
  }
  return "emptyDirVolume";
}

}  // namespace windlass::pods
