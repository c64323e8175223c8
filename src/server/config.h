// The configuration file: the keys of KubeSphere's kubesphere.yaml that mean something here, and our own below
// `windlass`. What only other parts of KubeSphere read is left alone, so that the file of an installation can be given
// as it is.
//
//   authentication: {jwtSecret: …, maximumClockSkew: 10s}     jwtSecret: … (older)
//   windlass:
//     listen: 0.0.0.0:9090        executors: 4        labels: [base, go]        plain: loopback | everywhere
//     tls: {certificate: FILE, key: FILE, authority: FILE}   log: text | json
//     maxLogMiB: 10240            maxUploadMiB: 2048            maxFilesMiB: 102400
//     maxProjectMiB: 0
//     throttle: {CATEGORY: {total: 2, perNode: 1}}
//     jenkinsRights: roles | everything | none
//     cluster: {audiences: [windlass], accessReviews: false}
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "casc/authorization.h"

namespace windlass::server {

struct ServerConfig {
  std::string jwt_secret;  ///< empty: KubeSphere's tokens are not taken
  std::chrono::seconds clock_skew{10};
  std::optional<std::string> listen;
  std::optional<int> executors;
  std::optional<std::vector<std::string>> labels;
  std::string tls_certificate, tls_key;  ///< absolute; empty: the folder's own
  std::string tls_authority;  ///< who signed it, for agents in pods; empty: one whom images trust. At the start only
  bool plain_everywhere = false;  ///< plain HTTP from other machines too
  bool json_log = false;
  std::int64_t max_log_mib = 10'240;             ///< of a run's log; 0: any length. At the start only
  std::int64_t max_files_mib = 102'400;          ///< of artifacts and stashes of a run that begins; 0: any number. Same
  std::int64_t max_project_mib = 0;              ///< of the ended runs of a project; 0: any number. Same
  std::int64_t max_upload_mib = 2048;            ///< of a file that a client hands in; 0: any. Same
  std::map<std::string, std::int64_t> throttle;  ///< categories of throttling: how many of each at once
  casc::RightsMode jenkins_rights = casc::RightsMode::roles;  ///< what of Jenkins' authorization strategy holds
  std::vector<std::string> audiences = {"windlass"};  ///< of the cluster's tokens that are taken; empty: none are
  bool access_reviews = false;                        ///< the cluster's roles allow things here too
  std::vector<std::string> unknown;                   ///< keys that nobody knows
};

/// Errors: not_found, invalid (with line and column, or which key is wrong); the secret is in no message.
Result<ServerConfig> read_config(const std::string& path);

/// One thing that differs between two configurations.
struct ConfigChange {
  std::string key;
  bool taken = false;    ///< it holds from now on; else from the next start on
  std::string sentence;  ///< says so; without any secret
};
/// In order of the keys; empty: nothing differs. Pure.
std::vector<ConfigChange> compare_config(const ServerConfig& before, const ServerConfig& after);

}  // namespace windlass::server
